import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

import { seededBytes, seededRandom } from "@rtmp/testing";
import { type Arrival, createDial, dial, dialRtmpt, listen } from "@rtmp/transport-node";
import type { Transport } from "@rtmp/session";
import { describe, expect, onTestFinished, test } from "vitest";

import { loadCertificate } from "../../src/tls/certificate.ts";
import { makeSelfSigned, type SelfSigned } from "../../src/tls/self-signed.ts";
import { listenOnFreePort } from "../free-port.ts";
import { Recorder } from "../recorder.ts";

const host = "127.0.0.1";
const dayMs = 86_400_000;

/** A server of one port that echoes. */
async function echo(pair?: SelfSigned): Promise<{ port: number; arrivals: string[] }> {
  const certificate = pair && loadCertificate({ ...pair, certName: "c", keyName: "k" }, new Date());
  const arrivals: string[] = [];
  const onTransport = (transport: Transport, { scheme }: Arrival): void => {
    arrivals.push(scheme);
    transport.start({
      onBytes: (bytes) => transport.write(bytes),
      onDrain: () => {},
      onClose: () => arrivals.push("closed"),
    });
  };
  const listener = await listen({ port: 0, ...(certificate && { certificate }) }, onTransport);
  onTestFinished(() => listener.close());
  return { port: listener.address.port, arrivals };
}

function selfSigned(...hosts: string[]): SelfSigned {
  const now = Date.now();
  const [notBefore, notAfter] = [new Date(now - dayMs), new Date(now + dayMs)];
  return makeSelfSigned({ hosts, notBefore, notAfter });
}

/** A server that does with each request what the test says; it reads no more than the path. */
async function scripted(onRequest: (path: string, socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      const [request, path = ""] = /^POST (\S+) .*?\r\n\r\n[^]/s.exec(text) ?? [];
      if (request === undefined) return;
      text = "";
      onRequest(path, socket);
    });
    onTestFinished(() => void socket.destroy());
  });
  return listenOnFreePort(server, host);
}

