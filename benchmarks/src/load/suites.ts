/** What the load bench measures, by name. */

import { measureJoiners, measureOriginKilled, measurePublisherReturn } from "./changes.ts";
import { measureIdle, measureSetUpRate } from "./connections.ts";
import {
  bareC,
  bareNode,
  bareNodeFor,
  type Contestant,
  nginxRtmp,
  nodeMediaServer,
  server,
  serverBy,
  withNodeOptions,
} from "./contestants.ts";
import { type FanOut, measureFanOut } from "./fan-out.ts";
import { measureSlowPlayer, measureSoak } from "./endurance.ts";
import type { Figures } from "./measurement.ts";
import { measureProxied } from "./proxied.ts";

/** One that takes part in a suite. */
interface Entry {
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
  /** Takes so long that it runs only when its whole name is given. */
  readonly long?: boolean;
}

const transports = ["rtmp", "rtmps", "rtmpe", "ws", "rtmpt", "rtmpts", "rtmpte"] as const;
const usualWindowMs = 100;
const lowRate = { bitsPerSecond: 600_000 };

function entry({ name, absence }: Contestant, note: string, run: () => Promise<Figures>): Entry {
  return { label: note === "" ? name : `${name}, ${note}`, absence, run };
}

/**
 * All suites.
 *
 * @param seconds      how long each run watches
 * @param nodeOptions  of our own server, such as those that write profiles
 */
export function allSuites(seconds: number, nodeOptions: readonly string[] = []): Suite[] {
  const ours = withNodeOptions(server, nodeOptions);
  const fanOut = (contestant: Contestant, note: string, options: Omit<FanOut, "seconds">): Entry =>
    entry(contestant, note, () => measureFanOut(contestant, { ...options, seconds }));
  const proxied = (origin: Contestant, label: string, options: Omit<FanOut, "seconds">): Entry => ({
    label,
    absence: origin.absence,
    run: () => measureProxied(origin, { ...options, seconds }),
  });
  // V8 takes this long to compile a server that does so little in a second.
  const few = { players: 10, settleSeconds: 45 };
  // And this long where it does more.
  const many = { players: 500, settleSeconds: 20 };
  const spread = { players: 400, settleSeconds: 20 };
  const merged = { mergeWindowMs: usualWindowMs };
  // The bare server gathers as long as ours does with so many players.
  const unmerged = { mergeWindowMs: 0 };
  const soak = (name: string, minutes: number): Suite => ({
    name,
    title: `${minutes} minutes of 100 players that stay, and 10 a second that come and go`,
    long: true,
    entries: [
      entry(ours, "", () =>
        measureSoak(ours, { seconds: minutes * 60, players: 100, churnPerSecond: 10 }),
      ),
    ],
  });
  const twenty = Array.from({ length: 20 }, (_, index) => `cam${index}`);
  return [
    {
      name: "players-500",
      title: "500 players of one stream of 2.2 Mb/s, default settings",
      entries: [
        fanOut(ours, "", many),
        fanOut(bareNode, "100 ms", { ...many, ...merged }),
        fanOut(bareC, "100 ms", { ...many, ...merged }),
        fanOut(nodeMediaServer, "", many),
        fanOut(nginxRtmp, "", many),
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
        fanOut(ours, "", few),
        fanOut(bareNode, "each message", { ...few, mergeWindowMs: 0 }),
        fanOut(bareC, "each message", { ...few, mergeWindowMs: 0 }),
        fanOut(nodeMediaServer, "", few),
        fanOut(nginxRtmp, "", few),
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
        fanOut(ours, "1 stream", spread),
        fanOut(ours, "20 streams", { ...spread, streamNames: twenty }),
        fanOut(bareNodeFor(1, 80), "1 stream", { ...spread, ...unmerged }),
        fanOut(bareNodeFor(20, 80), "20 streams", {
          ...spread,
          streamNames: twenty,
          ...unmerged,
        }),
      ],
    },
    {
      name: "transports-100",
      title: "100 players of one stream of 2.2 Mb/s by each transport, default settings",
      entries: transports.map((scheme) => fanOut(serverBy(scheme), "", { players: 100 })),
    },
    {
      name: "transports-unmerged-100",
      title: "100 players of one stream of 2.2 Mb/s by each transport, nothing merged",
      entries: transports.map((scheme) =>
        fanOut(serverBy(scheme), "--merge-window-ms 0", { players: 100, mergeWindowMs: 0 }),
      ),
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
    {
      name: "slow-player",
      title: "a player that reads 1 byte/s beside 100 others, 60 s",
      entries: [entry(ours, "", () => measureSlowPlayer(ours, 60))],
    },
    {
      name: "joiners-1000",
      title: "1,000 players that join 100 others within 10 s",
      entries: [entry(ours, "", () => measureJoiners(ours, 1_000))],
    },
    {
      name: "publisher-returns",
      title: "100 players of a publisher whose network goes away for 5 s",
      entries: [entry(ours, "", () => measurePublisherReturn(ours, 5))],
    },
    {
      name: "origin-killed",
      title: "100 players of a proxy whose origin is killed; the publisher goes to the second one",
      entries: [{ label: "player-proxy", run: measureOriginKilled }],
    },
    {
      name: "proxy-500",
      title: "500 players of one stream at a player-proxy, default settings",
      entries: [
        proxied(ours, "in front of ours", { players: 500 }),
        proxied(nginxRtmp, "in front of nginx-rtmp", { players: 500 }),
      ],
    },
    {
      name: "proxy-latency-500",
      title: "500 players of one stream, nothing merged, with and without a player-proxy",
      entries: [
        fanOut(ours, "direct", { players: 500, mergeWindowMs: 0 }),
        proxied(ours, "behind a proxy", { players: 500, mergeWindowMs: 0 }),
      ],
    },
    soak("soak", 10),
    soak("soak-hour", 60),
  ];
}
