import type { BenchFigures } from "../measure.ts";
import type { Round } from "./compare.ts";

/** Measures one build once. */
export type MeasureBuild = () => Promise<readonly BenchFigures[]>;

/**
 * Measures two builds in turn: A B B A A B B A …, so that neither always goes first.
 *
 * @param onRound  called after each round with its number, from 1
 */
export async function measureRounds(
  count: number,
  base: MeasureBuild,
  candidate: MeasureBuild,
  onRound: (round: number) => void = () => {},
): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) {
      const first = await base();
      rounds.push({ base: first, candidate: await candidate() });
    } else {
      const first = await candidate();
      rounds.push({ base: await base(), candidate: first });
    }
    onRound(i + 1);
  }
  return rounds;
}
