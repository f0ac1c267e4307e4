/** What connections cost: those that do nothing, and those that are set up. */

import { setTimeout as sleep } from "node:timers/promises";

import type { Contestant } from "./contestants.ts";
import { type Figures, Measurement } from "./measurement.ts";

const settleMs = 2_000;

/** Measures the memory of connections that have connected and do nothing else. */
export function measureIdle(contestant: Contestant, connections: number): Promise<Figures> {
  return Measurement.run(contestant, {}, async (measurement) => {
    await measurement.warmUp();
    const before = measurement.usage.rssBytes;
    const open = await measurement.generator.openIdle(measurement.server.address, connections);
    await sleep(settleMs);
    const after = measurement.usage.rssBytes;
    return { open, "RSS kB/connection": (after - before) / 1e3 / open };
  });
}

/** Measures how many connections are set up in a second. */
export function measureSetUpRate(contestant: Contestant, seconds: number): Promise<Figures> {
  return Measurement.run(contestant, {}, async (measurement) => {
    await measurement.warmUp();
    await measurement.generator.cutPublishers();
    const { address } = measurement.server;
    const cpuBefore = measurement.usage.cpuSeconds;
    const rate = await measurement.generator.setUps(address, "nobody", seconds);
    const cpuSeconds = measurement.usage.cpuSeconds - cpuBefore;
    return {
      "set-ups/s": rate.count / rate.seconds,
      "core %": (100 * cpuSeconds) / rate.seconds,
      "set-ups per CPU s": rate.count / cpuSeconds,
      failed: rate.failed,
    };
  });
}
