import { StreamHub } from "@rtmp/hub";
import { FloodGate, type Log, openListener, type RunningApp } from "@rtmp/node-kit";
import { listenTcp } from "@rtmp/transport-node";

import { Connections } from "./connections.ts";
import type { ServerOptions } from "./options.ts";

/**
 * Opens the listeners and serves what connects.
 *
 * `close` stops accepting, says goodbye to the peers and waits until their connections have closed.
 *
 * @throws Error of Node with a `code`, as the rejection, when a listener cannot be opened
 */
export async function startServer(options: ServerOptions, log: Log): Promise<RunningApp> {
  const floodGate = new FloodGate(log);
  const { mergeWindowMs, latency } = options;
  const onError = (error: unknown): void => log.error({ error }, "internal error");
  const hub = new StreamHub({ mergeWindowMs, latency, onError });
  const connections = new Connections({ hub, log, floodGate });
  const listener = await openListener(options, {
    listen: listenTcp,
    log,
    serve: (transport) => connections.serve(transport),
  });
  return {
    listeners: { rtmp: listener?.url },
    async close() {
      log.info({ connections: connections.size }, "server closing");
      await listener?.close();
      await connections.shutDown();
      floodGate.close();
    },
  };
}
