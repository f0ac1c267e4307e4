import { describe, expect, test } from "vitest";

import { Delays } from "../../src/load/delays.ts";
import { slope } from "../../src/load/endurance.ts";
import { formatSuite, medians } from "../../src/load/tables.ts";

describe("delays", () => {
  test("have percentiles to a twentieth of a millisecond", () => {
    const delays = new Delays();
    for (let i = 1; i <= 1_000; i++) delays.add(i / 10);
    const { count, p50, p99, max } = delays.figures;
    expect(count).toBe(1_000);
    expect(p50).toBeCloseTo(50, 0);
    expect(p99).toBeCloseTo(99, 0);
    expect(max).toBe(100);
  });

  test("forget all, and take what is longer than they can count for the longest", () => {
    const delays = new Delays();
    delays.add(5);
    delays.clear();
    expect(delays.figures).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
    delays.add(1e9);
    expect(delays.figures).toMatchObject({ count: 1, max: 1e9 });
    expect(delays.figures.p50).toBeCloseTo(10_000, 0);
  });
});

test("the slope of a line is found among values that jump around it", () => {
  const line = Array.from({ length: 101 }, (_, index) => 7 + 0.25 * index + (index % 2));
  expect(slope(line)).toBeCloseTo(0.25, 3);
  expect(slope([3, 3, 3])).toBe(0);
});

test("the median of three runs is the middle one, of two the lower, of each figure by itself", () => {
  expect(medians([{ a: 3, b: 1 }, { a: 1, b: 9 }, { a: 2 }])).toEqual({ a: 2, b: 1 });
});

test("a table has a row for each that took part, and says why one did not or failed", () => {
  const text = formatSuite({
    name: "players-2",
    title: "two",
    entries: [
      { label: "ours", runs: [{ "p50 ms": 0.256, players: 3_000 }], failures: [] },
      { label: "theirs", absence: "it is not installed", runs: [], failures: [] },
      { label: "broken", runs: [], failures: ["it ended with 2"] },
    ],
  });
  expect(text).toContain("| ours | 0.26 | 3,000 |");
  expect(text).toContain("theirs: it is not installed");
  expect(text).toContain("broken: failed, it ended with 2");
});
