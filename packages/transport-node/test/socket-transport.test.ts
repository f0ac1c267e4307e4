import { once } from "node:events";
import { Socket, connect, createServer } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions } from "node:tls";

import type { Transport } from "@rtmp/session";
import { hex, VirtualClock } from "@rtmp/testing";
import { developmentCertificate, listen, SocketTransport } from "@rtmp/transport-node";
import { describe, expect, onTestFinished, test, vi } from "vitest";

import { Recorder, acceptOne, readAll } from "./recorder.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const megabyte = 1_000_000;

/** A connected pair of sockets: `socket` goes into a transport of the test's own making. */
async function socketPair(): Promise<{ socket: Socket; peer: Socket }> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  const connection = new Promise<Socket>((resolve) => server.once("connection", resolve));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const peer = connect({ port: address.port, host: "127.0.0.1" });
  const socket = await connection;
  server.close();
  onTestFinished(() => {
    socket.destroy();
    peer.destroy();
  });
  return { socket, peer };
}

/** Writes until the kernel takes no more, so that bytes stay queued in the process. */
async function writeUntilQueued(transport: SocketTransport): Promise<number> {
  let written = 0;
  for (let quiet = 0; quiet < 3;) {
    const before = transport.queuedBytes;
    transport.write(new Uint8Array(megabyte));
    written += megabyte;
    await turn();
    quiet = transport.queuedBytes >= before + megabyte ? quiet + 1 : 0;
  }
  return written;
}

describe("bytes from the peer", () => {
  test("arrive in order and only after start", async () => {
    const { transport, peer } = await acceptOne();
    const recorder = new Recorder();
    peer.write("one ");
    await turn();
    await turn();
    transport.start(recorder);
    expect(recorder.pieces).toEqual([]);
    peer.write("two ");
    peer.write("three");
    await recorder.until(() => recorder.length === 13);
    expect(recorder.text).toBe("one two three");
  });

  test("are plain arrays whose slice is a copy, never empty", async () => {
    const { transport, peer } = await acceptOne();
    const recorder = new Recorder();
    transport.start(recorder);
    peer.write("x");
    await recorder.until(() => recorder.pieces.length > 0);
    const piece = recorder.pieces[0];
    expect(piece?.constructor).toBe(Uint8Array);
    expect(piece?.slice().buffer).not.toBe(piece?.buffer);
    expect(transport.reusesBuffers).toBe(false);
  });

  test("do not come while paused, and the peer feels the pressure", async () => {
    const { socket, peer } = await socketPair();
    const transport = new SocketTransport(socket);
    const recorder = new Recorder();
    transport.start(recorder);
    transport.pause();
    const total = 24 * megabyte;
    peer.write(Buffer.alloc(total, 7));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(recorder.pieces).toEqual([]);
    expect(peer.writableLength).toBe(total);

    transport.resume();
    await recorder.until(() => recorder.length === total);
    expect(peer.writableLength).toBe(0);
  });

  test("a transport that was paused before it started stays paused", async () => {
    const { transport, peer } = await acceptOne();
    const recorder = new Recorder();
    transport.pause();
    transport.start(recorder);
    peer.write("x");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(recorder.pieces).toEqual([]);
    transport.resume();
    await recorder.until(() => recorder.pieces.length > 0);
  });

  test("a second start is a mistake of the caller", async () => {
    const { transport } = await acceptOne();
    transport.start(new Recorder());
    expect(() => transport.start(new Recorder())).toThrow(TypeError);
  });
});

describe("bytes to the peer", () => {
  test("arrive in the order of write and writeAll", async () => {
    const { transport, peer } = await acceptOne();
    transport.start(new Recorder());
    transport.write(Buffer.from("a"));
    transport.writeAll([Buffer.from("bc"), new Uint8Array(0), Buffer.from("d")]);
    transport.write(new Uint8Array(0));
    transport.write(Buffer.from("e"));
    transport.close(1_000);
    const received = await readAll(peer);
    expect(received.toString()).toBe("abcde");
  });

  test("the pieces of one writeAll leave in one system call", async () => {
    const { socket } = await socketPair();
    const gathered = vi.spyOn(socket, "_writev");
    const single = vi.spyOn(socket, "_write");
    const transport = new SocketTransport(socket);
    transport.writeAll([Buffer.from("a"), Buffer.from("b"), Buffer.from("c")]);
    expect(gathered).toHaveBeenCalledOnce();
    expect(single).not.toHaveBeenCalled();
  });

  test("what the kernel takes at once is never queued and drains nothing", async () => {
    const { transport, peer } = await acceptOne();
    const recorder = new Recorder();
    transport.start(recorder);
    transport.write(Buffer.from("small"));
    expect(transport.queuedBytes).toBe(0);
    await once(peer, "data");
    await turn();
    expect(recorder.drains).toBe(0);
  });

  test("what a slow peer leaves behind is counted, and drains once when it reads", async () => {
    const { socket, peer } = await socketPair();
    const transport = new SocketTransport(socket);
    const recorder = new Recorder();
    transport.start(recorder);
    await writeUntilQueued(transport);
    expect(transport.queuedBytes).toBeGreaterThanOrEqual(3 * megabyte);
    expect(recorder.drains).toBe(0);

    peer.resume();
    await recorder.until(() => recorder.drains > 0);
    expect(transport.queuedBytes).toBe(0);
    await turn();
    expect(recorder.drains).toBe(1);
  });
});