function ok(socket: Socket, body: string): void {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`, "latin1");
}

function started(transport: Transport): Recorder {
  const recorder = new Recorder();
  transport.start(recorder);
  onTestFinished(() => transport.close(0));
  return recorder;
}

describe("dialRtmpt", () => {
  test("opens a tunnel that carries bytes both ways, and closes it", async () => {
    const { port, arrivals } = await echo();
    const transport = await dialRtmpt({ host, port });
    const recorder = started(transport);
    expect(transport.remote).toBe(`127.0.0.1:${port}`);
    const bytes = seededBytes(seededRandom(1_111), 700_000);
    transport.write(bytes);
    await recorder.until(() => recorder.length === bytes.length);
    expect(Buffer.concat(recorder.pieces).equals(bytes)).toBe(true);
    await recorder.until(() => recorder.drains === 1);
    transport.close(5_000);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
    expect(arrivals).toEqual(["rtmpt", "closed"]);
  });

  test("does so through TLS, and knows the server by its certificate", async () => {
    const pair = selfSigned("origin.example");
    const { port, arrivals } = await echo(pair);
    const server = { host, port, secure: true };
    await expect(dialRtmpt(server)).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    await expect(dialRtmpt({ ...server, ca: pair.cert })).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
    for (const known of [{ ca: [pair.cert], serverName: "origin.example" }, { verify: false }]) {
      const transport = await dialRtmpt({ ...server, ...known });
      const recorder = started(transport);
      transport.write(Uint8Array.of(1, 2, 3));
      await recorder.until(() => recorder.length === 3);
    }
    expect(arrivals).toEqual(["rtmpts", "rtmpts"]);
  });

  test("where nobody listens is rejected with the code of Node", async () => {
    const server = createServer();
    const port = await listenOnFreePort(server, host);
    server.close();
    await once(server, "close");
    await expect(dialRtmpt({ host, port })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("with a port out of range is a RangeError", async () => {
    await expect(dialRtmpt({ host, port: 65_536 })).rejects.toThrow(RangeError);
  });

  test("that takes too long is rejected with ETIMEDOUT", async () => {
    const port = await scripted(() => {});
    await expect(dialRtmpt({ host, port, timeoutMs: 100 })).rejects.toMatchObject({
      code: "ETIMEDOUT",
      message: `no connection to 127.0.0.1:${port} within 100 ms`,
    });
  });

  test.each([
    ["HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc", "status 404"],
    ["HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 1\r\n\r\n\n", "status 302"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "no id"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na b", "no id"],
  ])("to a server without tunnels is rejected: %j", async (answer, what) => {
    const port = await scripted((_, socket) => socket.write(answer));
    await expect(dialRtmpt({ host, port })).rejects.toMatchObject({
      code: "RTMP_ERR_TUNNEL_REFUSED",
      message: `the server answered open with ${what}`,
    });
  });

  test("takes an id with white space behind it, as some servers send it", async () => {
    const paths: string[] = [];
    const port = await scripted((path, socket) => {
      paths.push(path);
      ok(socket, paths.length === 1 ? "A-7.b\r\n" : "\x01");
    });
    const transport = await dialRtmpt({ host, port });
    started(transport);
    transport.write(Uint8Array.of(1));
    await expect.poll(() => paths.slice(0, 2)).toEqual(["/open/1", "/send/A-7.b/0"]);
  });
});

describe("a tunnel whose connection", () => {
  test("is closed under a request sends it once more over another", async () => {
    const paths: string[] = [];
    const sockets = new Set<Socket>();
    const port = await scripted((path, socket) => {
      paths.push(path);
      sockets.add(socket);
      if (paths.length === 1) ok(socket, "abc\n");
      else if (paths.length === 2) socket.resetAndDestroy();
      else ok(socket, "\x01*");
    });
    const transport = await dialRtmpt({ host, port });
    const recorder = started(transport);
    transport.write(Uint8Array.of(1));
    await recorder.until(() => recorder.drains === 1);
    expect(paths.slice(0, 3)).toEqual(["/open/1", "/send/abc/0", "/send/abc/0"]);
    expect(sockets.size).toBe(2);
    expect(recorder.text).toMatch(/^\*/);
  });

  test("is closed in the middle of an answer is lost, with the cause", async () => {
    const paths: string[] = [];
    const port = await scripted((path, socket) => {
      paths.push(path);
      if (path === "/open/1") ok(socket, "abc\n");
      else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x01*");
    });
    const transport = await dialRtmpt({ host, port });
    const recorder = started(transport);
    transport.write(Uint8Array.of(1));
    await recorder.closed();
    expect(recorder.causes).toMatchObject([{ code: "ECONNRESET" }]);
    // A server that has handled it need not know it again.
    expect(paths).toEqual(["/open/1", "/send/abc/0"]);
    expect(recorder.length).toBe(0);
  });

  test("is asked for more than 16 MiB in one answer is given up", async () => {
    const port = await scripted((path, socket) => {
      if (path === "/open/1") ok(socket, "abc\n");
      else {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n`);
        for (let count = 0; count < 17; count++) socket.write(new Uint8Array(1 << 20));
      }
    });
    const transport = await dialRtmpt({ host, port });
    const recorder = started(transport);
    transport.write(Uint8Array.of(1));
    await recorder.closed();
    expect(recorder.causes).toMatchObject([{ message: "the answer is too long" }]);
  });

  test("is cut by its owner leaves nothing open", async () => {
    const closed: string[] = [];
    const port = await scripted((path, socket) => {
      socket.once("close", () => closed.push(path));
      if (path === "/open/1") ok(socket, "abc\n");
    });
    const transport = await dialRtmpt({ host, port });
    const recorder = started(transport);
    transport.write(Uint8Array.of(1));
    transport.close(0);
    await recorder.closed();
    await expect.poll(() => closed).toContain("/open/1");
    expect(recorder.causes).toEqual([undefined]);
  });
});

describe("dial", () => {
  test.each(["rtmpt", "rtmpte"] as const)("takes %s", async (scheme) => {
    const { port, arrivals } = await echo();
    const transport = await dial({ scheme, host, port });
    transport.close(0);
    expect(arrivals).toEqual(["rtmpt"]);
  });

  test("takes rtmpts, and verifies the server unless told not to", async () => {
    const { port, arrivals } = await echo(selfSigned(host));
    const where = { scheme: "rtmpts", host, port } as const;
    await expect(dial(where)).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    const transport = await createDial({ tls: { verify: false }, timeoutMs: 9_999 })(where);
    transport.close(0);
    expect(arrivals).toEqual(["rtmpts"]);
  });
});
