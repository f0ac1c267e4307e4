import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";

import { FloodGate, type ListenerValues, openListeners } from "@rtmp/node-kit";
import { MemoryLog } from "@rtmp/node-kit/testing";
import type { Transport } from "@rtmp/session";
import type { Arrival } from "@rtmp/transport-node";
import { describe, expect, onTestFinished, test } from "vitest";

import { firstPair, secondPair } from "../../transport-node/test/tls/certificates.ts";

const values: ListenerValues = {
  host: "127.0.0.1",
  rtmpPort: 0,
  rtmpsPort: "off",
  sniff: true,
  tlsCert: undefined,
  tlsKey: undefined,
  tlsDev: false,
  trustedProxy: [],
  allowedOrigin: [],
};

/** Opens listeners that keep what they are given. */
async function open(more: Partial<ListenerValues>) {
  const log = new MemoryLog();
  const floodGate = new FloodGate(log);
  const served: { transport: Transport; arrival: Arrival }[] = [];
  const listeners = await openListeners(
    { ...values, ...more },
    { log, floodGate, serve: (transport, arrival) => void served.push({ transport, arrival }) },
  );
  onTestFinished(async () => {
    for (const { transport } of served) transport.close(0);
    await listeners.close();
    floodGate.close();
  });
  return { ...listeners, log, served };
}

const portOf = (url: string | undefined): number => Number(new URL(url ?? "").port);

/** Connects, sends the first byte of RTMP, and waits until it is served. */
async function speak(socket: ReturnType<typeof connect>, isServed: () => boolean): Promise<void> {
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.write(Uint8Array.of(3));
  await expect.poll(isServed).toBe(true);
}

