import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { AppProcess, videoMarks } from "@rtmp/node-kit/testing";
import { connect } from "@rtmp/session";
import { hex } from "@rtmp/testing";
import { createDial, dial } from "@rtmp/transport-node";
import { describe, expect, onTestFinished, test } from "vitest";

import { firstPair } from "../../../packages/transport-node/test/tls/certificates.ts";

const cli = new URL("../dist/cli.js", import.meta.url);
const serverCli = new URL("../../server/dist/cli.js", import.meta.url);

/** Runs the built proxy. */
const runProxy = (...args: string[]) => new AppProcess(cli, { args, onTestFinished });

const origin = ["--origin", "rtmp://127.0.0.1:1"];
const anyPort = ["--rtmp-port", "0"];

describe("a proxy that starts", () => {
  test("says where it listens in one line on stdout, and ends with 0 when told", async () => {
    const proxy = runProxy(...origin, ...anyPort);
    const { pid, rtmp } = await proxy.ready();
    expect(pid).toBe(proxy.child.pid);
    expect(rtmp).toMatch(/^rtmp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    proxy.child.kill("SIGTERM");
    expect(await proxy.exit()).toBe(0);
    expect(proxy.stdout).toBe(`{"event":"ready","pid":${pid},"rtmp":"${rtmp}"}\n`);
    expect(proxy.stderr).toContain(`INFO: listening {"url":"${rtmp}"}`);
  });
});

/** A server that proves itself by a certificate, with a stream. */
async function originWithStream() {
  const folder = mkdtempSync(join(tmpdir(), "rtmp-proxy-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  writeFileSync(cert, firstPair.cert);
  writeFileSync(key, firstPair.key);
  const flags = ["--rtmp-port=off", "--rtmps-port=0", "--tls-cert", cert, "--tls-key", key];
  const server = new AppProcess(serverCli, { args: flags, onTestFinished });
  const { rtmps = "" } = await server.ready();

  const trusting = createDial({ tls: { ca: firstPair.cert } });
  const client = await connect(`${rtmps}/live/cam`, { dial: trusting });
  onTestFinished(() => client.close());
  const publisher = await client.publish();
  for (const body of [hex("17 00 00 00 00 11"), hex("17 01 00 00 00 22")]) {
    publisher.send({ kind: "video", timestamp: 0, body });
  }
  return { cert, origin: rtmps };
}

describe("an origin behind TLS", () => {
  test("is fetched from when its certificate is known", async () => {
    const { cert, origin: url } = await originWithStream();
    const env = { NODE_EXTRA_CA_CERTS: cert };
    const proxy = new AppProcess(cli, { args: ["--origin", url, ...anyPort], env, onTestFinished });
    const { rtmp } = await proxy.ready();
    const client = await connect(`${rtmp}/live/cam`, { dial });
    onTestFinished(() => client.close());
    const marks = videoMarks(await client.play());
    await expect.poll(() => marks).toEqual([0x11, 0x22]);
  });

  test("is not when it is not known, and the log says why", async () => {
    const { origin: url } = await originWithStream();
    const proxy = runProxy("--origin", url, ...anyPort);
    const { rtmp } = await proxy.ready();
    const client = await connect(`${rtmp}/live/cam`, { dial });
    onTestFinished(() => client.close());
    const marks = videoMarks(await client.play());
    await expect.poll(() => proxy.stderr).toMatch(/origin failed .*"self-signed certificate"/);
    expect(marks).toEqual([]);
  });
});

describe("a proxy that cannot start", () => {
  test("exits with 1 when its port is in use, and says so", async () => {
    const first = runProxy(...origin, ...anyPort);
    const { port } = new URL((await first.ready()).rtmp);
    const second = runProxy(...origin, "--rtmp-port", port);
    expect(await second.exit()).toBe(1);
    expect(second.stderr).toBe(
      `error: cannot listen on 127.0.0.1:${port}: the address is in use\n`,
    );
  });

  test.each([
    [[], "no origin; give one with --origin <url>"],
    [["--origin", "http://h"], "Expected rtmp://host[:port][/app], or rtmps"],
    [["--origin"], "option '--origin <url>' argument missing"],
    [[...origin, "--rtmp-port", "off"], "every listener is off; there is nothing to serve"],
    [[...origin, "--merge-window-ms=-1"], "Expected a whole number from 0 to 10000, or auto."],
    [[...origin, "--latency="], "Expected one of smooth, low."],
    [[...origin, "--workers", "2"], "option '--workers' is not available in this version"],
    [[...origin, "--http-port=8081"], "option '--http-port' is not available in this version"],
    [[...origin, "--vod-dir", "x"], "unknown option '--vod-dir'"],
  ])("exits with 2 for %j", async (args, text) => {
    const proxy = runProxy(...args);
    expect(await proxy.exit()).toBe(2);
    expect(proxy.stdout).toBe("");
    expect(proxy.stderr).toContain("error: ");
    expect(proxy.stderr).toContain(text);
  });
});

test("--help lists exactly the flags that work", async () => {
  const proxy = runProxy("--help");
  expect(await proxy.exit()).toBe(0);
  expect(proxy.stdout.match(/^ +--[a-z-]+/gm)?.map((flag) => flag.trim())).toEqual([
    "--version",
    "--origin",
    "--host",
    "--rtmp-port",
    "--rtmps-port",
    "--no-sniff",
    "--no-rtmpe",
    "--tls-cert",
    "--tls-key",
    "--tls-dev",
    "--trusted-proxy",
    "--allowed-origin",
    "--merge-window-ms",
    "--latency",
    "--log-level",
    "--log-format",
    "--help",
  ]);
});
