/** One publisher, or several, and many players. */

import { setTimeout as sleep } from "node:timers/promises";

import type { Contestant } from "./contestants.ts";
import { type Figures, figuresOf, Measurement, type MeasurementOptions } from "./measurement.ts";

/** What to measure. */
export interface FanOut extends MeasurementOptions {
  /** Of all streams together. */
  readonly players: number;
  readonly seconds: number;
  /** How long all play before they are watched. @default 2 */
  readonly settleSeconds?: number;
}

const defaultSettleSeconds = 2;
// Players that join while all others play.
const joiners = 40;
const joinersPerSecond = 20;

/** Measures what a player costs and how late it is. */
export function measureFanOut(contestant: Contestant, fanOut: FanOut): Promise<Figures> {
  return Measurement.run(contestant, fanOut, async (measurement) => {
    await measurement.warmUp();
    const before = measurement.usage.rssBytes;
    await measurement.play(fanOut.players);
    await sleep((fanOut.settleSeconds ?? defaultSettleSeconds) * 1_000);
    const span = await measurement.watch(fanOut.seconds);
    const joining = await measurement.watch(0, () => measurement.play(joiners, joinersPerSecond));
    const { missing, lost, firstKeyframe } = joining;
    return {
      ...figuresOf(span),
      "RSS kB/player": (span.rssBytes - before) / 1e3 / fanOut.players,
      // A bare server sends no joiner a keyframe.
      ...(measurement.server.address.bare ? {} : { "first keyframe p50 ms": firstKeyframe.p50 }),
      missing: span.missing + missing,
      lost: span.lost + lost,
    };
  });
}