describe("the peer closes", () => {
  test("its end is reported once, and replies to its last bytes still leave", async () => {
    const { transport, peer } = await acceptOne();
    const recorder = new Recorder();
    transport.start({
      onBytes(bytes) {
        recorder.onBytes(bytes);
        queueMicrotask(() => transport.write(Buffer.from("answer")));
      },
      onDrain: () => recorder.onDrain(),
      onClose: (cause) => recorder.onClose(cause),
    });
    peer.end("question");
    const received = await readAll(peer);
    await recorder.closed();
    expect(received.toString()).toBe("answer");
    await turn();
    expect(recorder.causes).toEqual([undefined]);
  });

  test("bytes that it does not fetch keep the connection for one second at most", async () => {
    const { socket, peer } = await socketPair();
    const clock = new VirtualClock();
    const transport = new SocketTransport(socket, clock);
    const recorder = new Recorder();
    transport.start(recorder);
    await writeUntilQueued(transport);
    peer.end();
    await once(socket, "end");
    await turn();
    clock.advance(999);
    await turn();
    expect(recorder.causes).toEqual([]);
    clock.advance(1);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
    expect(clock.pending).toBe(0);
  });

  test("a reset is reported once, with its cause", async () => {
    const { transport, peer } = await acceptOne();
    const recorder = new Recorder();
    transport.start(recorder);
    peer.resetAndDestroy();
    await recorder.closed();
    await turn();
    expect(recorder.causes).toHaveLength(1);
    expect(recorder.causes[0]).toMatchObject({ code: "ECONNRESET" });
    transport.write(Buffer.from("too late"));
    transport.writeAll([Buffer.from("too late")]);
    transport.close(1_000);
    transport.close(0);
    await turn();
    expect(recorder.causes).toHaveLength(1);
  });

  test("a reset that came before the start is reported after it", async () => {
    const { socket, peer } = await socketPair();
    const transport = new SocketTransport(socket);
    socket.read(0);
    peer.resetAndDestroy();
    await new Promise((resolve) => socket.once("close", resolve));
    const recorder = new Recorder();
    transport.start(recorder);
    expect(recorder.causes).toEqual([]);
    await recorder.closed();
    expect(recorder.causes[0]).toMatchObject({ code: "ECONNRESET" });
  });

  test("start between the end of the socket and its close event reports once", async () => {
    const { socket } = await socketPair();
    const transport = new SocketTransport(socket);
    const recorder = new Recorder();
    transport.close(0);
    transport.start(recorder);
    expect(recorder.causes).toEqual([]);
    await recorder.closed();
    await turn();
    expect(recorder.causes).toEqual([undefined]);
  });
});

