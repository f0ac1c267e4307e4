import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { readRequest, record } from "../record-capture.js";

test("a session is passed on unchanged and recorded in both directions", async () => {
  const folder = mkdtempSync(join(tmpdir(), "record-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.write("hello ");
    socket.pipe(socket);
  });
  echo.listen(0, "127.0.0.1");
  await once(echo, "listening");
  onTestFinished(() => void echo.close());
  const bound = echo.address();
  if (bound === null || typeof bound === "string") throw new TypeError("no port");

  const out = join(folder, "trial");
  const request = { listen: 0, host: "127.0.0.1", port: bound.port, out };
  let recorded = Promise.resolve();
  const listening = new Promise<number>((resolve) => {
    recorded = record(request, resolve);
  });
  const client = connect({ host: "127.0.0.1", port: await listening });
  client.end("world");
  let answer = "";
  client.on("data", (bytes) => (answer += bytes.toString()));
  await once(client, "close");
  await recorded;

  expect(answer).toBe("hello world");
  expect(readFileSync(`${out}.c2s.bin`, "utf8")).toBe("world");
  expect(readFileSync(`${out}.s2c.bin`, "utf8")).toBe("hello world");
  const timing: [string, number, number][] = JSON.parse(readFileSync(`${out}.timing.json`, "utf8"));
  const bytes = (direction: string): number =>
    timing.reduce((sum, [dir, , length]) => (dir === direction ? sum + length : sum), 0);
  expect([bytes("c2s"), bytes("s2c")]).toEqual([5, 11]);
  expect(timing.filter(([, , length]) => length === 0).length).toBe(2);
});

test("a server that cannot be reached is an error, and nothing is written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "record-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const taken = createServer();
  taken.listen(0, "127.0.0.1");
  await once(taken, "listening");
  const bound = taken.address();
  if (bound === null || typeof bound === "string") throw new TypeError("no port");
  taken.close();
  await once(taken, "close");

  const out = join(folder, "trial");
  const request = { listen: 0, host: "127.0.0.1", port: bound.port, out };
  const recorded = record(request, (port) => void connect({ host: "127.0.0.1", port }));
  await expect(recorded).rejects.toThrow("ECONNREFUSED");
  expect(existsSync(`${out}.c2s.bin`)).toBe(false);
});

test("it runs from a folder with a space in its name", () => {
  const folder = mkdtempSync(join(tmpdir(), "record from here "));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const script = join(folder, "record-capture.mjs");
  copyFileSync(new URL("../record-capture.js", import.meta.url), script);
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr).toContain("usage: pnpm record");
});

test.each([
  [["--listen", "0"], "usage"],
  [["--listen", "x", "--to", "127.0.0.1:1935", "--out", "y"], "usage"],
  [["--listen", "0", "--to", "127.0.0.1", "--out", "y"], "usage"],
  [["--listen", "0", "--to", "192.0.2.1:1935", "--out", "y"], "not a loopback address"],
  [["--to", "127.0.0.1:1935", "--out", "y", "--bogus"], "--bogus"],
])("%j is refused", (args, reason) => {
  expect(() => readRequest(args)).toThrow(reason);
});

test("loopback addresses of both families are taken", () => {
  const request = readRequest(["--listen", "0", "--to", "::1:1935", "--out", "y"]);
  expect(request).toEqual({ listen: 0, host: "::1", port: 1935, out: "y" });
});
