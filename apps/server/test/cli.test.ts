import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { AppProcess } from "@rtmp/node-kit/testing";
import { connect as connectTo } from "@rtmp/session";
import { hex } from "@rtmp/testing";
import { dial } from "@rtmp/transport-node";
import { describe, expect, onTestFinished, test } from "vitest";

import { firstPair } from "../../../packages/transport-node/test/tls/certificates.ts";

const cli = new URL("../dist/cli.js", import.meta.url);

/** Runs the built server. */
const runServer = (...args: string[]) => new AppProcess(cli, { args, onTestFinished });

const anyPort = ["--rtmp-port", "0"];

/** The files of a certificate for 127.0.0.1, which are gone with the test. */
function certificateFiles() {
  const folder = mkdtempSync(join(tmpdir(), "rtmp-server-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  writeFileSync(cert, firstPair.cert);
  writeFileSync(key, firstPair.key);
  return { cert, key };
}

describe("a server that starts", () => {
  test("says where it listens in one line on stdout, and logs to stderr", async () => {
    const server = runServer(...anyPort);
    const { pid, rtmp } = await server.ready();
    expect(pid).toBe(server.child.pid);
    expect(rtmp).toMatch(/^rtmp:\/\/127\.0\.0\.1:[1-9]\d*$/);
    server.child.kill("SIGTERM");
    expect(await server.exit()).toBe(0);
    expect(server.stdout).toBe(`{"event":"ready","pid":${pid},"rtmp":"${rtmp}"}\n`);
    expect(server.stderr).toContain(`INFO: listening {"url":"${rtmp}"}`);
  });

  test("binds the host that it is given", async () => {
    const server = runServer("--host", "::1", ...anyPort);
    expect((await server.ready()).rtmp).toMatch(/^rtmp:\/\/\[::1\]:\d+$/);
  });

  test("has a small young heap behind the loading of its modules", async () => {
    const hook = `import { getHeapSpaceStatistics as spaces } from "node:v8";
      process.on("exit", () => {
        const { space_size } = spaces().find(({ space_name }) => space_name === "new_space");
        console.error("young MiB: " + space_size / 2 ** 20);
      });`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(hook)}`;
    const server = new AppProcess(cli, { args: anyPort, env: { NODE_OPTIONS }, onTestFinished });
    await server.ready();
    server.child.kill("SIGTERM");
    await server.exit();
    const [, mebibytes] = /young MiB: (\d+)/.exec(server.stderr) ?? [];
    expect(Number(mebibytes)).toBeLessThanOrEqual(8);
  });

  test("takes connections", async () => {
    const server = runServer(...anyPort);
    const { port } = new URL((await server.ready()).rtmp);
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    expect(socket.readyState).toBe("open");
    socket.destroy();
  });

  test("logs one JSON object a line when asked, and nothing when silent", async () => {
    const json = runServer(...anyPort, "--log-format", "json");
    await json.ready();
    json.child.kill("SIGTERM");
    await json.exit();
    const lines = json.stderr.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).level)).toContain("info");

    const silent = runServer(...anyPort, "--log-level", "silent");
    await silent.ready();
    silent.child.kill("SIGTERM");
    await silent.exit();
    expect(silent.stderr).toBe("");
  });
});

describe("a server with a certificate", () => {
  test("says where it listens for TLS alone", async () => {
    const server = runServer(...anyPort, "--rtmps-port", "0", "--tls-dev");
    const { pid, rtmp, rtmps } = await server.ready();
    expect(rtmps).toMatch(/^rtmps:\/\/127\.0\.0\.1:[1-9]\d*$/);
    expect(server.stdout).toBe(
      `{"event":"ready","pid":${pid},"rtmp":"${rtmp}","rtmps":"${rtmps}"}\n`,
    );
    expect(server.stderr).toMatch(
      /INFO: self-signed certificate made, for development only \{"fingerprint":"[0-9A-F:]{95}"/,
    );
  });

  test("reads it anew on SIGHUP and goes on", async () => {
    const { cert, key } = certificateFiles();
    const server = runServer(...anyPort, "--tls-cert", cert, "--tls-key", key);
    await server.ready();
    writeFileSync(key, "nothing");
    server.child.kill("SIGHUP");
    await expect
      .poll(() => server.stderr)
      .toMatch(/WARN: new certificate cannot be used, the one before it stays/);
    writeFileSync(key, firstPair.key);
    server.child.kill("SIGHUP");
    await expect.poll(() => server.stderr).toMatch(/INFO: certificate read anew/);
    server.child.kill("SIGTERM");
    expect(await server.exit()).toBe(0);
  });
});

describe("a server with --push", () => {
  test("publishes at another one through TLS, and says goodbye to it", async () => {
    const { cert, key } = certificateFiles();
    const target = runServer(...anyPort, "--rtmps-port=0", "--tls-cert", cert, "--tls-key", key);
    const args = [...anyPort, `--push=live/cam=${(await target.ready()).rtmps}/show/key`];
    const env = { NODE_EXTRA_CA_CERTS: cert };
    const server = new AppProcess(cli, { args, env, onTestFinished });

    const client = await connectTo(`${(await server.ready()).rtmp}/live/cam`, { dial });
    onTestFinished(() => client.close());
    const publisher = await client.publish();
    publisher.send({ kind: "video", timestamp: 0, body: hex("17 01 00 00 00 22") });
    await expect.poll(() => target.stderr).toContain(`publish started`);
    expect(target.stderr).toMatch(/client connected .*"scheme":"rtmps","app":"show"/);
    expect(server.stderr).toMatch(/push started .*"target":"rtmps:\/\/127.0.0.1:\d+\/show"/);
    server.child.kill("SIGTERM");
    expect(await server.exit()).toBe(0);
    await expect.poll(() => target.stderr).toMatch(/publish ended .*"end":"closed"/);
    expect(server.stderr + target.stderr).not.toMatch(/WARN|ERROR/);
  });
});

describe("a server that is told to end", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "exits with 0 within five seconds of %s, also with open connections",
    async (signal) => {
      const server = runServer(...anyPort);
      const { port } = new URL((await server.ready()).rtmp);
      const socket = connect(Number(port), "127.0.0.1").on("error", () => {});
      await once(socket, "connect");
      const start = performance.now();
      server.child.kill(signal);
      expect(await server.exit()).toBe(0);
      expect(performance.now() - start).toBeLessThan(5_000);
      socket.destroy();
    },
  );

  test("exits all the same when a second signal comes", async () => {
    const server = runServer(...anyPort);
    await server.ready();
    server.child.kill("SIGTERM");
    server.child.kill("SIGINT");
    expect(await server.exit()).toBeOneOf([0, 130, 143]);
  });
});

describe("a server that cannot start", () => {
  test("exits with 1 when its port is in use, and says so", async () => {
    const first = runServer(...anyPort);
    const { port } = new URL((await first.ready()).rtmp);
    const second = runServer("--rtmp-port", port);
    expect(await second.exit()).toBe(1);
    expect(second.stdout).toBe("");
    expect(second.stderr).toBe(
      `error: cannot listen on 127.0.0.1:${port}: the address is in use\n`,
    );
  });

  test("exits with 1 when its host is not of this machine", async () => {
    const server = runServer("--host", "192.0.2.1", ...anyPort);
    expect(await server.exit()).toBe(1);
    expect(server.stderr).toContain("error: cannot listen on 192.0.2.1: ");
  });

  test("exits with 1 when its certificate cannot be used, and says why", async () => {
    const server = runServer(...anyPort, "--tls-cert=/nowhere/c.pem", "--tls-key=/nowhere/k.pem");
    expect(await server.exit()).toBe(1);
    expect(server.stdout).toBe("");
    expect(server.stderr).toBe("error: cannot read /nowhere/c.pem: there is no such file\n");
  });

  test.each([
    [["--bogus"], "unknown option '--bogus'"],
    [["--http-port", "8080"], "option '--http-port' is not available in this version"],
    [["--config=a.yaml"], "option '--config' is not available in this version"],
    [["--rtmp-port", "65536"], "Expected a port from 0 to 65535, or off."],
    [["--rtmp-port", "off"], "every listener is off; there is nothing to serve"],
    [["--rtmps-port", "0"], "--rtmps-port needs a certificate; give --tls-cert and --tls-key"],
    [["--tls-cert", "a"], "--tls-cert and --tls-key belong together; give both"],
    [["--trusted-proxy", "here"], "Expected an address or a range such as 10.0.0.0/8"],
    [["--merge-window-ms", "1.5"], "Expected a whole number from 0 to 10000, or auto."],
    [["--latency", "high"], "Expected one of smooth, low."],
    [["--log-level", "loud"], "Expected one of silent, fatal, error, warn, info, debug, trace."],
    [["--log-format", "xml"], "Expected one of pretty, json."],
    [["--host", ""], "Expected an address or a host name."],
    [["--host"], "option '--host <host>' argument missing"],
    [["stray"], "too many arguments"],
  ])("exits with 2 for %j", async (args, text) => {
    const server = runServer(...args);
    expect(await server.exit()).toBe(2);
    expect(server.stdout).toBe("");
    expect(server.stderr).toContain("error: ");
    expect(server.stderr).toContain(text);
  });
});

describe("a server that is asked about itself", () => {
  test("--help lists exactly the flags that work", async () => {
    const server = runServer("--help");
    expect(await server.exit()).toBe(0);
    expect(server.stdout.match(/^ +--[a-z-]+/gm)?.map((flag) => flag.trim())).toEqual([
      "--version",
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
      "--pull",
      "--push",
      "--take-over",
      "--help",
    ]);
    expect(server.stderr).toBe("");
  });

  test("--version prints the version", async () => {
    const server = runServer("--version");
    expect(await server.exit()).toBe(0);
    expect(server.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
