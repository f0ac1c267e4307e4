import { StreamHub } from "@rtmp/hub";
import { FloodGate, type Log } from "@rtmp/node-kit";
import { listenTcp, type TcpListener } from "@rtmp/transport-node";

import { Connections } from "./connections.ts";
import type { ServerOptions } from "./options.ts";

/** A server that listens. */
export interface RunningServer {
  /** Where it listens for RTMP, as a URL; undefined when it does not. */
  readonly rtmpUrl: string | undefined;
  /** Stops accepting, says goodbye to the peers and waits until their connections have closed. */
  close(): Promise<void>;
}

/**
 * Opens the listeners and serves what connects.
 *
 * @throws Error of Node with a `code`, as the rejection, when a listener cannot be opened
 */
export async function startServer(options: ServerOptions, log: Log): Promise<RunningServer> {
  const floodGate = new FloodGate(log);
  const connections = new Connections({ hub: new StreamHub(), log, floodGate });
  const listener = await openListener(options, log, connections);
  return {
    rtmpUrl: listener?.url,
    async close() {
      log.info({ connections: connections.size }, "server closing");
      await listener?.close();
      await connections.shutDown();
      floodGate.close();
    },
  };
}

async function openListener(
  options: ServerOptions,
  log: Log,
  connections: Connections,
): Promise<TcpListener | undefined> {
  const { host, rtmpPort: port } = options;
  if (port === "off") return undefined;

  const onError = (error: Error) => log.warn({ error }, "connection not accepted");
  const listener = await listenTcp({ host, port, onError }, (transport) => {
    log.debug({ remote: transport.remote }, "connection opened");
    connections.serve(transport);
  });
  log.info({ url: listener.url }, "listening");
  return listener;
}
