import { StreamHub } from "@rtmp/hub";
import { FloodGate, type Log, openListeners, type RunningApp } from "@rtmp/node-kit";
import { NodeKeyAgreement } from "@rtmp/transport-node";

import { Connections } from "./connections.ts";
import type { ServerOptions } from "./options.ts";

/**
 * Opens the listeners and serves what connects.
 *
 * `close` stops accepting, says goodbye to the peers and waits until their connections have closed.
 *
 * @throws Error of Node with a `code`, as the rejection, when a listener cannot be opened; CertificateError when
 *   the certificate cannot be used
 */
export async function startServer(options: ServerOptions, log: Log): Promise<RunningApp> {
  const floodGate = new FloodGate(log);
  const { mergeWindowMs, latency } = options;
  const onError = (error: unknown): void => log.error({ error }, "internal error");
  const hub = new StreamHub({ mergeWindowMs, latency, onError });
  const rtmpe = options.rtmpe ? new NodeKeyAgreement() : "refuse";
  const connections = new Connections({ hub, rtmpe, log, floodGate });
  const listeners = await openListeners(options, {
    log,
    floodGate,
    serve: (transport, arrival) => connections.serve(transport, arrival),
  });
  return {
    listeners: listeners.urls,
    async close() {
      log.info({ connections: connections.size }, "server closing");
      await listeners.close();
      await connections.shutDown();
      floodGate.close();
    },
  };
}
