import { FloodGate, type Log } from "@rtmp/node-kit";
import { VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

const ignore = () => {};
const silent: Log = { error: ignore, warn: ignore, info: ignore, debug: ignore };

function gateInto(lines: unknown[][], clock: VirtualClock, maxKeys = 1_000) {
  const log: Log = {
    ...silent,
    warn: (fields, message) => lines.push([clock.now(), message, fields]),
  };
  return new FloodGate(log, { clock, maxKeys });
}

describe("repeated warnings", () => {
  test("the first is logged at once, the rest as one line a second with their number", () => {
    const clock = new VirtualClock();
    const lines: unknown[][] = [];
    const gate = gateInto(lines, clock);
    for (let n = 1; n <= 5; n++) {
      gate.warn("slow", { n }, "player is slow");
      clock.advance(100);
    }
    expect(lines).toEqual([[0, "player is slow", { n: 1 }]]);
    clock.advance(500);
    expect(lines[1]).toEqual([1_000, "player is slow", { n: 5, suppressed: 3 }]);

    gate.warn("slow", { n: 6 }, "player is slow");
    clock.advance(1_000);
    expect(lines[2]).toEqual([2_000, "player is slow", { n: 6 }]);
    expect(lines).toHaveLength(3);
  });

  test("after a quiet second the next one is logged at once, and no timer is left", () => {
    const clock = new VirtualClock();
    const lines: unknown[][] = [];
    const gate = gateInto(lines, clock);
    gate.warn("slow", {}, "a");
    clock.advance(1_000);
    expect(clock.pending).toBe(0);
    gate.warn("slow", {}, "b");
    expect(lines.map(([at, message]) => [at, message])).toEqual([
      [0, "a"],
      [1_000, "b"],
    ]);
  });

  test("keys do not hold each other back", () => {
    const clock = new VirtualClock();
    const lines: unknown[][] = [];
    const gate = gateInto(lines, clock);
    gate.warn("slow", {}, "a");
    gate.warn("malformed", {}, "b");
    expect(lines).toHaveLength(2);
  });

  test("a flood of a million warnings of one key gives one line a second", () => {
    const clock = new VirtualClock();
    const lines: unknown[][] = [];
    const gate = gateInto(lines, clock);
    for (let n = 0; n < 1_000_000; n++) gate.warn("slow", {}, "a");
    clock.advance(1_000);
    expect(lines).toEqual([
      [0, "a", {}],
      [1_000, "a", { suppressed: 999_998 }],
    ]);
  });
});

describe("limits", () => {
  test("maxKeys: keys past it share one line a second", () => {
    const clock = new VirtualClock();
    const lines: unknown[][] = [];
    const gate = gateInto(lines, clock, 2);
    for (let n = 0; n < 100; n++) gate.warn(`peer ${n}`, { n }, "malformed");
    expect(lines.map(([, , fields]) => fields)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
    clock.advance(1_000);
    expect(lines.slice(3)).toEqual([[1_000, "malformed", { n: 99, suppressed: 96 }]]);
  });

  test.each([{ intervalMs: 0 }, { intervalMs: Number.NaN }, { maxKeys: -1 }])(
    "%j is a mistake of the caller",
    (options) => {
      expect(() => new FloodGate(silent, options)).toThrow(RangeError);
    },
  );
});

test("close logs what was held back and leaves no timer", () => {
  const clock = new VirtualClock();
  const lines: unknown[][] = [];
  const gate = gateInto(lines, clock);
  gate.warn("a", {}, "a");
  gate.warn("b", { n: 1 }, "b");
  gate.warn("b", { n: 2 }, "b");
  gate.close();
  gate.close();
  expect(lines).toEqual([
    [0, "a", {}],
    [0, "b", { n: 1 }],
    [0, "b", { n: 2 }],
  ]);
  expect(clock.pending).toBe(0);
});
