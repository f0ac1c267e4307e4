import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";

import {
  createDial,
  dial,
  dialTcp,
  dialTls,
  listen,
  listenTcp,
  SocketTransport,
} from "@rtmp/transport-node";
import { describe, expect, onTestFinished, test } from "vitest";

import { loadCertificate } from "../src/tls/certificate.ts";
import { makeSelfSigned, type SelfSigned } from "../src/tls/self-signed.ts";
import { listenOnFreePort } from "./free-port.ts";
import { Recorder } from "./recorder.ts";

const dayMs = 86_400_000;

function selfSigned(...hosts: string[]): SelfSigned {
  const now = Date.now();
  return makeSelfSigned({
    hosts,
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + dayMs),
  });
}

/** A listener that echoes by TLS. */
async function listenTls(pair: SelfSigned) {
  const certificate = loadCertificate({ ...pair, certName: "c", keyName: "k" }, new Date());
  const listener = await listen({ port: 0, certificate }, (transport) => {
    transport.start({
      onBytes: (bytes) => transport.write(bytes),
      onDrain: () => {},
      onClose: () => {},
    });
  });
  onTestFinished(() => listener.close());
  return listener.address;
}

describe("dialTcp", () => {
  test("opens a connection that carries bytes both ways", async () => {
    const listener = await listenTcp({ port: 0 }, (transport) => {
      transport.start({
        onBytes: (bytes) => transport.write(bytes),
        onDrain: () => {},
        onClose: () => {},
      });
    });
    const transport = await dialTcp(listener.address);
    expect(transport.remote).toBe(`127.0.0.1:${listener.address.port}`);
    const got = await new Promise<Uint8Array>((resolve) => {
      transport.start({ onBytes: resolve, onDrain: () => {}, onClose: () => {} });
      transport.write(Uint8Array.of(1, 2, 3));
    });
    expect([...got]).toEqual([1, 2, 3]);
    transport.close(1_000);
    await listener.close();
  });

  test("where nobody listens is rejected with the code of Node", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    await once(server, "close");
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    await expect(dialTcp({ host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  test("with a port out of range is a RangeError", async () => {
    await expect(dialTcp({ host: "127.0.0.1", port: 65_536 })).rejects.toThrow(RangeError);
  });

  test("that takes too long is rejected with ETIMEDOUT", async () => {
    // It accepts nothing: once its backlog is full the kernel leaves further connections without an answer.
    const script = `const server = require("node:net").createServer();
      server.listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
        require("node:fs").writeSync(1, String(server.address().port) + "\\n");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10000);
      });`;
    const deaf = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const fillers: Socket[] = [];
    try {
      const [line] = await once(deaf.stdout, "data");
      const port = Number(line);
      for (let count = 0; count < 4; count++) {
        const filler = connect({ host: "127.0.0.1", port });
        filler.on("error", () => {});
        fillers.push(filler);
      }
      await setTimeout(100);
      await expect(dialTcp({ host: "127.0.0.1", port, timeoutMs: 200 })).rejects.toMatchObject({
        code: "ETIMEDOUT",
        message: `no connection to 127.0.0.1:${port} within 200 ms`,
      });
    } finally {
      for (const filler of fillers) filler.destroy();
      deaf.kill("SIGKILL");
    }
  });
});

describe("dial", () => {
  test.each(["rtmp", "rtmpe"] as const)("takes %s", async (scheme) => {
    const listener = await listenTcp({ port: 0 }, (transport) => transport.close(0));
    const transport = await dial({ scheme, ...listener.address });
    expect(transport.remote).toBe(`127.0.0.1:${listener.address.port}`);
    transport.close(0);
    await listener.close();
  });

  test("verifies a server of rtmps, unless told not to", async () => {
    const where = { scheme: "rtmps", ...(await listenTls(selfSigned("127.0.0.1"))) } as const;
    await expect(dial(where)).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    const transport = await createDial({ tls: { verify: false } })(where);
    transport.close(0);
  });

  test("has as much time as it was made with", async () => {
    const port = await listenOnFreePort(createServer(() => {}));
    const dialQuickly = createDial({ timeoutMs: 111 });
    await expect(dialQuickly({ scheme: "rtmps", host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "ETIMEDOUT",
      message: `no connection to 127.0.0.1:${port} within 111 ms`,
    });
  });
});

describe("dialTls", () => {
  test("carries bytes both ways to a server whose certificate is known", async () => {
    const pair = selfSigned("127.0.0.1");
    const where = await listenTls(pair);
    const transport = await dialTls({ ...where, ca: pair.cert });
    expect(transport.remote).toBe(`127.0.0.1:${where.port}`);
    const recorder = new Recorder();
    transport.start(recorder);
    transport.write(Uint8Array.of(3, 1, 2));
    await recorder.until(() => recorder.length === 3);
    transport.close(1_000);
    await recorder.closed();
    expect(recorder.causes).toEqual([undefined]);
  });

  test("refuses a certificate of another name, and takes it where that name is expected", async () => {
    const pair = selfSigned("origin.example");
    const where = await listenTls(pair);
    await expect(dialTls({ ...where, ca: [pair.cert] })).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
    const named = { ...where, ca: [pair.cert], serverName: "origin.example" };
    const transport = await dialTls(named);
    expect(transport).toBeInstanceOf(SocketTransport);
    transport.close(0);
  });

  test("to a host name that has several addresses", async () => {
    const pair = selfSigned("localhost");
    const { port } = await listenTls(pair);
    const transport = await dialTls({ host: "localhost", port, ca: pair.cert });
    expect(transport.remote).toMatch(/^127\.0\.0\.1:|^\[::1\]:/);
    transport.close(0);
  });

  test("where nobody listens, or nobody speaks TLS, is rejected with the code of Node", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.resume().end("220 ready\r\n");
    });
    const port = await listenOnFreePort(server);
    const notTls = dialTls({ host: "127.0.0.1", port });
    await expect(notTls).rejects.toMatchObject({ code: expect.stringMatching(/SSL|ECONNRESET/) });
    server.close();
    await once(server, "close");
    await expect(dialTls({ host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });
});
