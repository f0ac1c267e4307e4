import { describe, expect, test } from "vitest";
import type { BenchCase } from "../src/bench-case.ts";
import {
  compare,
  confidenceRank,
  median,
  type Round,
  unmatchedCases,
} from "../src/guard/compare.ts";
import { judgeBuilds } from "../src/guard/judge.ts";
import { isWorse, markdownReport } from "../src/guard/report.ts";
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
    // A busy machine can hide the loss in one run.
    { timeout: 60_000, retry: 2 },
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

const fiveTimes = (round: Round): Round[] => Array.from({ length: 5 }, () => round);

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

  test("cases that only one build has are left out and named", () => {
    const rounds = fiveTimes({
      base: [figures("a/old", 1), figures("a/both", 1)],
      candidate: [figures("a/both", 1), figures("a/new", 1)],
    });
    expect(compare(rounds, threshold).map(({ name }) => name)).toEqual(["a/both"]);
    expect(unmatchedCases(rounds)).toEqual({ base: ["a/old"], candidate: ["a/new"] });
  });

  test.each([
    ["below the noise in both", 100, 1_000, undefined, undefined],
    ["that grew beyond the noise", 100, 8_192, 2, true],
    ["that just passed the noise", 4_096, 4_200, 4_200 / 4_096, false],
    ["that shrank below the noise", 8_192, 0, 0.5, false],
  ])("memory %s is judged by what is above the noise", (_, before, after, ratio, worse) => {
    const rounds = fiveTimes({
      base: [figures("a/b", 1, before)],
      candidate: [figures("a/b", 1, after)],
    });
    const memory = compare(rounds, threshold)[0]?.memory;
    expect([memory?.ratio, memory?.isWorse]).toEqual([ratio, worse]);
  });

  test("too few rounds and uneven rounds are mistakes of the caller", () => {
    const whole = { base: [figures("a/b", 1)], candidate: [figures("a/b", 1)] };
    expect(() => compare([], threshold)).toThrow(RangeError);
    expect(() => compare(fiveTimes(whole).slice(1), threshold)).toThrow(RangeError);
    const uneven = [...fiveTimes(whole), { ...whole, base: [] }];
    expect(() => compare(uneven, threshold)).toThrow("a/b");
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

/** A build of two cases, the second of which takes `slow` times as long. */
function measured(pattern: string, slow: number): Promise<BenchFigures[]> {
  const all = [figures("a/same", 100), figures("a/slow", 100 * slow)];
  return Promise.resolve(all.filter(({ name }) => new RegExp(pattern).test(name)));
}

describe("a case that looks worse", () => {
  const options = { pattern: ".", rounds: 5, threshold };

  /** Judges builds of which the second is slower in the first pass, and in the second one where `isSlow`. */
  async function judged(isSlow: boolean): Promise<{ patterns: string[]; worse: string[] }> {
    const patterns: string[] = [];
    const { comparisons } = await judgeBuilds(
      (pattern) => measured(pattern, 1),
      (pattern) => {
        patterns.push(pattern);
        return measured(pattern, isSlow || pattern === "." ? 1.5 : 1);
      },
      options,
    );
    expect(comparisons.map(({ name }) => name)).toEqual(["a/same", "a/slow"]);
    return { patterns, worse: comparisons.filter(isWorse).map(({ name }) => name) };
  }

  test("is measured once more, alone", async () => {
    const { patterns, worse } = await judged(true);
    expect(patterns).toEqual([
      ...Array<string>(5).fill("."),
      ...Array<string>(5).fill("^(?:a/slow)$"),
    ]);
    expect(worse).toEqual(["a/slow"]);
  });

  test("and does not look so again is let off", async () => {
    expect((await judged(false)).worse).toEqual([]);
  });

  test("is the only reason for a second pass", async () => {
    let calls = 0;
    const same = (): Promise<BenchFigures[]> => {
      calls++;
      return Promise.resolve([figures("a/b", 100)]);
    };
    await judgeBuilds(same, same, options);
    expect(calls).toBe(10);
  });
});

test("the report names the losers and puts the worst first", () => {
  const rounds = Array.from({ length: 5 }, () => ({
    base: [figures("a/same", 1_000), figures("a/slow", 1_000, 10_000)],
    candidate: [figures("a/same", 1_000), figures("a/slow", 1_300, 10_000)],
  }));
  const unmatched = { base: ["a/old"], candidate: [] };
  const about = { base: "abc", threshold, rounds: 5, unmatched };
  const report = markdownReport(compare(rounds, threshold), about);
  expect(report).toContain("Gone since abc, not compared: a/old");
  expect(report).not.toContain("New since");
  expect(report).toContain("Against abc, 5 rounds in turn; a loss above 10 % beyond noise fails.");
  expect(report).toContain("| a/slow | 1.00 | 1.30 | **1.30 (1.30–1.30)** | 1.00 (1.00–1.00) |");
  expect(report.indexOf("a/slow")).toBeLessThan(report.indexOf("a/same"));
  expect(report).toContain("**Worse: a/slow**");
});