describe("close", () => {
  test("sends what is queued first and waits for the peer", async () => {
    const { socket, peer } = await socketPair();
    const clock = new VirtualClock();
    const transport = new SocketTransport(socket, clock);
    const recorder = new Recorder();
    transport.start(recorder);
    const written = await writeUntilQueued(transport);
    transport.close(1_111);
    expect(recorder.causes).toEqual([]);
    const received = await readAll(peer);
    expect(received.length).toBe(written);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
    expect(clock.pending).toBe(0);
  });

  test("cuts a peer that never reads when the time is over", async () => {
    const { socket } = await socketPair();
    const clock = new VirtualClock();
    const transport = new SocketTransport(socket, clock);
    const recorder = new Recorder();
    transport.start(recorder);
    await writeUntilQueued(transport);
    transport.close(1_111);
    clock.advance(1_110);
    await turn();
    expect(socket.destroyed).toBe(false);
    clock.advance(1);
    expect(socket.destroyed).toBe(true);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });

  test("a later close can only bring the end nearer", async () => {
    const { socket } = await socketPair();
    const clock = new VirtualClock();
    const transport = new SocketTransport(socket, clock);
    transport.close(1_000);
    transport.close(2_000);
    transport.close(500);
    expect(clock.pending).toBe(1);
    clock.advance(499);
    expect(socket.destroyed).toBe(false);
    clock.advance(1);
    expect(socket.destroyed).toBe(true);
  });

  test("zero cuts at once, and the report comes after the call", async () => {
    const { transport } = await acceptOne();
    const recorder = new Recorder();
    transport.start(recorder);
    transport.close(0);
    expect(recorder.causes).toEqual([]);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });

  test("reads and drops what still arrives, so that the last bytes are not eaten by a reset", async () => {
    const { transport, peer } = await acceptOne();
    const recorder = new Recorder();
    transport.start(recorder);
    transport.pause();
    peer.on("error", () => {});
    peer.write(Buffer.alloc(2 * megabyte));
    await new Promise((resolve) => setTimeout(resolve, 20));
    transport.write(Buffer.from("status"));
    transport.close(5_000);
    transport.pause();
    await new Promise<void>((resolve) => peer.write(Buffer.alloc(8 * megabyte), () => resolve()));
    peer.end();
    const received = await readAll(peer);
    expect(received.toString()).toBe("status");
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
    expect(recorder.pieces).toEqual([]);
  });

  test("writes after it have no effect", async () => {
    const { transport, peer } = await acceptOne();
    transport.start(new Recorder());
    transport.write(Buffer.from("a"));
    transport.close(1_000);
    transport.write(Buffer.from("b"));
    transport.writeAll([Buffer.from("c")]);
    const received = await readAll(peer);
    expect(received.toString()).toBe("a");
  });

  test("works on a transport that never started", async () => {
    const { socket, peer } = await socketPair();
    const transport = new SocketTransport(socket);
    peer.resume();
    transport.close(2_000);
    await once(socket, "close");
    expect(socket.destroyed).toBe(true);
  });

  test("a reset after it is not a cause", async () => {
    const { transport, peer } = await acceptOne();
    const recorder = new Recorder();
    transport.start(recorder);
    transport.close(2_000);
    peer.resetAndDestroy();
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });
});

test("use adds no listeners to the socket", async () => {
  const { socket, peer } = await socketPair();
  const transport = new SocketTransport(socket);
  const recorder = new Recorder();
  transport.start(recorder);
  peer.resume();
  const count = () =>
    socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0);
  const before = count();
  for (let i = 0; i < 50; i++) {
    transport.write(new Uint8Array(100_000));
    transport.writeAll([new Uint8Array(1), new Uint8Array(1)]);
    transport.pause();
    transport.resume();
  }
  await recorder.until(() => transport.queuedBytes === 0);
  expect(count()).toBe(before);
});

function remoteOf(remoteAddress: string | undefined, remotePort: number | undefined): string {
  const socket = new Socket();
  Object.defineProperties(socket, {
    remoteAddress: { value: remoteAddress },
    remotePort: { value: remotePort },
  });
  return new SocketTransport(socket).remote;
}

describe("the remote address", () => {
  test.each([
    ["192.0.2.1", 1111, "192.0.2.1:1111"],
    ["2001:db8::1", 2222, "[2001:db8::1]:2222"],
    ["::ffff:192.0.2.1", 1111, "192.0.2.1:1111"],
    ["::FFFF:192.0.2.1", 1111, "192.0.2.1:1111"],
    [undefined, undefined, "unknown"],
  ])("%s and %s are written as %s", (address, port, expected) => {
    expect(remoteOf(address, port)).toBe(expected);
  });
});

describe("bytes that were read before the transport was made", () => {
  const remote = "192.0.2.1:1111";
  const firstBytes = () => ({ bytes: Buffer.from("first "), remote });

  test("come first, and never inside start", async () => {
    const { socket, peer } = await socketPair();
    const transport = new SocketTransport(socket, undefined, firstBytes());
    const recorder = new Recorder();
    transport.start(recorder);
    expect(recorder.pieces).toEqual([]);
    peer.write("second");
    await recorder.until(() => recorder.length === 12);
    expect(recorder.text).toBe("first second");
    expect(recorder.pieces[0]?.constructor).toBe(Uint8Array);
    expect(transport.remote).toBe(remote);
  });

  test("come first also when the socket has more in the same turn", async () => {
    const { socket } = await socketPair();
    const transport = new SocketTransport(socket, undefined, firstBytes());
    const recorder = new Recorder();
    transport.start(recorder);
    socket.emit("data", Buffer.from("second"));
    expect(recorder.text).toBe("first second");
    await turn();
    expect(recorder.text).toBe("first second");
  });

  test("wait for start, and for resume", async () => {
    const { socket, peer } = await socketPair();
    const transport = new SocketTransport(socket, undefined, firstBytes());
    await turn();
    peer.end("second");
    await turn();
    const recorder = new Recorder();
    transport.pause();
    transport.start(recorder);
    await turn();
    expect(recorder.pieces).toEqual([]);
    transport.resume();
    await recorder.closed();
    expect(recorder.text).toBe("first second");
  });

  test("are not delivered once it is closed", async () => {
    const { socket } = await socketPair();
    const transport = new SocketTransport(socket, undefined, firstBytes());
    const recorder = new Recorder();
    transport.start(recorder);
    transport.close(0);
    await recorder.closed();
    expect(recorder.pieces).toEqual([]);
  });
});

