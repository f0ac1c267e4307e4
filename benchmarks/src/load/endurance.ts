/** What must not grow: memory beside a player that does not read, and memory while players come and go. */

import type { Contestant } from "./contestants.ts";
import { faultsOf, type Figures, Measurement, type MeasurementOptions } from "./measurement.ts";

const healthyPlayers = 100;

/** Measures the server's memory beside a player that reads one byte a second. */
export function measureSlowPlayer(
  contestant: Contestant,
  seconds: number,
  options: MeasurementOptions = {},
): Promise<Figures> {
  return Measurement.run(contestant, { ...options, verbose: true }, async (measurement) => {
    await measurement.warmUp();
    await measurement.play(healthyPlayers);
    const { generator: load } = measurement;
    const rss: number[] = [];
    let cutAfter = Number.NaN;
    const span = await measurement.watch(seconds, async () => {
      await load.play({
        server: measurement.server.address,
        streamNames: measurement.streamNames,
        count: 1,
        perSecond: 1_000,
        bytesPerSecond: 1,
        untilPlaying: true,
      });
      await measurement.everySecond(seconds, (second) => {
        rss.push(measurement.usage.rssBytes / 1e6);
        // One that does not read does not see its end; the server tells.
        const isCut = skippedPackets(measurement.server.process.log) > 0;
        if (Number.isNaN(cutAfter) && isCut) cutAfter = second;
      });
    });
    return {
      "RSS at first MB": rss[0] ?? Number.NaN,
      "RSS at most MB": Math.max(...rss),
      "slow one cut after s": cutAfter,
      "packets it skipped": skippedPackets(measurement.server.process.log),
      ...faultsOf(span),
    };
  });
}

/** Reads from the log how many packets a player that has left was spared; 0 while no slow one has. */
function skippedPackets(log: string): number {
  const counts = log.matchAll(/"skippedPackets":(\d+)/g);
  return Math.max(0, ...Array.from(counts, ([, count]) => Number(count)));
}

/** How a server is used for a long time. */
export interface Soak {
  readonly seconds: number;
  /** Players that stay. */
  readonly players: number;
  /** Players that come, and go, in each second. */
  readonly churnPerSecond: number;
}

// The first of these is left out of the slope: the heap finds its size.
const soakParts = 4;

/** Measures whether memory grows while players come and go. */
export function measureSoak(contestant: Contestant, soak: Soak): Promise<Figures> {
  const { seconds, players, churnPerSecond } = soak;
  return Measurement.run(contestant, {}, async (measurement) => {
    await measurement.warmUp();
    await measurement.play(players);
    const rss: number[] = [];
    const span = await measurement.watch(seconds, async () => {
      const churn = measurement.generator.churn({
        server: measurement.server.address,
        streamNames: measurement.streamNames,
        perSecond: churnPerSecond,
        seconds,
      });
      await measurement.everySecond(seconds, (second) => {
        rss.push(measurement.usage.rssBytes / 1e6);
        if (second % 60 === 0) {
          process.stderr.write(`  ${second} of ${seconds} s, RSS ${rss.at(-1)?.toFixed(1)} MB\n`);
        }
      });
      await churn;
    });
    const settled = rss.slice(Math.floor(rss.length / soakParts));
    return {
      "came and went": seconds * churnPerSecond,
      "RSS at first MB": rss[0] ?? Number.NaN,
      "RSS at last MB": rss.at(-1) ?? Number.NaN,
      "RSS slope MB/h": slope(settled) * 3_600,
      "CPU s/GB": span.serverCpuSeconds / (span.bytes / 1e9),
      ...faultsOf(span),
    };
  });
}

/** The slope of the straight line that fits values at equal distances best, per step. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  for (const [index, value] of values.entries()) {
    above += (index - middle) * (value - mean);
    below += (index - middle) ** 2;
  }
  return above / below;
}
