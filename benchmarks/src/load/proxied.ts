/** The player-proxy in front of a server. */

import { readFileSync } from "node:fs";

import { type Contestant, proxyOf } from "./contestants.ts";
import { type FanOut, measureFanOut } from "./fan-out.ts";
import type { Figures } from "./measurement.ts";
import { cores } from "./pinning.ts";

const established = "01";

/** Measures a proxy's fan-out; its origin runs beside the load. */
export async function measureProxied(contestant: Contestant, fanOut: FanOut): Promise<Figures> {
  const { mergeWindowMs } = fanOut;
  const origin = await contestant.start({ mergeWindowMs, core: cores.load });
  const { address } = origin;
  let connections = 0;
  const watch = setInterval(() => {
    connections = Math.max(connections, openConnections(address.port));
  }, 1_000);
  try {
    const figures = await measureFanOut(proxyOf(address), { ...fanOut, origin: address });
    // The publisher has one, too.
    return { ...figures, "origin connections for players": connections - 1 };
  } finally {
    clearInterval(watch);
    await origin.process.stop();
  }
}

/** Counts the connections that a port has accepted and that are open. */
function openConnections(port: number): number {
  const local = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1);
  return lines.filter((line) => {
    const [, address, , state] = line.trim().split(/\s+/);
    return address?.endsWith(local) === true && state === established;
  }).length;
}