describe("through TLS", () => {
  const certificate = developmentCertificate();

  /** A connected pair: `transport` is on the side of the server. */
  async function tlsPair(options: ConnectionOptions = {}) {
    let accept: (transport: Transport) => void;
    const accepted = new Promise<Transport>((resolve) => {
      accept = resolve;
    });
    const listener = await listen({ port: 0, certificate }, (transport) => accept(transport));
    const { port } = listener.address;
    const plain = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    // TLS that goes through streams of its own leaves the socket to the test.
    const peer = connectTls({
      socket: Duplex.from({ readable: plain, writable: plain }),
      rejectUnauthorized: false,
      ...options,
    });
    plain.on("error", () => {});
    peer.on("error", () => {});
    await once(peer, "secureConnect");
    peer.write("\x03");
    const transport = await accepted;
    const recorder = new Recorder();
    transport.start(recorder);
    await recorder.until(() => recorder.length === 1);
    onTestFinished(async () => {
      transport.close(0);
      peer.destroy();
      plain.destroy();
      await listener.close();
    });
    return { transport, recorder, peer, plain };
  }

  test("what is queued is counted as it was written, until the peer reads", async () => {
    const { transport, recorder, peer } = await tlsPair();
    peer.pause();
    transport.write(new Uint8Array(10));
    transport.writeAll([new Uint8Array(20), new Uint8Array(3)]);
    expect(transport.queuedBytes).toBe(33);
    await recorder.until(() => recorder.drains === 1);
    expect(transport.queuedBytes).toBe(0);

    const total = 24 * megabyte;
    for (let sum = 0; sum < total; sum += megabyte) transport.write(new Uint8Array(megabyte));
    expect(transport.queuedBytes).toBe(total);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(transport.queuedBytes).toBeGreaterThan(megabyte);
    expect(transport.queuedBytes % megabyte).toBe(0);
    expect(recorder.drains).toBe(1);
    peer.resume();
    await recorder.until(() => recorder.drains === 2);
    expect(transport.queuedBytes).toBe(0);
  });

  test("what was queued leaves before the close, and then close_notify", async () => {
    const { transport, recorder, peer } = await tlsPair();
    transport.write(new Uint8Array(3 * megabyte));
    transport.close(5_000);
    const received = await readAll(peer);
    expect(received).toHaveLength(3 * megabyte);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "the peer's close_notify is an end, and replies still leave, by %s",
    async (version) => {
      const { transport, recorder, peer } = await tlsPair({
        minVersion: version,
        maxVersion: version,
      });
      peer.end("question");
      await recorder.until(() => recorder.length === 9);
      transport.write(Buffer.from("answer"));
      expect(String(await readAll(peer))).toBe("answer");
      await recorder.closed();
      expect(recorder.causes).toEqual([undefined]);
    },
  );

  test("an end without close_notify is an end as well", async () => {
    const { recorder, plain } = await tlsPair();
    plain.end();
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });

  test("a reset is a cause", async () => {
    const { recorder, plain } = await tlsPair();
    plain.resetAndDestroy();
    await recorder.closed();
    expect(recorder.causes).toMatchObject([{ code: "ECONNRESET" }]);
  });

  test("what is no record of TLS any more is a cause", async () => {
    const { recorder, transport, plain } = await tlsPair();
    // Past the TLS of the peer: a record that nobody can decrypt.
    plain.write(hex(`17 03 03 00 20 ${"00 ".repeat(32)}`));
    await recorder.closed();
    expect(recorder.causes).toMatchObject([{ code: expect.stringMatching(/^ERR_SSL_/) }]);
    transport.write(Buffer.from("too late"));
  });

  test("nothing comes while it is paused", async () => {
    const { transport, recorder, peer } = await tlsPair();
    transport.pause();
    peer.write("x");
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(recorder.length).toBe(1);
    transport.resume();
    await recorder.until(() => recorder.length === 2);
  });
});
