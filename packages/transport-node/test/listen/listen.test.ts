import { once } from "node:events";
import { connect, Server, Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

import type { Transport } from "@rtmp/session";
import { hex, VirtualClock } from "@rtmp/testing";
import {
  type Arrival,
  ConnectionLimiter,
  developmentCertificate,
  listen,
  type ListenOptions,
  SocketTransport,
} from "@rtmp/transport-node";
import { describe, expect, onTestFinished, test, vi } from "vitest";

import { Recorder } from "../recorder.ts";

const certificate = developmentCertificate();
const local = "127.0.0.1";
// C0 and the first bytes of C1.
const rtmp = hex("03 00 00 00 00");
// A TLS record with the start of a ClientHello.
const halfClientHello = hex("16 03 01 00 2f 01 00 00 2b 03 03");
const proxyHeader = (address: string, port = 1111) =>
  Buffer.from(`PROXY TCP4 ${address} 192.0.2.99 ${port} 1935\r\n`);

/** A request that opens a tunnel. */
const openRequest = (headers = "") =>
  `POST /open/1 HTTP/1.1\r\nHost: a\r\n${headers}Content-Length: 1\r\n\r\n\0`;
/** A request that begins a WebSocket. */
const upgradeRequest = (headers = "") =>
  `GET / HTTP/1.1\r\nHost: a\r\n${headers}Connection: Upgrade\r\nUpgrade: websocket\r\n` +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const ignore = () => {};

interface Taken {
  readonly transport: Transport;
  readonly arrival: Arrival;
  readonly recorder: Recorder;
}

/** A listener that starts and keeps every transport. */
async function open(options: ListenOptions = {}, starts = true) {
  const taken: Taken[] = [];
  const refused: string[] = [];
  const stray: string[] = [];
  const sockets: Socket[] = [];
  const listener = await listen(
    {
      port: 0,
      onRefused: (error, remote) => refused.push(`${remote} ${error.code} ${error.message}`),
      onStrayRequest: (_remote, status, what) => stray.push(`${status} ${what}`),
      ...options,
    },
    (transport, arrival) => {
      const recorder = new Recorder();
      taken.push({ transport, arrival, recorder });
      if (starts) transport.start(recorder);
    },
  );
  onTestFinished(async () => {
    for (const { transport } of taken) transport.close(0);
    for (const socket of sockets) socket.destroy();
    await listener.close();
  });

  const { port } = listener.address;
  const keep = <T extends Socket>(socket: T): T => {
    sockets.push(socket);
    // The server resets what it refuses.
    socket.on("error", () => {});
    return socket;
  };
  return {
    listener,
    taken,
    refused,
    stray,
    /** Connects, and sends bytes. */
    plain: (bytes?: Uint8Array | string): Socket => {
      const socket = keep(connect({ port, host: local, allowHalfOpen: true }));
      if (bytes !== undefined) socket.write(bytes);
      return socket;
    },
    /** Connects by TLS; the handshake is done. */
    tls: async (): Promise<TLSSocket> => {
      const socket = keep(connectTls({ port, host: local, rejectUnauthorized: false }));
      await once(socket, "secureConnect");
      return socket;
    },
    /** The transport of that number, once it is there. */
    take: async (index = 0): Promise<Taken> => {
      await expect.poll(() => taken.length).toBeGreaterThan(index);
      const one = taken[index];
      if (one === undefined) throw new Error("no transport");
      return one;
    },
  };
}

/** What a client of TLS says first. */
async function clientHello(): Promise<Buffer> {
  const server = new Server().listen(0, local);
  await once(server, "listening");
  const bound = server.address();
  const port = typeof bound === "object" ? (bound?.port ?? 0) : 0;
  const client = connectTls({ port, host: local, rejectUnauthorized: false });
  client.on("error", () => {});
  const [accepted]: Socket[] = await once(server, "connection");
  const [bytes] = accepted === undefined ? [] : await once(accepted, "data");
  client.destroy();
  accepted?.destroy();
  server.close();
  return bytes;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}

/** Waits until a refused client has been cut. */
async function cut(socket: Socket): Promise<void> {
  socket.resume();
  if (socket.readableEnded) return;
  await Promise.race([closed(socket), once(socket, "end")]);
}

const milliseconds = (count: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, count);
  });

