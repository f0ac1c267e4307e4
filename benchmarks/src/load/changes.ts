/** What players see when something around them changes: many others join, the publisher or the origin goes. */

import { setTimeout as sleep } from "node:timers/promises";

import { type Contestant, proxyOf, type RunningContestant, server } from "./contestants.ts";
import { faultsOf, type Figures, Measurement } from "./measurement.ts";
import { cores } from "./pinning.ts";
import { usualStream } from "./stamped-stream.ts";

const players = 100;
const joinSeconds = 10;
// Of the usual stream: 30 frames of video and 43.07 of audio.
const messagesPerSecond = 30 + 44_100 / 1_024;

/** Measures what those who join in a crowd wait for, and what those who play already notice. */
export function measureJoiners(contestant: Contestant, joiners: number): Promise<Figures> {
  return Measurement.run(contestant, {}, async (measurement) => {
    await measurement.warmUp();
    await measurement.play(players);
    await sleep(1_000);
    const span = await measurement.watch(joinSeconds + 2, () =>
      measurement.play(joiners, joiners / joinSeconds),
    );
    return {
      "first keyframe p50 ms": span.firstKeyframe.p50,
      "p99 ms": span.firstKeyframe.p99,
      "max ms": span.firstKeyframe.max,
      "core %": (100 * span.serverCpuSeconds) / span.seconds,
      ...faultsOf(span),
    };
  });
}

/** Measures what players see of a publisher whose network goes away for some seconds. */
export function measurePublisherReturn(
  contestant: Contestant,
  awaySeconds: number,
): Promise<Figures> {
  return Measurement.run(contestant, {}, async (measurement) => {
    await measurement.warmUp();
    await measurement.play(players);
    return watchReturn(measurement, async () => {
      await measurement.generator.cutPublishers();
      await sleep(awaySeconds * 1_000);
      await measurement.publish();
    });
  });
}

/** Measures what players of a proxy see when its origin is killed and the publisher goes to another one. */
export async function measureOriginKilled(): Promise<Figures> {
  const options = { core: cores.load };
  const origins: RunningContestant[] = [];
  try {
    origins.push(await server.start(options), await server.start(options));
    const [first, second] = origins;
    if (first === undefined || second === undefined) throw new Error("no origins");
    const proxy = proxyOf(first.address, second.address);
    return await Measurement.run(proxy, { origin: first.address }, async (measurement) => {
      await measurement.warmUp();
      await measurement.play(players);
      return watchReturn(measurement, async () => {
        await first.process.kill();
        await measurement.generator.publish({
          server: second.address,
          streamNames: measurement.streamNames,
          shape: usualStream,
          bareWindowMs: 0,
        });
      });
    });
  } finally {
    for (const { process } of origins) await process.stop();
  }
}

// From the return to the count of what comes: enough for a proxy to look at its origins again.
const returnSeconds = 5;
const afterSeconds = 5;

/** Watches players through a change, and then whether everything comes again. */
async function watchReturn(
  measurement: Measurement,
  change: () => Promise<void>,
): Promise<Figures> {
  let changedMs = 0;
  const span = await measurement.watch(0, async () => {
    const begun = performance.now();
    await change();
    changedMs = performance.now() - begun;
    await sleep(returnSeconds * 1_000);
  });
  const after = await measurement.watch(afterSeconds);
  const expected = players * messagesPerSecond * after.seconds;
  return {
    "change took s": changedMs / 1_000,
    "timestamps back": span.timestampsBack + after.timestampsBack,
    lost: span.lost + after.lost,
    "players after": after.players,
    "messages after %": (100 * after.messages) / expected,
    "missing after": after.missing,
  };
}
