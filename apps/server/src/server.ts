import { StreamHub } from "@rtmp/hub";
import { FloodGate, type Log, openListeners, type RunningApp } from "@rtmp/node-kit";
import { dial, NodeKeyAgreement } from "@rtmp/transport-node";

import { Connections } from "./connections.ts";
import type { ServerOptions } from "./options.ts";
import { Relays } from "./relays.ts";

/**
 * Opens the listeners and serves what connects.
 *
 * `close` stops accepting, says goodbye to the peers and to other servers and waits until their connections have closed.
 *
 * @throws Error of Node with a `code`, as the rejection, when a listener cannot be opened; CertificateError when
 *   the certificate cannot be used
 */
export async function startServer(options: ServerOptions, log: Log): Promise<RunningApp> {
  const floodGate = new FloodGate(log);
  const { mergeWindowMs, latency, takeOver, pull, push } = options;
  const onError = (error: unknown): void => log.error({ error }, "internal error");
  const hub = new StreamHub({ mergeWindowMs, latency, takeOver, onError });
  const keyAgreement = new NodeKeyAgreement();
  const rtmpe = options.rtmpe ? keyAgreement : "refuse";
  const relays = new Relays({ hub, pull, push, dial, keyAgreement, log, floodGate });
  const connections = new Connections({
    hub,
    rtmpe,
    log,
    floodGate,
    onPublish: ({ streamPath }) => relays.onPublish(streamPath),
  });
  const listeners = await openListeners(options, {
    log,
    floodGate,
    serve: (transport, arrival) => connections.serve(transport, arrival),
  });
  relays.start();
  return {
    listeners: listeners.urls,
    async close() {
      const { pushedStreams } = relays;
      log.info({ connections: connections.size, pushedStreams }, "server closing");
      await listeners.close();
      await connections.shutDown();
      await relays.close();
      floodGate.close();
    },
  };
}
