/** What the load bench measures, by name. */

import { measureIdle, measureSetUpRate } from "./connections.ts";
import { bareC, bareNode, type Contestant, nginxRtmp, nodeMediaServer, ours } from "./contestants.ts";
import { type FanOut, measureFanOut } from "./fan-out.ts";
import type { Figures } from "./measurement.ts";

/** One that takes part in a suite. */
export interface Entry {
  readonly label: string;
  /** Why it takes no part here. */
  readonly absence?: string | undefined;
  run(): Promise<Figures>;
}

/** A table of figures. */
export interface Suite {
  readonly name: string;
  /** What was measured, for the table's reader. */
  readonly title: string;
  readonly entries: readonly Entry[];
}

const usualWindowMs = 100;
const lowRate = { bitsPerSecond: 600_000 };

function entry(
  { name, absence }: Contestant,
  note: string,
  run: () => Promise<Figures>,
): Entry {
  return { label: note === "" ? name : `${name}, ${note}`, absence, run };
}

/** All suites; `seconds` is how long each run watches. */
export function allSuites(seconds: number): Suite[] {
  const fanOut = (contestant: Contestant, note: string, options: Omit<FanOut, "seconds">): Entry =>
    entry(contestant, note, () => measureFanOut(contestant, { ...options, seconds }));
  const merged = { mergeWindowMs: usualWindowMs };
  const twenty = Array.from({ length: 20 }, (_, index) => `cam${index}`);
  return [
    {
      name: "players-500",
      title: "500 players of one stream of 2.2 Mb/s, default settings",
      entries: [
        fanOut(ours, "", { players: 500 }),
        fanOut(bareNode, "100 ms", { players: 500, ...merged }),
        fanOut(bareC, "100 ms", { players: 500, ...merged }),
        fanOut(nodeMediaServer, "", { players: 500 }),
        fanOut(nginxRtmp, "", { players: 500 }),
      ],
    },
    {
      name: "lowest-latency-500",
      title: "500 players of one stream of 2.2 Mb/s, nothing merged",
      entries: [
        fanOut(ours, "--merge-window-ms 0", { players: 500, mergeWindowMs: 0 }),
        fanOut(bareNode, "each message", { players: 500, mergeWindowMs: 0 }),
        fanOut(bareC, "each message", { players: 500, mergeWindowMs: 0 }),
        fanOut(nodeMediaServer, "", { players: 500 }),
        fanOut(nginxRtmp, "", { players: 500 }),
      ],
    },
    {
      name: "players-10",
      title: "10 players of one stream of 2.2 Mb/s, default settings",
      entries: [
        fanOut(ours, "", { players: 10 }),
        fanOut(bareNode, "each message", { players: 10, mergeWindowMs: 0 }),
        fanOut(bareC, "each message", { players: 10, mergeWindowMs: 0 }),
        fanOut(nodeMediaServer, "", { players: 10 }),
        fanOut(nginxRtmp, "", { players: 10 }),
      ],
    },
    {
      name: "players-3000",
      title: "3,000 players of one stream of 2.2 Mb/s, default settings",
      entries: [
        fanOut(ours, "", { players: 3_000 }),
        fanOut(bareNode, "100 ms", { players: 3_000, ...merged }),
      ],
    },
    {
      name: "low-rate-3000",
      title: "3,000 players of one stream of 600 kb/s, default settings",
      entries: [
        fanOut(ours, "", { players: 3_000, shape: lowRate }),
        fanOut(bareNode, "100 ms", { players: 3_000, shape: lowRate, ...merged }),
        fanOut(bareNode, "350 ms", { players: 3_000, shape: lowRate, mergeWindowMs: 350 }),
      ],
    },
    {
      name: "streams-20",
      title: "400 players of 2.2 Mb/s streams, default settings",
      entries: [
        fanOut(ours, "1 stream", { players: 400 }),
        fanOut(ours, "20 streams", { players: 400, streamNames: twenty }),
      ],
    },
    {
      name: "idle-3000",
      title: "3,000 connections that have connected and do nothing",
      entries: [ours, nodeMediaServer, nginxRtmp].map((contestant) =>
        entry(contestant, "", () => measureIdle(contestant, 3_000)),
      ),
    },
    {
      name: "set-ups",
      title: "handshake, connect, createStream and play, 64 at a time",
      entries: [ours, nodeMediaServer, nginxRtmp].map((contestant) =>
        entry(contestant, "", () => measureSetUpRate(contestant, seconds)),
      ),
    },
  ];
}
