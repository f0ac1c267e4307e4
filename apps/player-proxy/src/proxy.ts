import { StreamHub } from "@rtmp/hub";
import { FloodGate, type Log } from "@rtmp/node-kit";
import { dial, listenTcp, type TcpListener } from "@rtmp/transport-node";

import type { ProxyOptions } from "./options.ts";
import { Players } from "./players.ts";
import { UpstreamPool } from "./upstream-pool.ts";

/** A proxy that listens. */
export interface RunningProxy {
  /** Where it listens for RTMP, as a URL; undefined when it does not. */
  readonly rtmpUrl: string | undefined;
  /** Stops accepting, says goodbye to players and origins and waits until the players' connections have closed. */
  close(): Promise<void>;
}

/**
 * Opens the listeners and serves what connects.
 *
 * @throws Error of Node with a `code`, as the rejection, when a listener cannot be opened
 */
export async function startProxy(options: ProxyOptions, log: Log): Promise<RunningProxy> {
  const hub = new StreamHub();
  const floodGate = new FloodGate(log);
  const upstreams = new UpstreamPool({ hub, origins: options.origin, dial, log, floodGate });
  const players = new Players({ hub, upstreams, log, floodGate });
  const listener = await openListener(options, log, players);
  return {
    rtmpUrl: listener?.url,
    async close() {
      log.info({ connections: players.size, streams: upstreams.size }, "proxy closing");
      await listener?.close();
      await players.shutDown();
      upstreams.close();
      floodGate.close();
    },
  };
}

async function openListener(
  options: ProxyOptions,
  log: Log,
  players: Players,
): Promise<TcpListener | undefined> {
  const { host, rtmpPort: port } = options;
  if (port === "off") return undefined;

  const onError = (error: Error) => log.warn({ error }, "connection not accepted");
  const listener = await listenTcp({ host, port, onError }, (transport) => {
    log.debug({ remote: transport.remote }, "connection opened");
    players.serve(transport);
  });
  log.info({ url: listener.url }, "listening");
  return listener;
}
