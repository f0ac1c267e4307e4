import { describe, expect, test } from "vitest";
import type { BenchCase } from "../src/bench-case.ts";
import { compare, confidenceRank, median } from "../src/guard/compare.ts";
import { markdownReport } from "../src/guard/report.ts";
import { measureRounds, type MeasureBuild } from "../src/guard/rounds.ts";
import { type BenchFigures, measure } from "../src/measure.ts";

const threshold = 0.1;

let sink = 0;
function work(steps: number): void {
  let value = 1;
  for (let i = 0; i < steps; i++) value = (Math.imul(value, 1_103_515_245) + 12_345) | 0;
  sink = value;
}

const kept: Uint8Array[] = [];
function allocate(bytes: number): void {
  kept.length = 0;
  kept.push(new Uint8Array(bytes).fill(1));
}

const benchCase = (name: string, run: () => void): BenchCase => ({
  name,
  bytesPerOp: 0,
  run,
  verify() {
    run();
    if (sink === 1) throw new Error("nothing was computed");
  },
});

/** A build whose suite does so much work and allocates so much. */
const build =
  (steps: number, bytes: number): MeasureBuild =>
  async () => [
    await measure(
      benchCase("made-up/work", () => work(steps)),
      10,
    ),
    await measure(
      benchCase("made-up/memory", () => allocate(bytes)),
      10,
    ),
  ];

describe("the guard", () => {
  test(
    "sees a slowdown and an allocation that grew, of 25 % each",
    { timeout: 60_000 },
    async () => {
      const rounds = await measureRounds(8, build(40_000, 400_000), build(50_000, 500_000));
      const [time, memory] = compare(rounds, threshold);
      expect(time?.time).toMatchObject({ isWorse: true });
      expect(memory?.memory).toMatchObject({ isWorse: true });
    },
  );

  test("sees nothing when a build is compared with itself", { timeout: 60_000 }, async () => {
    const same = build(40_000, 400_000);
    for (const { time, memory } of compare(await measureRounds(8, same, same), threshold)) {
      expect(time.isWorse).toBe(false);
      expect(memory?.isWorse ?? false).toBe(false);
    }
  });
});

const figures = (name: string, p50Ns: number, allocatedBytesPerOp = 0): BenchFigures => ({
  name,
  opsPerSecond: 1e9 / p50Ns,
  bytesPerSecond: 0,
  p50Ns,
  p99Ns: p50Ns,
  allocatedBytesPerOp,
  samples: 1,
});

function isJudgedWorse(ratios: number[]): boolean | undefined {
  const rounds = ratios.map((ratio) => ({
    base: [figures("a/b", 100)],
    candidate: [figures("a/b", 100 * ratio)],
  }));
  return compare(rounds, threshold)[0]?.time.isWorse;
}

describe("a comparison", () => {
  test("drift that hits both builds of a round does not count", () => {
    const rounds = [100, 300, 150, 900, 120, 100, 110, 480].map((speed) => ({
      base: [figures("a/b", speed)],
      candidate: [figures("a/b", speed * 1.05)],
    }));
    const [comparison] = compare(rounds, threshold);
    expect(comparison?.time.ratio).toBeCloseTo(1.05);
    expect(comparison?.time.isWorse).toBe(false);
  });

  test("a loss within the noise does not count, the same loss beyond it does", () => {
    const noisy = [0.9, 1.5, 0.95, 1.4, 1.2, 1.0, 1.3, 1.25];
    const steady = [1.19, 1.22, 1.2, 1.21, 1.18, 1.2, 1.23, 1.2];
    expect(isJudgedWorse(noisy)).toBe(false);
    expect(isJudgedWorse(steady)).toBe(true);
  });

  test("cases that only one build has are left out, and memory below the noise too", () => {
    const comparisons = compare(
      [
        {
          base: [figures("a/old", 1), figures("a/both", 1, 100)],
          candidate: [figures("a/both", 1, 1_000), figures("a/new", 1)],
        },
      ],
      threshold,
    );
    expect(comparisons.map(({ name, memory }) => [name, memory])).toEqual([["a/both", undefined]]);
  });

  test("no rounds and uneven rounds are mistakes of the caller", () => {
    expect(() => compare([], threshold)).toThrow(RangeError);
    const whole = { base: [figures("a/b", 1)], candidate: [figures("a/b", 1)] };
    expect(() => compare([whole, { ...whole, base: [] }], threshold)).toThrow("a/b");
  });

  test("the confidence interval leaves out as many extremes as the binomial distribution allows", () => {
    // P(X <= d) for n fair coins: n = 5: 1/32; n = 8: 9/256; n = 12: 79/4096; n = 20: 0.0207 for d = 5.
    expect([1, 4, 5, 7, 8, 12, 20].map((count) => confidenceRank(count))).toEqual([
      0, 0, 0, 0, 1, 2, 5,
    ]);
  });

  test("the median of an even number is the mean of the two in the middle", () => {
    expect(median([4, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
});

test("the report names the losers and puts the worst first", () => {
  const rounds = Array.from({ length: 5 }, () => ({
    base: [figures("a/same", 1_000), figures("a/slow", 1_000, 10_000)],
    candidate: [figures("a/same", 1_000), figures("a/slow", 1_300, 10_000)],
  }));
  const report = markdownReport(compare(rounds, threshold), { base: "abc", threshold, rounds: 5 });
  expect(report).toContain("Against abc, 5 rounds in turn; a loss above 10 % beyond noise fails.");
  expect(report).toContain("| a/slow | 1.00 | 1.30 | **1.30 (1.30–1.30)** | 1.00 (1.00–1.00) |");
  expect(report.indexOf("a/slow")).toBeLessThan(report.indexOf("a/same"));
  expect(report).toContain("**Worse: a/slow**");
});
