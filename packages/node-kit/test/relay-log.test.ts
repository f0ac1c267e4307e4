import { FloodGate, PullLog, PushLog } from "@rtmp/node-kit";
import { MemoryLog } from "@rtmp/node-kit/testing";
import { RtmpError } from "@rtmp/wire";
import { describe, expect, test } from "vitest";

const stream = "live/cam";
const servers = [
  { name: "rtmp://a", secrets: ["k%65y?a=b", "k%65y", "key"] },
  { name: "rtmp://b" },
];
const refused = new RtmpError("RTMP_ERR_TEST", "rejected", "it is not there");
const refusedFields = { code: "RTMP_ERR_TEST", fault: "rejected", reason: "it is not there" };

function setUp<T>(of: new (options: ConstructorParameters<typeof PullLog>[0]) => T) {
  const log = new MemoryLog();
  const floodGate = new FloodGate(log);
  const on = new of({ log, floodGate, stream, servers });
  return { lines: log.lines, floodGate, on };
}

describe("the log of a stream that is fetched", () => {
  test("has a line for each step", () => {
    const { lines, on } = setUp(PullLog);
    on.onOpening(1);
    on.onPublish(1);
    on.onReconnect(1, "c.example.org");
    on.onPublishEnd("lost");
    expect(lines).toEqual([
      ["debug", "origin dialled", { stream, origin: "rtmp://b" }],
      ["info", "stream has come", { stream, origin: "rtmp://b" }],
      ["info", "origin sends elsewhere", { stream, origin: "rtmp://b", host: "c.example.org" }],
      ["info", "stream has gone", { stream, end: "lost" }],
    ]);
  });

  test.each([
    ["an error of RTMP", refused, refusedFields],
    ["an error of Node", new Error("connect ECONNREFUSED"), { reason: "connect ECONNREFUSED" }],
    ["nothing", undefined, { reason: "the origin closed the connection" }],
    ["something else", "broken", { reason: "unknown" }],
  ])("warns of a failure by %s, once a second for each server", (_, cause, fields) => {
    const { lines, floodGate, on } = setUp(PullLog);
    on.onFailure(0, cause, 250.4);
    on.onFailure(1, cause, 500);
    on.onFailure(1, cause, 1_000);
    on.onFailure(1, cause, 2_000);
    const line = (origin: string, waitMs: number, more = {}) => [
      "warn",
      "origin failed",
      { stream, origin, waitMs, ...fields, ...more },
    ];
    expect(lines).toEqual([line("rtmp://a", 250), line("rtmp://b", 500)]);
    floodGate.close();
    expect(lines[2]).toEqual(line("rtmp://b", 2_000, { suppressed: 1 }));
  });

  test("leaves out what is secret, however the server writes it", () => {
    const { lines, on } = setUp(PullLog);
    const text = "no app/key, not k%65y and not k%65y?a=b";
    on.onFailure(0, new RtmpError("RTMP_ERR_TEST", "rejected", text), 0);
    const reason = "no app/…, not … and not …";
    on.onProblem(new RtmpError("RTMP_ERR_TEST", "rejected", text));
    for (const [, , fields] of lines) expect(fields).toMatchObject({ ...refusedFields, reason });
    expect(lines.length).toBe(2);
  });

  test("warns of what was refused or dropped", () => {
    const { lines, on } = setUp(PullLog);
    on.onProblem(refused);
    expect(lines).toEqual([["warn", "refused or dropped", { stream, ...refusedFields }]]);
  });
});

test("the log of a stream that is published elsewhere calls the servers targets", () => {
  const { lines, on } = setUp(PushLog);
  on.onOpening(0);
  on.onPublish(1);
  on.onPublishEnd(11);
  on.onFailure(0, undefined, 250);
  const target = "rtmp://a";
  const reason = "the target closed the connection";
  expect(lines).toEqual([
    ["debug", "target dialled", { stream, target }],
    ["info", "push started", { stream, target: "rtmp://b" }],
    ["info", "push ended", { stream, target: "rtmp://b", skippedPackets: 11 }],
    ["warn", "target failed", { stream, target, waitMs: 250, reason }],
  ]);
});