/** The fingerprint of what a port proves itself with. */
async function fingerprintAt(port: number): Promise<string> {
  const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** The files of a certificate, and how to put another one there. */
function writeFiles() {
  const folder = mkdtempSync(join(tmpdir(), "rtmp-certificate-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [tlsCert, tlsKey] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const write = ({ cert, key }: typeof firstPair) => {
    writeFileSync(tlsCert, cert);
    writeFileSync(tlsKey, key);
  };
  write(firstPair);
  return { tlsCert, tlsKey, write };
}

describe("the port for RTMP", () => {
  test("is logged when it is open, and so is each connection", async () => {
    const { urls, log, served } = await open({});
    expect(urls).toEqual({ rtmp: expect.stringMatching(/^rtmp:\/\/127\.0\.0\.1:\d+$/) });
    const socket = connect(portOf(urls.rtmp), "127.0.0.1");
    await speak(socket, () => served.length === 1);
    const remote = `127.0.0.1:${socket.localPort}`;
    expect(served[0]?.transport.remote).toBe(remote);
    expect(log.lines).toEqual([
      ["info", "listening", { url: urls.rtmp }],
      ["debug", "connection opened", { remote, scheme: "rtmp" }],
    ]);
  });

  test("that is off opens nothing", async () => {
    const { urls, log } = await open({ rtmpPort: "off" });
    expect(urls).toEqual({});
    expect(log.lines).toEqual([]);
  });

  test("that is in use rejects, and nothing is left open", async () => {
    const [free, used] = [await open({}), await open({})];
    const rtmpPort = portOf(free.urls.rtmp);
    await free.close();
    const opening = open({ rtmpPort, tlsDev: true, rtmpsPort: portOf(used.urls.rtmp) });
    await expect(opening).rejects.toMatchObject({ code: "EADDRINUSE" });
    const again = await open({ rtmpPort });
    expect(portOf(again.urls.rtmp)).toBe(rtmpPort);
  });

  test("refuses a header of the PROXY protocol with a line in the log, unless it is from a trusted proxy", async () => {
    const header = "PROXY TCP4 192.0.2.1 192.0.2.9 1111 1935\r\n\x03";
    const strict = await open({});
    const refused = connect(portOf(strict.urls.rtmp), "127.0.0.1").on("error", () => {});
    refused.write(header);
    await once(refused, "close");
    expect(strict.log.lines.slice(1)).toEqual([
      [
        "warn",
        "connection refused",
        {
          remote: expect.stringMatching(/^127\.0\.0\.1:/),
          code: "RTMP_ERR_PROXY_NOT_TRUSTED",
          fault: "rejected",
          reason: "a header of the PROXY protocol from 127.0.0.1, which is not trusted",
        },
      ],
    ]);

    const trusting = await open({ trustedProxy: ["127.0.0.0/8"] });
    const taken = connect(portOf(trusting.urls.rtmp), "127.0.0.1");
    taken.write(header);
    await speak(taken, () => trusting.served.length === 1);
    expect(trusting.served[0]?.transport.remote).toBe("192.0.2.1:1111");
  });

  test.each([
    [[], 403],
    [["https://other.example"], 403],
    [["https://page.example"], 101],
    [["*"], 101],
  ])("with the allowed origins %j a page gets %i", async (allowedOrigin, status) => {
    const { urls } = await open({ allowedOrigin });
    const upgrade = request({
      port: portOf(urls.rtmp),
      headers: {
        Origin: "https://page.example",
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      },
    });
    const answered = new Promise<number | undefined>((resolve) => {
      upgrade.on("response", ({ statusCode }) => resolve(statusCode));
      upgrade.on("upgrade", ({ statusCode }, socket) => {
        socket.destroy();
        resolve(statusCode);
      });
    });
    upgrade.end();
    expect(await answered).toBe(status);
  });

  test("logs a stray HTTP request for those who look into it", async () => {
    const { urls, log } = await open({});
    const response = await fetch(`http://127.0.0.1:${portOf(urls.rtmp)}/nothing`);
    expect(response.status).toBe(404);
    expect(log.lines.at(-1)).toMatchObject([
      "debug",
      "HTTP request for nothing that is here",
      { status: 404, what: "GET /nothing" },
    ]);
  });

  test("with --no-sniff takes an HTTP request for RTMP", async () => {
    const { urls, served } = await open({ sniff: false });
    const socket = connect(portOf(urls.rtmp), "127.0.0.1").on("error", () => {});
    onTestFinished(() => void socket.destroy());
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await expect.poll(() => served.length).toBe(1);
  });
});

describe("TLS", () => {
  test("with --tls-dev has a certificate whose fingerprint is logged, on both ports", async () => {
    const { urls, log, served } = await open({ tlsDev: true, rtmpsPort: 0 });
    expect(urls.rtmps).toMatch(/^rtmps:\/\/127\.0\.0\.1:\d+$/);
    const [level, message, fields] = log.lines[0] ?? [];
    expect([level, message]).toEqual([
      "info",
      "self-signed certificate made, for development only",
    ]);
    for (const url of [urls.rtmp, urls.rtmps]) {
      expect(await fingerprintAt(portOf(url))).toBe(fields?.["fingerprint"]);
    }
    const port = portOf(urls.rtmps);
    const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
    await speak(socket, () => served.length === 1);
    expect(served[0]?.arrival.scheme).toBe("rtmps");
  });

  test("on a port of its own takes nothing else", async () => {
    const { urls, log } = await open({ tlsDev: true, rtmpsPort: 0 });
    const socket = connect(portOf(urls.rtmps), "127.0.0.1").on("error", () => {});
    socket.write(Uint8Array.of(3));
    await once(socket, "close");
    expect(log.lines.at(-1)).toMatchObject([
      "warn",
      "connection refused",
      { code: "RTMP_ERR_TLS_REQUIRED", reason: "RTMP on a port for TLS alone" },
    ]);
  });
});

describe("the files of a certificate", () => {
  test("are read anew on SIGHUP, and those that cannot be used change nothing", async () => {
    const { tlsCert, tlsKey, write } = writeFiles();
    const { urls, log } = await open({ tlsCert, tlsKey });
    const port = portOf(urls.rtmp);
    expect(log.lines[0]).toMatchObject([
      "info",
      "certificate read",
      { fingerprint: firstPair.fingerprint },
    ]);

    writeFileSync(tlsKey, secondPair.key);
    process.emit("SIGHUP");
    expect(log.lines.at(-1)).toEqual([
      "warn",
      "new certificate cannot be used, the one before it stays",
      { reason: `${tlsKey} is not the key of ${tlsCert}` },
    ]);
    expect(await fingerprintAt(port)).toBe(firstPair.fingerprint);

    write(secondPair);
    process.emit("SIGHUP");
    expect(log.lines.at(-1)).toMatchObject(["info", "certificate read anew", {}]);
    expect(await fingerprintAt(port)).toBe(secondPair.fingerprint);
  });

  test("that cannot be used let nothing be opened", async () => {
    const before = process.listenerCount("SIGHUP");
    const missing = { tlsCert: "/nowhere/cert.pem", tlsKey: "/nowhere/key.pem" };
    await expect(open(missing)).rejects.toThrow(
      "cannot read /nowhere/cert.pem: there is no such file",
    );
    expect(process.listenerCount("SIGHUP")).toBe(before);
  });

  test("are let go of when the listeners close", async () => {
    const before = process.listenerCount("SIGHUP");
    const { tlsCert, tlsKey } = writeFiles();
    const listeners = await open({ tlsCert, tlsKey });
    expect(process.listenerCount("SIGHUP")).toBe(before + 1);
    await listeners.close();
    expect(process.listenerCount("SIGHUP")).toBe(before);
  });
});
