import type { BenchFigures } from "../measure.ts";
import { compare, type Comparison, type Round } from "./compare.ts";
import { isWorse } from "./report.ts";
import { measureRounds } from "./rounds.ts";

/** Measures the cases of one build whose name matches. */
export type MeasureCases = (pattern: string) => Promise<readonly BenchFigures[]>;

/** What is compared, and how. */
export interface JudgeOptions {
  readonly pattern: string;
  /** Rounds of each of the two passes, at least 5. */
  readonly rounds: number;
  /** The loss that is put up with: 0.1 is 10 %. */
  readonly threshold: number;
}

/** What came of it. */
export interface Judgement {
  readonly comparisons: readonly Comparison[];
  /** The rounds of the first pass, with all cases. */
  readonly rounds: readonly Round[];
}

/**
 * Compares two builds; a case that looks worse is measured once more, and the second pass decides.
 *
 * Among dozens of cases on a noisy machine one looks worse by chance sooner or later, but hardly twice in a row.
 */
export async function judgeBuilds(
  base: MeasureCases,
  candidate: MeasureCases,
  options: JudgeOptions,
  onRound?: (round: number) => void,
): Promise<Judgement> {
  const measure = (pattern: string): Promise<Round[]> =>
    measureRounds(
      options.rounds,
      () => base(pattern),
      () => candidate(pattern),
      onRound,
    );
  const rounds = await measure(options.pattern);
  const comparisons = compare(rounds, options.threshold);
  const suspects = comparisons.filter(isWorse).map(({ name }) => name);
  if (suspects.length === 0) return { comparisons, rounds };

  // Names are of letters, digits, hyphens and a slash; none means anything else in a pattern.
  const again = compare(await measure(`^(?:${suspects.join("|")})$`), options.threshold);
  const decided = new Map(again.map((comparison) => [comparison.name, comparison]));
  return { comparisons: comparisons.map((one) => decided.get(one.name) ?? one), rounds };
}