describe("what a client speaks", () => {
  test.each([
    ["03 01 02", "rtmp"],
    ["06 01 02", "rtmp"],
    ["08 01 02", "rtmp"],
    ["ff 01 02", "rtmp"],
  ])("is RTMP when it begins with %s, and no byte is lost", async (bytes, scheme) => {
    const { plain, take } = await open({ certificate });
    const socket = plain(hex(bytes));
    const { transport, arrival, recorder } = await take();
    expect(arrival.scheme).toBe(scheme);
    expect(transport).toBeInstanceOf(SocketTransport);
    expect(transport.remote).toBe(`${local}:${socket.localPort}`);
    socket.write("more");
    await recorder.until(() => recorder.length === 7);
    expect(Buffer.concat(recorder.pieces)).toEqual(
      Buffer.concat([hex(bytes), Buffer.from("more")]),
    );
    expect(recorder.pieces[0]?.constructor).toBe(Uint8Array);
    transport.write(Buffer.from("answer"));
    expect(String((await once(socket, "data"))[0])).toBe("answer");
  });

  test("is told as late as its first byte comes", async () => {
    const clock = new VirtualClock();
    const { plain, taken, take } = await open({ clock });
    const socket = plain();
    await once(socket, "connect");
    await milliseconds(20);
    clock.advance(9_999);
    expect(taken).toHaveLength(0);
    socket.write(rtmp);
    const { recorder } = await take();
    clock.advance(10_000);
    socket.write("x");
    await recorder.until(() => recorder.length === 6);
    expect(recorder.causes).toEqual([]);
  });

  test("is RTMP through TLS", async () => {
    const { tls, take } = await open({ certificate });
    const socket = await tls();
    socket.write(rtmp);
    const { transport, arrival, recorder } = await take();
    expect(arrival.scheme).toBe("rtmps");
    expect(transport.remote).toBe(`${local}:${socket.localPort}`);
    await recorder.until(() => recorder.length === rtmp.length);
    transport.write(Buffer.from("answer"));
    expect(String((await once(socket, "data"))[0])).toBe("answer");
  });

  test("is TLS in pieces of one byte as well", async () => {
    const { listener, plain, take } = await open({ certificate });
    // A relay that cuts everything.
    const relay = new Server((client) => {
      const onward = plain();
      client.on("data", (bytes) => {
        for (const byte of bytes) onward.write(Uint8Array.of(byte));
      });
      onward.on("data", (bytes) => client.write(bytes));
      client.on("error", () => {});
    });
    relay.listen(0, local);
    await once(relay, "listening");
    onTestFinished(() => void relay.close());
    expect(listener.url).toMatch(/^rtmp:/);
    const bound = relay.address();
    const port = typeof bound === "object" ? (bound?.port ?? 0) : 0;
    const socket = connectTls({ port, host: local, rejectUnauthorized: false });
    onTestFinished(() => void socket.destroy());
    await once(socket, "secureConnect");
    socket.write(rtmp);
    const { recorder } = await take();
    await recorder.until(() => recorder.length === rtmp.length);
  });

  test("is HTTP, plain and through TLS", async () => {
    const { plain, tls, stray } = await open({ certificate });
    for (const socket of [plain(), await tls()]) {
      socket.write("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n");
      expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    }
    expect(stray).toEqual(["404 GET /nothing", "404 GET /nothing"]);
  });

  test("is a tunnel or a WebSocket when the request is for one", async () => {
    const { plain, tls, take } = await open({ certificate });
    for (const [index, socket] of [plain(), await tls()].entries()) {
      socket.write(openRequest());
      expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      const { arrival, transport } = await take(index);
      expect(arrival.scheme).toBe(["rtmpt", "rtmpts"][index]);
      expect(transport.remote).toBe(`${local}:${socket.localPort}`);
      arrival.established();
    }
    for (const [index, socket] of [plain(), await tls()].entries()) {
      socket.write(upgradeRequest());
      expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1\.1 101 /);
      expect((await take(2 + index)).arrival.scheme).toBe(["ws", "wss"][index]);
    }
  });

  test("is RTMP whatever it is without sniffing", async () => {
    const { plain, take } = await open({ sniff: false, certificate });
    for (const [index, bytes] of [Buffer.from("GET /"), halfClientHello].entries()) {
      plain(bytes);
      const { arrival, recorder } = await take(index);
      expect(arrival.scheme).toBe("rtmp");
      await recorder.until(() => recorder.length === bytes.length);
    }
  });

  test("is RTMP when TLS begins and there is no certificate", async () => {
    const { plain, take } = await open();
    plain(halfClientHello);
    expect((await take()).arrival.scheme).toBe("rtmp");
  });
});

