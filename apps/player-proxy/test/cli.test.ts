import { AppProcess } from "@rtmp/node-kit/testing";
import { describe, expect, onTestFinished, test } from "vitest";

const cli = new URL("../dist/cli.js", import.meta.url);

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
    "--merge-window-ms",
    "--latency",
    "--log-level",
    "--log-format",
    "--help",
  ]);
});
