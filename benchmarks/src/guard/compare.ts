/**
 * Says from repeated runs of two builds, taken in turn, which cases got worse.
 *
 * The machine is shared and noisy: it drifts, and single runs are off by tens of percent. Each round measures both builds
 * one after the other, so that drift hits both, and gives one ratio. A case is worse when the whole confidence interval of
 * the median ratio lies beyond the threshold.
 */

import type { BenchFigures } from "../measure.ts";

/** The figures of one round: the base's and the candidate's. */
export interface Round {
  readonly base: readonly BenchFigures[];
  readonly candidate: readonly BenchFigures[];
}

/** What is said of one figure of a case. */
export interface Verdict {
  /** Median over the rounds of candidate ÷ base; 1.1 is 10 % more time or memory. */
  readonly ratio: number;
  /** Bounds of the median's confidence interval, at least 90 %. */
  readonly low: number;
  readonly high: number;
  /** Whether even the low bound is beyond the threshold. */
  readonly isWorse: boolean;
}

/** What is said of one case. */
export interface Comparison {
  readonly name: string;
  readonly time: Verdict;
  /** Undefined where both allocate too little to compare. */
  readonly memory: Verdict | undefined;
  readonly baseP50Ns: number;
  readonly candidateP50Ns: number;
}

// Less than this per operation is the noise of the measurement itself.
const minComparableBytes = 4_096;

/** Rounds from which on the smallest ratio bounds the median with 95 %: ½^5 < 0.05. */
export const minRounds = 5;

/**
 * Compares all cases that both builds have.
 *
 * @param threshold  the loss that is put up with: 0.1 is 10 %
 * @throws RangeError with less than {@link minRounds} rounds
 */
export function compare(rounds: readonly Round[], threshold: number): Comparison[] {
  const [first] = rounds;
  if (first === undefined || rounds.length < minRounds) {
    throw new RangeError(`${rounds.length} rounds are too few to compare`);
  }

  const names = first.base
    .map(({ name }) => name)
    .filter((name) => first.candidate.some((figures) => figures.name === name));
  return names.map((name) => {
    const pairs = rounds.map(
      ({ base, candidate }) => [of(base, name), of(candidate, name)] as const,
    );
    const times = pairs.map(([base, candidate]) => candidate.p50Ns / base.p50Ns);
    const memories = pairs.flatMap(([base, candidate]) => memoryRatio(base, candidate) ?? []);
    return {
      name,
      time: judge(times, threshold),
      memory:
        memories.length === pairs.length && pairs.some((pair) => pair.some(isComparable))
          ? judge(memories, threshold)
          : undefined,
      baseP50Ns: median(pairs.map(([base]) => base.p50Ns)),
      candidateP50Ns: median(pairs.map(([, candidate]) => candidate.p50Ns)),
    };
  });
}

/** Names the cases that only one of the builds has; nothing is said of them. */
export function unmatchedCases(rounds: readonly Round[]): { base: string[]; candidate: string[] } {
  const { base = [], candidate = [] } = rounds[0] ?? {};
  return { base: missingIn(candidate, base), candidate: missingIn(base, candidate) };
}

function missingIn(others: readonly BenchFigures[], cases: readonly BenchFigures[]): string[] {
  return cases
    .map(({ name }) => name)
    .filter((name) => others.every((other) => other.name !== name));
}

function of(figures: readonly BenchFigures[], name: string): BenchFigures {
  const found = figures.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`a round lacks ${name}`);
  return found;
}

/**
 * Undefined where one of them was not measured.
 *
 * What is below the noise counts as the noise, so that growth from next to nothing shows.
 */
function memoryRatio(base: BenchFigures, candidate: BenchFigures): number | undefined {
  const before = base.allocatedBytesPerOp;
  const after = candidate.allocatedBytesPerOp;
  if (before === null || after === null) return undefined;
  return Math.max(after, minComparableBytes) / Math.max(before, minComparableBytes);
}

function isComparable({ allocatedBytesPerOp }: BenchFigures): boolean {
  return allocatedBytesPerOp !== null && allocatedBytesPerOp >= minComparableBytes;
}

function judge(ratios: readonly number[], threshold: number): Verdict {
  const sorted = ratios.toSorted((a, b) => a - b);
  const rank = confidenceRank(sorted.length);
  const low = sorted[rank] ?? 0;
  const high = sorted[sorted.length - 1 - rank] ?? 0;
  return { ratio: median(ratios), low, high, isWorse: low > 1 + threshold };
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}

/**
 * Returns how many of the smallest and of the largest values lie outside of the median's confidence interval.
 *
 * Of n independent values each is below the median with probability ½, so the ranks follow the binomial distribution
 * whatever the values' own distribution is.
 */
export function confidenceRank(count: number): number {
  const allowed = 0.05;
  let rank = 0;
  let tail = 0.5 ** count;
  for (let probability = tail; tail <= allowed; rank++) {
    probability = (probability * (count - rank)) / (rank + 1);
    tail += probability;
  }
  return Math.max(0, rank - 1);
}