describe("a transport that was not started at once", () => {
  test("keeps what came, in order", async () => {
    const { plain, take } = await open({}, false);
    const socket = plain("\x03first");
    const { transport, recorder } = await take();
    socket.write(" second");
    socket.end();
    await milliseconds(20);
    transport.start(recorder);
    await recorder.closed();
    expect(recorder.text).toBe("\x03first second");
    expect(recorder.causes).toEqual([undefined]);
  });

  test("keeps what came while it is paused, in order", async () => {
    const { plain, take } = await open({}, false);
    const socket = plain("\x03first");
    const { transport, recorder } = await take();
    transport.pause();
    transport.start(recorder);
    socket.write(" second");
    await milliseconds(20);
    expect(recorder.pieces).toEqual([]);
    transport.resume();
    await recorder.until(() => recorder.text === "\x03first second");
  });
});

describe("a client is cut, with a reason,", () => {
  test("when nothing came in time", async () => {
    const clock = new VirtualClock();
    const { plain, refused } = await open({ clock });
    const socket = plain();
    await once(socket, "connect");
    await milliseconds(20);
    clock.advance(10_000);
    await cut(socket);
    expect(refused).toEqual([
      `${local}:${socket.localPort} RTMP_ERR_FIRST_BYTES_TIMEOUT nothing that tells the protocol within 10000 ms`,
    ]);
  });

  test("when the time is over in the middle of TLS, or behind it", async () => {
    const clock = new VirtualClock();
    const { plain, tls, refused } = await open({ clock, certificate });
    const half = plain(halfClientHello);
    const silent = await tls();
    await milliseconds(20);
    clock.advance(10_000);
    await Promise.all([cut(half), cut(silent)]);
    expect(refused).toHaveLength(2);
    for (const line of refused) {
      expect(line).toMatch("RTMP_ERR_FIRST_BYTES_TIMEOUT no byte through TLS within 10000 ms");
    }
  });

  test("when it leaves in the middle of TLS", async () => {
    const { plain, refused } = await open({ certificate });
    const socket = plain();
    socket.end(halfClientHello);
    await cut(socket);
    const reason = "RTMP_ERR_TLS_HANDSHAKE the client left in the middle of the TLS handshake";
    expect(refused).toEqual([expect.stringMatching(new RegExp(`^127.0.0.1:\\d+ ${reason}$`))]);
  });

  test("when what looks like TLS is not", async () => {
    const { plain, refused } = await open({ certificate });
    const socket = plain(hex("16 03 01 00 05 ff ff ff ff ff"));
    await cut(socket);
    expect(refused).toEqual([expect.stringMatching(/RTMP_ERR_TLS_HANDSHAKE TLS: \w+/)]);
  });

  test("when it is too old for TLS 1.2", async () => {
    const { listener, refused } = await open({ certificate });
    const { port } = listener.address;
    const versions = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1" } as const;
    const ciphers = "DEFAULT@SECLEVEL=0";
    const socket = connectTls({
      port,
      host: local,
      rejectUnauthorized: false,
      ciphers,
      ...versions,
    });
    socket.on("error", () => {});
    await closed(socket);
    await expect
      .poll(() => refused)
      .toEqual([expect.stringMatching("RTMP_ERR_TLS_HANDSHAKE TLS: unsupported protocol")]);
  });

  test("when it does not trust the certificate and says so", async () => {
    const { plain, refused } = await open({ certificate });
    const socket = plain(await clientHello());
    await once(socket, "data");
    // A record with a fatal alert: unknown_ca (RFC 8446 §6).
    socket.write(hex("15 03 03 00 02 02 30"));
    await cut(socket);
    expect(refused).toEqual([
      expect.stringMatching("RTMP_ERR_TLS_HANDSHAKE TLS: tlsv1 alert unknown ca"),
    ]);
  });

  test("when it does not use TLS where it must", async () => {
    const { plain, refused } = await open({ certificate, tlsOnly: true });
    for (const bytes of [rtmp, Buffer.from("GET / HTTP/1.1\r\n\r\n")]) await cut(plain(bytes));
    expect(refused).toEqual([
      expect.stringMatching("RTMP_ERR_TLS_REQUIRED RTMP on a port for TLS alone"),
      expect.stringMatching("RTMP_ERR_TLS_REQUIRED HTTP on a port for TLS alone"),
    ]);
  });

  test("when it has a PROXY header and is not trusted, in any split", async () => {
    const { plain, refused } = await open({ certificate, trustedProxies: ["192.0.2.0/24"] });
    for (const signature of ["PROXY ", "\r\n\r\n\0\r\nQUIT\n"]) {
      const socket = plain();
      await once(socket, "connect");
      for (const letter of signature) {
        socket.write(letter);
        await milliseconds(2);
      }
      await cut(socket);
    }
    const reason = "a header of the PROXY protocol from 127.0.0.1, which is not trusted";
    expect(refused).toHaveLength(2);
    for (const line of refused) expect(line).toMatch(`RTMP_ERR_PROXY_NOT_TRUSTED ${reason}`);
  });

  test("when a trusted proxy's header is broken or too long", async () => {
    const { plain, refused } = await open({
      trustedProxies: [local],
      limits: { maxProxyHeaderBytes: 50 },
    });
    await cut(plain("PROXY TCP4 nonsense\r\n"));
    await cut(plain(hex("0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a 21 00 00 23")));
    expect(refused).toEqual([
      expect.stringMatching("RTMP_ERR_PROXY_HEADER PROXY protocol: the addresses or ports"),
      expect.stringMatching("RTMP_ERR_PROXY_HEADER PROXY protocol: 51 bytes are more than 50"),
    ]);
  });
});

