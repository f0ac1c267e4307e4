import { queryObjects } from "node:v8";
import { timestampDifference } from "@rtmp/wire";
import { describe, expect, test } from "vitest";
import { Day } from "./day.ts";

const hours = 24;
const hourMs = 3_600_000;
// Behind these, tables that grow once have grown.
const warmUpHours = 4;
// A measurement throws compiled code away, and costs more than an hour of the stream.
const hoursOfMeasurement = 2;
// About thirty players and four publishers come and go in an hour: less than a session of one, less than an object of each.
const mostBytesAnHour = 20_000;
const mostObjectsAnHour = 25;

/** What is alive, once promises that wait have run and the garbage is gone. */
async function memoryInUse(): Promise<{ readonly objects: number; readonly bytes: number }> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  // Collects the garbage, compiled code that is not used among it.
  const objects = Number(queryObjects(Object));
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { objects, bytes: heapUsed + arrayBuffers };
}

/** How much a series grows with each entry, by least squares. */
function slopeOf(series: readonly number[]): number {
  const middle = (series.length - 1) / 2;
  const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
  let products = 0;
  let squares = 0;
  for (const [index, value] of series.entries()) {
    products += (index - middle) * (value - mean);
    squares += (index - middle) ** 2;
  }
  return products / squares;
}

/**
 * Prints how much a series, which has a number for each measurement, grows in an hour.
 *
 * @throws Error when that is too much
 */
function expectFlat(name: string, series: readonly number[], mostAnHour: number): void {
  const slope = slopeOf(series) / hoursOfMeasurement;
  console.info(`${name}, change an hour: ${slope.toFixed(1)}`);
  if (slope < mostAnHour) return;
  throw new Error(`${Math.round(slope)} ${name} more each hour: ${series.join(" ")}`);
}

test.each([
  [[1, 1, 1], 0],
  [[0, 10, 20], 10],
  [[5, 1, 3, 3], -0.4],
])("the slope of %j is %d", (series, slope) => {
  expect(slopeOf(series)).toBeCloseTo(slope);
});

describe.each([
  { mergeWindowMs: 0, latency: "smooth", startsAt: 0, seed: 1 },
  { mergeWindowMs: 100, latency: "smooth", startsAt: 2 ** 32 - 12 * hourMs, seed: 2 },
  { mergeWindowMs: 0, latency: "low", startsAt: 2 ** 32 - 12 * hourMs, seed: 3 },
  { mergeWindowMs: 100, latency: "low", startsAt: 0, seed: 4 },
] as const)("a day of a stream, $latency, with a window of $mergeWindowMs ms", (setup) => {
  test("has no gap, leaves nothing behind, and takes no more memory hour by hour", async () => {
    const day = new Day(setup);
    const { clock, hub } = day.server;
    const startedAt = clock.now();
    const objects: number[] = [];
    const bytes: number[] = [];
    for (let hour = 1; hour <= hours; hour++) {
      day.hour();
      expect(hub.stats()).toMatchObject([{ publishing: true, subscribers: 1 }]);
      // A publisher, which is watched for silence, and a player, which may be silent.
      expect([day.server.openPeers.length, clock.pending]).toEqual([2, 1]);
      if (hour < warmUpHours || hour % hoursOfMeasurement !== 0) continue;
      const inUse = await memoryInUse();
      objects.push(inUse.objects);
      bytes.push(inUse.bytes);
    }
    expectFlat("objects", objects, mostObjectsAnHour);
    expectFlat("bytes", bytes, mostBytesAnHour);

    const passedMs = clock.now() - startedAt;
    expect(passedMs).toBeGreaterThan(hours * hourMs);
    const onTimelineMs = timestampDifference(day.timestamp, setup.startsAt);
    expect(Math.abs(onTimelineMs - passedMs)).toBeLessThan(5_000);
    const { players, publications, pauses, stalls, gaps, cut } = day.counts;
    expect(Math.min(players, pauses, stalls, gaps)).toBeGreaterThan(400);
    expect(Math.min(publications, cut)).toBeGreaterThan(50);
    expect(hub.stats()).toMatchObject([{ evicted: cut }]);
  }, 60_000);
});
