import { StreamHub } from "@rtmp/hub";
import { FloodGate, type Log, openListeners, type RunningApp } from "@rtmp/node-kit";
import { dial, NodeKeyAgreement } from "@rtmp/transport-node";

import type { ProxyOptions } from "./options.ts";
import { Players } from "./players.ts";
import { UpstreamPool } from "./upstream-pool.ts";

/**
 * Opens the listeners and serves what connects.
 *
 * `close` stops accepting, says goodbye to players and origins and waits until the players' connections have closed.
 *
 * @throws Error of Node with a `code`, as the rejection, when a listener cannot be opened; CertificateError when
 *   the certificate cannot be used
 */
export async function startProxy(options: ProxyOptions, log: Log): Promise<RunningApp> {
  const { mergeWindowMs, latency } = options;
  const onError = (error: unknown): void => log.error({ error }, "internal error");
  const hub = new StreamHub({ mergeWindowMs, latency, onError });
  const floodGate = new FloodGate(log);
  const { origin: origins } = options;
  const keyAgreement = new NodeKeyAgreement();
  const upstreams = new UpstreamPool({ hub, origins, dial, keyAgreement, log, floodGate });
  const rtmpe = options.rtmpe ? keyAgreement : "refuse";
  const players = new Players({ hub, upstreams, rtmpe, log, floodGate });
  const listeners = await openListeners(options, {
    log,
    floodGate,
    serve: (transport, arrival) => players.serve(transport, arrival),
  });
  return {
    listeners: listeners.urls,
    async close() {
      log.info({ connections: players.size, streams: upstreams.size }, "proxy closing");
      await listeners.close();
      await players.shutDown();
      await upstreams.close();
      floodGate.close();
    },
  };
}