describe("a client that leaves without a word", () => {
  test("is no reason to say anything", async () => {
    const { plain, tls, taken, refused } = await open({ certificate });
    const ended = plain();
    ended.end();
    await cut(ended);
    const reset = plain();
    await once(reset, "connect");
    reset.resetAndDestroy();
    const checked = await tls();
    checked.end();
    await cut(checked);
    await milliseconds(20);
    expect([taken, refused]).toEqual([[], []]);
  });
});

describe("the PROXY protocol from a trusted proxy", () => {
  const trusted = { trustedProxies: ["127.0.0.0/8"] };

  test("tells who the client is, in any split", async () => {
    const { plain, take } = await open(trusted);
    const bytes = Buffer.concat([proxyHeader("192.0.2.1"), rtmp]);
    for (const cutAt of [1, 6, 20, bytes.length - rtmp.length, bytes.length - 1]) {
      const index = [1, 6, 20, bytes.length - rtmp.length, bytes.length - 1].indexOf(cutAt);
      const socket = plain(bytes.subarray(0, cutAt));
      await once(socket, "connect");
      await milliseconds(10);
      socket.write(bytes.subarray(cutAt));
      const { transport, recorder } = await take(index);
      expect(transport.remote).toBe("192.0.2.1:1111");
      await recorder.until(() => recorder.length === rtmp.length);
      expect(Buffer.concat(recorder.pieces)).toEqual(Buffer.from(rtmp));
    }
  });

  test("may be missing, also before TLS and HTTP", async () => {
    const { plain, tls, take } = await open({ ...trusted, certificate });
    const socket = plain(rtmp);
    expect((await take()).transport.remote).toBe(`${local}:${socket.localPort}`);
    const secure = await tls();
    secure.write(rtmp);
    expect((await take(1)).arrival.scheme).toBe("rtmps");
    const http = plain("PUT /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    expect(String((await once(http, "data"))[0])).toMatch(/^HTTP\/1\.1 404/);
  });

  test("stands before TLS, and its address goes on", async () => {
    const { plain, take } = await open({ ...trusted, certificate });
    const socket = plain(proxyHeader("192.0.2.1"));
    const secure = connectTls({ socket, rejectUnauthorized: false });
    await once(secure, "secureConnect");
    secure.write(rtmp);
    const { transport, arrival } = await take();
    expect([transport.remote, arrival.scheme]).toEqual(["192.0.2.1:1111", "rtmps"]);
  });

  test("leaves the proxy's own connections as they are", async () => {
    const { plain, take } = await open(trusted);
    const socket = plain(Buffer.concat([Buffer.from("PROXY UNKNOWN\r\n"), rtmp]));
    expect((await take()).transport.remote).toBe(`${local}:${socket.localPort}`);
  });
});

describe("X-Forwarded-For", () => {
  test("of a trusted proxy tells who the client is, request by request", async () => {
    const { plain, take } = await open({ trustedProxies: [local] });
    const socket = plain(openRequest("X-Forwarded-For: 192.0.2.9, 192.0.2.1\r\n"));
    expect((await take()).transport.remote).toBe("192.0.2.1:0");
    socket.write(openRequest("X-Forwarded-For: 2001:db8::1\r\n"));
    expect((await take(1)).transport.remote).toBe("[2001:db8::1]:0");
  });

  test("of anybody else is not believed, nor behind a PROXY header of somebody else", async () => {
    const { plain, take } = await open();
    const socket = plain(openRequest("X-Forwarded-For: 192.0.2.1\r\n"));
    expect((await take()).transport.remote).toBe(`${local}:${socket.localPort}`);

    const behind = await open({ trustedProxies: [local] });
    const header = String(proxyHeader("192.0.2.7"));
    behind.plain(header + openRequest("X-Forwarded-For: 192.0.2.1\r\n"));
    expect((await behind.take()).transport.remote).toBe("192.0.2.7:1111");
  });
});

describe("limits", () => {
  const limits = { maxConnectionsPerAddress: 3, maxHalfOpenPerAddress: 2 };
  const trustedProxies = [local];

  /** A listener, and connections that come from addresses by a proxy. */
  async function openBehindProxy(options: ListenOptions = {}) {
    const stage = await open({ limits, trustedProxies, ...options });
    let count = 0;
    return {
      ...stage,
      from: async (address: string): Promise<Taken & { readonly socket: Socket }> => {
        const socket = stage.plain(Buffer.concat([proxyHeader(address), rtmp]));
        return { ...(await stage.take(count++)), socket };
      },
    };
  }

  test("cut the oldest half-open connection of an address when one more comes", async () => {
    const { from, refused } = await openBehindProxy();
    const [first, second] = [await from("192.0.2.1"), await from("192.0.2.1")];
    await from("192.0.2.2");
    expect(first.recorder.causes).toEqual([]);
    await from("192.0.2.1");
    await first.recorder.closed();
    expect(first.recorder.causes).toMatchObject([
      {
        code: "RTMP_ERR_MADE_ROOM",
        message: "too many half-open connections from 192.0.2.1",
      },
    ]);
    expect(second.recorder.causes).toEqual([]);
    expect(refused).toEqual([
      "192.0.2.1:1111 RTMP_ERR_MADE_ROOM too many half-open connections from 192.0.2.1",
    ]);
  });

  test("leave alone who is established, and refuse one more", async () => {
    const { from, plain, refused } = await openBehindProxy();
    for (let index = 0; index < 3; index++) (await from("192.0.2.1")).arrival.established();
    const socket = plain(Buffer.concat([proxyHeader("192.0.2.1", 2222), rtmp]));
    await cut(socket);
    expect(refused).toEqual([
      "192.0.2.1:2222 RTMP_ERR_TOO_MANY_CONNECTIONS there are 3 connections from 192.0.2.1 already",
    ]);
  });

  test("count those that have gone no more", async () => {
    const { from, refused } = await openBehindProxy();
    for (let index = 0; index < 6; index++) {
      const { arrival, socket, recorder } = await from("192.0.2.1");
      arrival.established();
      socket.destroy();
      await recorder.closed();
    }
    expect(refused).toEqual([]);
  });

  test("count those that have gone no more, however they came and went", async () => {
    const limiter = new ConnectionLimiter();
    const { plain, tls, take } = await open({ limiter, certificate });
    const ends: ((socket: Socket) => void)[] = [
      (socket) => socket.end(),
      (socket) => socket.destroy(),
      // That of TLS cannot be reset.
      (socket) => ("encrypted" in socket ? socket.destroy() : socket.resetAndDestroy()),
    ];
    for (const [index, end] of ends.entries()) {
      for (const bytes of [rtmp, openRequest(), halfClientHello]) {
        const socket = plain(bytes);
        await once(socket, "connect");
        await milliseconds(10);
        end(socket);
      }
      for (const bytes of [rtmp, openRequest(), ""]) {
        const socket = await tls();
        socket.resume();
        socket.write(bytes);
        await milliseconds(10);
        end(socket);
      }
      await take(index);
    }
    await expect.poll(() => limiter.size, { timeout: 5_000 }).toBe(0);
  });

  test("count those that the server closes no more", async () => {
    const limiter = new ConnectionLimiter();
    const { plain, tls, take } = await open({ limiter, certificate });
    plain(rtmp);
    (await take()).transport.close(0);
    (await tls()).write(rtmp);
    (await take(1)).transport.close(0);
    (await tls()).resume().write(rtmp);
    (await take(2)).transport.close(1_000);
    await expect.poll(() => limiter.size, { timeout: 5_000 }).toBe(0);
  });

  test("of an address are none for a trusted proxy that another one tells of", async () => {
    const { from, refused } = await openBehindProxy({ trustedProxies: [local, "10.0.0.0/8"] });
    const all = [];
    for (let index = 0; index < 6; index++) all.push(await from("10.0.0.1"));
    expect(all.map(({ recorder }) => recorder.causes)).toEqual([[], [], [], [], [], []]);
    expect(refused).toEqual([]);
  });

  test("of an address are none for the machine itself", async () => {
    const { plain, take, refused } = await open({ limits });
    for (let index = 0; index < 6; index++) plain(rtmp);
    expect((await take(5)).recorder.causes).toEqual([]);
    expect(refused).toEqual([]);
  });

  test("cut a connection that has not sent a byte, and say so", async () => {
    const { listener, plain, refused } = await open({ limits: { maxConnections: 2 } });
    const first = plain();
    await once(first, "connect");
    await milliseconds(10);
    for (let index = 0; index < 2; index++) {
      await once(plain(), "connect");
      await milliseconds(10);
    }
    await cut(first);
    expect(refused).toEqual([
      expect.stringMatching("RTMP_ERR_MADE_ROOM too many half-open connections in all"),
    ]);
    expect(listener.address.port).toBeGreaterThan(0);
  });

  test("cut a half-open connection through TLS, and an HTTP connection without a request", async () => {
    const { tls, plain, take, refused, stray } = await open({
      certificate,
      limits: { maxConnections: 2 },
    });
    const secure = await tls();
    secure.write(rtmp);
    const { recorder } = await take();
    const http = plain("POST /op");
    await once(http, "connect");
    await milliseconds(20);
    plain(rtmp);
    await recorder.closed();
    expect(recorder.causes).toMatchObject([{ code: "RTMP_ERR_MADE_ROOM" }]);
    plain(rtmp);
    await cut(http);
    expect(refused).toHaveLength(2);
    for (const line of refused) expect(line).toMatch("RTMP_ERR_MADE_ROOM");
    expect(stray).toEqual([]);
  });

  test("count an HTTP connection as established once its request is for a tunnel", async () => {
    const { plain, take, refused } = await open({ limits: { maxConnections: 1 } });
    plain(openRequest());
    await take();
    await cut(plain(rtmp));
    expect(refused).toEqual([
      expect.stringMatching("RTMP_ERR_TOO_MANY_CONNECTIONS there are 1 connections in all already"),
    ]);
  });

  test("count an HTTP connection as half-open as long as it asks for tunnels that are not there", async () => {
    const { plain, take, refused } = await open({ limits: { maxConnections: 1 } });
    const stranger = plain("POST /idle/nothing/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    const [answer] = await once(stranger, "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
    plain(rtmp);
    await take();
    await cut(stranger);
    expect(refused).toEqual([
      expect.stringMatching("RTMP_ERR_MADE_ROOM too many half-open connections in all"),
    ]);
  });

  test("may be those of several listeners together", async () => {
    const limiter = new ConnectionLimiter({ maxConnections: 2 });
    const [first, second] = [await open({ limiter }), await open({ limiter })];
    first.plain(rtmp);
    (await first.take()).arrival.established();
    second.plain(rtmp);
    (await second.take()).arrival.established();
    expect(limiter.size).toBe(2);
    await cut(first.plain(rtmp));
    expect(first.refused).toHaveLength(1);
  });

  test("of an address count WebSockets that a trusted proxy has from there", async () => {
    const { plain, take, refused } = await openBehindProxy();
    const upgradeFrom = (address: string) =>
      plain(upgradeRequest(`X-Forwarded-For: ${address}\r\n`));
    const first = upgradeFrom("192.0.2.1");
    for (let index = 1; index < 3; index++) upgradeFrom("192.0.2.1");
    await take(2);
    await cut(upgradeFrom("192.0.2.1"));
    expect(refused).toEqual([
      "192.0.2.1:0 RTMP_ERR_TOO_MANY_CONNECTIONS there are 3 connections from 192.0.2.1 already",
    ]);
    upgradeFrom("192.0.2.2");
    const { recorder } = await take(0);
    first.destroy();
    await recorder.closed();
    upgradeFrom("192.0.2.1");
    await take(4);
    expect(refused).toHaveLength(1);
  });

  test("of tunnels count clients behind a trusted proxy, and not the proxy", async () => {
    const { plain, take, refused } = await open({
      trustedProxies: [local, "10.0.0.1"],
      tunnels: { limits: { maxTunnelsPerAddress: 1 } },
    });
    plain(String(proxyHeader("10.0.0.1")) + openRequest() + openRequest());
    await take(1);
    const forwarded = openRequest("X-Forwarded-For: 192.0.2.1\r\n");
    plain(forwarded + forwarded);
    await expect
      .poll(() => refused)
      .toEqual([expect.stringMatching("192.0.2.1:0 RTMP_ERR_TOO_MANY_TUNNELS")]);
  });
});

describe("a listener", () => {
  test("says by its URL whether everything has to come through TLS", async () => {
    const { listener } = await open({ certificate, tlsOnly: true });
    expect(listener.url).toBe(`rtmps://${local}:${listener.address.port}`);
  });

  test("for TLS alone needs a certificate", async () => {
    await expect(listen({ port: 0, tlsOnly: true }, () => {})).rejects.toThrow(TypeError);
  });

  test("refuses limits and ranges that are none", async () => {
    await expect(listen({ port: 0, limits: { firstBytesMs: 0 } }, ignore)).rejects.toThrow(
      RangeError,
    );
    await expect(listen({ port: 0, trustedProxies: ["host"] }, ignore)).rejects.toThrow(RangeError);
  });

  test("that closes cuts who has not spoken, and leaves the others", async () => {
    const clock = new VirtualClock();
    const { listener, plain, take, refused } = await open({ clock });
    const silent = plain();
    await once(silent, "connect");
    const talking = plain(rtmp);
    const { recorder } = await take();
    await listener.close();
    await cut(silent);
    expect(clock.pending).toBe(0);
    expect(refused).toEqual([]);
    talking.write("x");
    await recorder.until(() => recorder.length === rtmp.length + 1);
  });

  test("that closes cuts HTTP connections, but for those of tunnels", async () => {
    const { listener, plain, take } = await open();
    const other = plain("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const [answer] = await once(other, "data");
    expect(String(answer)).toMatch("200 OK");
    const tunnelled = plain(openRequest());
    const [opened] = await once(tunnelled, "data");
    const [, id] = /\r\n\r\n(\S+)\n$/.exec(String(opened)) ?? [];
    await take();
    await listener.close();
    await cut(other);
    tunnelled.write(`POST /idle/${id}/0 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n\0`);
    expect(String((await once(tunnelled, "data"))[0])).toMatch("200 OK");
  });

  test("does not mind a client that has gone before it was accepted", async () => {
    const listening = vi.spyOn(Server.prototype, "listen");
    onTestFinished(() => listening.mockRestore());
    const { taken, refused } = await open({ limits: { maxConnections: 1 } });
    const server = listening.mock.contexts[0];
    if (!(server instanceof Server)) throw new Error("no server");
    const gone = new Socket();
    server.emit("connection", gone);
    expect(gone.destroyed).toBe(true);
    expect([taken, refused]).toEqual([[], []]);
  });
});
