import { type Listen, openListener } from "@rtmp/node-kit";
import { MemoryLog } from "@rtmp/node-kit/testing";
import { expect, test } from "vitest";

interface TestConnection {
  readonly remote: string;
}

const host = "192.0.2.1";
const inUse = () => Promise.reject(new Error("EADDRINUSE"));

/** A way to listen that remembers what it was called with. */
function setUp() {
  const calls: Parameters<Listen<TestConnection>>[] = [];
  const served: TestConnection[] = [];
  const listener = { url: "rtmp://192.0.2.1:1111", close: () => Promise.resolve() };
  const listen: Listen<TestConnection> = (...call) => {
    calls.push(call);
    return Promise.resolve(listener);
  };
  const log = new MemoryLog();
  const serve = (connection: TestConnection) => void served.push(connection);
  return { calls, served, listener, log, options: { listen, log, serve } };
}

test("a listener is logged when it is open", async () => {
  const { calls, listener, log, options } = setUp();
  expect(await openListener({ host, rtmpPort: 1_111 }, options)).toBe(listener);
  expect(calls).toMatchObject([[{ host, port: 1_111 }, expect.any(Function)]]);
  expect(log.lines).toEqual([["info", "listening", { url: "rtmp://192.0.2.1:1111" }]]);
});

test("a connection is logged and served, one that was not accepted is logged", async () => {
  const { calls, served, log, options } = setUp();
  await openListener({ host, rtmpPort: 0 }, options);
  const connection = { remote: "192.0.2.2:2222" };
  const error = new Error("too many open files");
  for (const [{ onError }, onConnection] of calls) {
    onConnection(connection);
    onError(error);
  }
  expect(served).toEqual([connection]);
  expect(log.lines.slice(1)).toEqual([
    ["debug", "connection opened", { remote: "192.0.2.2:2222" }],
    ["warn", "connection not accepted", { error }],
  ]);
});

test("a port that is off opens nothing", async () => {
  const { calls, log, options } = setUp();
  expect(await openListener({ host, rtmpPort: "off" }, options)).toBe(undefined);
  expect(calls).toEqual([]);
  expect(log.lines).toEqual([]);
});

test("a listener that cannot be opened rejects, and nothing is logged", async () => {
  const { log, options } = setUp();
  const opening = openListener({ host, rtmpPort: 1_111 }, { ...options, listen: inUse });
  await expect(opening).rejects.toThrow("EADDRINUSE");
  expect(log.lines).toEqual([]);
});
