import { ConnectionLog, errorFields, FloodGate } from "@rtmp/node-kit";
import { MemoryLog } from "@rtmp/node-kit/testing";
import { VirtualClock } from "@rtmp/testing";
import { RtmpError, type RtmpFault } from "@rtmp/wire";
import { describe, expect, test } from "vitest";

const remote = "192.0.2.2:2222";
const cam = { streamPath: "live/cam" };

const errorOf = (fault: RtmpFault) => new RtmpError("RTMP_ERR_TEST", fault, "it broke");

function setUp() {
  const log = new MemoryLog();
  const clock = new VirtualClock();
  const floodGate = new FloodGate(log, { clock });
  return { clock, lines: log.lines, on: new ConnectionLog(remote, { log, floodGate }) };
}

describe("the log of a connection", () => {
  test("has a line for each step", () => {
    const { lines, on } = setUp();
    on.onConnect({ app: "live", flashVer: "LNX 11,1,111,11" });
    on.onPlay(cam);
    on.onPlayEnd(cam, "closed", 11);
    on.onClose(undefined);
    expect(lines).toEqual([
      ["info", "client connected", { remote, app: "live", client: "LNX 11,1,111,11" }],
      ["info", "play started", { remote, stream: "live/cam" }],
      ["info", "play ended", { remote, stream: "live/cam", end: "closed", skippedPackets: 11 }],
      ["info", "connection closed", { remote }],
    ]);
  });

  test("tells how a client came, and that its connection is established", () => {
    const log = new MemoryLog();
    let established = 0;
    const arrival = { scheme: "rtmpts", established: () => established++ } as const;
    const on = new ConnectionLog(remote, { log, floodGate: new FloodGate(log) }, arrival);
    expect(established).toBe(0);
    on.onConnect({ app: "live", flashVer: "" });
    expect(established).toBe(1);
    const fields = { remote, scheme: "rtmpts", app: "live", client: "" };
    expect(log.lines).toEqual([["info", "client connected", fields]]);
  });

  test("says why a connection was lost, without a warning", () => {
    const { lines, on } = setUp();
    on.onClose(errorOf("closed"));
    const fields = { remote, code: "RTMP_ERR_TEST", fault: "closed", reason: "it broke" };
    expect(lines).toEqual([["info", "connection closed", fields]]);
  });

  test.each(["malformed", "limit", "unsupported", "rejected"] as const)(
    "warns when a connection is closed for a %s fault, once a second",
    (fault) => {
      const { clock, lines, on } = setUp();
      for (let count = 0; count < 3; count++) on.onClose(errorOf(fault));
      const fields = { remote, code: "RTMP_ERR_TEST", fault, reason: "it broke" };
      const message = "connection closed for a fault";
      expect(lines).toEqual([["warn", message, fields]]);
      clock.advance(1_000);
      expect(lines.slice(1)).toEqual([["warn", message, { ...fields, suppressed: 1 }]]);
    },
  );

  test("warns of players that are too slow, once a second for all of them", () => {
    const { clock, lines, on } = setUp();
    on.onSkip(cam, 4_444_444, 111.4);
    for (let count = 0; count < 100; count++) on.onSkip(cam, 5_555_555, 222);
    const message = "player is too slow, skips to a later keyframe";
    const fields = { remote, stream: "live/cam", queuedBytes: 4_444_444, waitedMs: 111 };
    expect(lines).toEqual([["warn", message, fields]]);
    clock.advance(1_000);
    const later = { ...fields, queuedBytes: 5_555_555, waitedMs: 222, suppressed: 99 };
    expect(lines.slice(1)).toEqual([["warn", message, later]]);
  });

  test("warns of what was refused or dropped, once a second", () => {
    const { lines, on } = setUp();
    for (let count = 0; count < 3; count++) on.onProblem(errorOf("unsupported"));
    const fields = { remote, code: "RTMP_ERR_TEST", fault: "unsupported", reason: "it broke" };
    expect(lines).toEqual([["warn", "refused or dropped", fields]]);
  });

  test("has every fault of our own", () => {
    const { lines, on } = setUp();
    const errors = [new TypeError("a bug"), "another"];
    for (const error of errors) on.onInternalError(error);
    expect(lines).toEqual(errors.map((error) => ["error", "internal error", { remote, error }]));
  });
});

test("the fields of an error are its code, its fault and its text", () => {
  expect(errorFields(errorOf("limit"))).toEqual({
    code: "RTMP_ERR_TEST",
    fault: "limit",
    reason: "it broke",
  });
});
