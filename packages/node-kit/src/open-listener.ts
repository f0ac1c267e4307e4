import type { Log } from "./log.ts";
import type { PortOption } from "./option-values.ts";

/** A port on which connections are accepted. */
export interface Listener {
  /** What was bound as a URL. */
  readonly url: string;
  /** Stops accepting; open connections go on. */
  close(): Promise<void>;
}

/** Opens a port and gives what each connection on it is served with, such as a transport. */
export type Listen<T> = (
  options: {
    readonly host: string;
    readonly port: number;
    readonly onError: (error: Error) => void;
  },
  onConnection: (connection: T) => void,
) => Promise<Listener>;

/** Where to listen, and what for. */
export interface OpenListenerOptions<T> {
  /** Opens the port, as `listenTcp` does. */
  readonly listen: Listen<T>;
  /** Address or host name to bind. */
  readonly host: string;
  /** Port to bind. */
  readonly port: PortOption;
  readonly log: Log;
  /** Takes each connection. */
  readonly serve: (connection: T) => void;
}

/**
 * Opens a listener of an app and logs it; undefined when its port is off.
 *
 * @throws Error of Node with a `code`, as the rejection, when it cannot be opened
 */
export async function openListener<T extends { readonly remote: string }>(
  options: OpenListenerOptions<T>,
): Promise<Listener | undefined> {
  const { listen, host, port, log, serve } = options;
  if (port === "off") return undefined;

  const onError = (error: Error) => log.warn({ error }, "connection not accepted");
  const listener = await listen({ host, port, onError }, (connection) => {
    log.debug({ remote: connection.remote }, "connection opened");
    serve(connection);
  });
  log.info({ url: listener.url }, "listening");
  return listener;
}
