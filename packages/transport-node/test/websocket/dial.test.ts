import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { type Server, createServer as createTcpServer } from "node:net";
import { createSecureContext } from "node:tls";

import { dialWebSocket, listen } from "@rtmp/transport-node";
import { describe, expect, onTestFinished, test } from "vitest";

import { Recorder } from "../recorder.ts";
import { firstPair, secondPair } from "../tls/certificates.ts";
import { openStage } from "./stage.ts";

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Answers every upgrade with what `answer` makes of its key, in one write. */
function answering(answer: (key: string) => string): Promise<number> {
  const server = createServer();
  server.on("upgrade", ({ headers }, socket) => {
    socket.on("error", () => {});
    socket.write(answer(headers["sec-websocket-key"] ?? ""), "latin1");
    onTestFinished(() => void socket.destroy());
  });
  return listening(server);
}

/** The answer of a server that takes the WebSocket (RFC 6455 §4.2.2). */
function switching(key: string, selected: string): string {
  const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const accept = createHash("sha1").update(`${key}${guid}`).digest("base64");
  const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  return `${head}Sec-WebSocket-Accept: ${accept}\r\n${selected}\r\n`;
}

/** Listens with a certificate for first.example and 127.0.0.1, and echoes. */
async function listenByTls(): Promise<{ readonly port: number; readonly schemes: string[] }> {
  const schemes: string[] = [];
  const certificate = { secureContext: createSecureContext(firstPair) };
  const listener = await listen({ port: 0, certificate }, (transport, { scheme }) => {
    schemes.push(scheme);
    transport.start({
      onBytes: (bytes) => transport.write(bytes),
      onDrain: () => {},
      onClose: () => {},
    });
  });
  onTestFinished(() => listener.close());
  return { port: listener.address.port, schemes };
}

describe("dialWebSocket", () => {
  test("opens a connection that carries bytes both ways and closes in order", async () => {
    const stage = await openStage();
    const transport = await dialWebSocket({ host: "127.0.0.1", port: stage.port });
    expect(transport.remote).toBe(`127.0.0.1:${stage.port}`);
    const { transport: far, scheme } = await stage.taken();
    expect(scheme).toBe("ws");
    const [near, other] = [new Recorder(), new Recorder()];
    far.start(other);
    far.write(Uint8Array.of(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    transport.start(near);
    const bytes = Uint8Array.of(2, 3);
    transport.writeAll([bytes, Uint8Array.of(4)]);
    await near.until(() => near.length === 1);
    await other.until(() => other.length === 3);
    // Clients mask what they send: not in the caller's memory.
    expect(bytes).toEqual(Uint8Array.of(2, 3));
    expect(Buffer.concat(other.pieces)).toEqual(Buffer.of(2, 3, 4));
    transport.close(1_000);
    await near.closed();
    await other.closed();
    expect([near.causes, other.causes]).toEqual([[undefined], [undefined]]);
  });

  test("asks for the path and the subprotocol", async () => {
    const server = createServer();
    const port = await listening(server);
    const asked = once(server, "upgrade");
    const dialled = dialWebSocket({ host: "127.0.0.1", port, path: "/a?b=1111" });
    const [request, socket] = await asked;
    expect(request.url).toBe("/a?b=1111");
    expect(request.headers).toMatchObject({ "sec-websocket-protocol": "rtmp" });
    expect(request.headers).not.toHaveProperty("sec-websocket-extensions");
    socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
    await expect(dialled).rejects.toMatchObject({
      code: "RTMP_ERR_WEBSOCKET_REFUSED",
      fault: "rejected",
      message: `ws://127.0.0.1:${port}/a?b=1111 is no RTMP over WebSocket: Unexpected server response: 404`,
    });
  });

  test("a server that selects no subprotocol, or another, is refused", async () => {
    for (const selected of ["", "Sec-WebSocket-Protocol: chat\r\n"]) {
      const port = await answering((key) => switching(key, selected));
      await expect(dialWebSocket({ host: "127.0.0.1", port })).rejects.toMatchObject({
        code: "RTMP_ERR_WEBSOCKET_REFUSED",
        message: expect.stringMatching(/subprotocol$/),
      });
    }
  });

  test("what the server says in one packet with its answer is not lost", async () => {
    const selected = "Sec-WebSocket-Protocol: rtmp\r\n";
    const port = await answering((key) => `${switching(key, selected)}\x82\x02\x11\x22`);
    const transport = await dialWebSocket({ host: "127.0.0.1", port });
    const recorder = new Recorder();
    transport.start(recorder);
    await recorder.until(() => recorder.length === 2);
    expect(recorder.pieces).toEqual([Uint8Array.of(0x11, 0x22)]);
    transport.close(0);
  });

  test("where nobody listens is rejected with the code of Node", async () => {
    const server = createTcpServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    await once(server, "close");
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await expect(dialWebSocket({ host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  test("that takes too long is rejected with ETIMEDOUT", async () => {
    const server = createTcpServer();
    const asked = once(server, "connection");
    const port = await listening(server);
    const dialled = dialWebSocket({ host: "127.0.0.1", port, timeoutMs: 50 });
    const [socket] = await asked;
    const closed = once(socket.resume(), "close");
    await expect(dialled).rejects.toMatchObject({
      code: "ETIMEDOUT",
      message: `no WebSocket to ws://127.0.0.1:${port}/ within 50 ms`,
    });
    await closed;
  });

  test.each([0, 65_536, 1.5])("port %s is a RangeError", async (port) => {
    await expect(dialWebSocket({ host: "127.0.0.1", port })).rejects.toThrow(RangeError);
  });

  test("a limit out of range is a RangeError", async () => {
    const limits = { maxWebSocketMessageBytes: 0 };
    await expect(dialWebSocket({ host: "127.0.0.1", port: 1, limits })).rejects.toThrow(RangeError);
  });
});

describe("wss", () => {
  test.each([
    ["by its address", {}],
    ["by a name that is asked for", { serverName: "first.example" }],
    ["by another address than is dialled", { host: "localhost", serverName: "127.0.0.1" }],
  ])("verifies the server %s", async (_, options) => {
    const { port, schemes } = await listenByTls();
    const where = { host: "127.0.0.1", port, secure: true, ca: firstPair.cert };
    const transport = await dialWebSocket({ ...where, ...options });
    const recorder = new Recorder();
    transport.start(recorder);
    transport.write(Uint8Array.of(1, 2));
    await recorder.until(() => recorder.length === 2);
    expect(schemes).toEqual(["wss"]);
    transport.close(1_000);
    await recorder.closed();
  });

  test.each([
    ["that is not known", {}, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    ["of another authority", { ca: [secondPair.cert] }, "DEPTH_ZERO_SELF_SIGNED_CERT"],
    [
      "of another name",
      { ca: firstPair.cert, serverName: "second.example" },
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
  ])("refuses a certificate %s", async (_, options, code) => {
    const { port, schemes } = await listenByTls();
    const dialled = dialWebSocket({ host: "127.0.0.1", port, secure: true, ...options });
    await expect(dialled).rejects.toMatchObject({ code });
    expect(schemes).toEqual([]);
  });

  test("takes any certificate without verification", async () => {
    const { port } = await listenByTls();
    const where = { host: "127.0.0.1", port, secure: true };
    const transport = await dialWebSocket({ ...where, verify: false });
    expect(transport.remote).toBe(`127.0.0.1:${port}`);
    transport.close(0);
  });
});
