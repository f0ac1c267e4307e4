import type { AppValues } from "./app-options.ts";
import type { Log } from "./log.ts";

/** A port on which connections are accepted. */
export interface Listener {
  /** What was bound as a URL. */
  readonly url: string;
  /** Stops accepting; open connections go on. */
  close(): Promise<void>;
}

/** Opens a port, as `listenTcp` does, and gives a transport for each connection. */
export type Listen<T> = (
  options: {
    readonly host: string;
    readonly port: number;
    readonly onError: (error: Error) => void;
  },
  onTransport: (transport: T) => void,
) => Promise<Listener>;

/** What a listener is opened with. */
export interface OpenListenerOptions<T> {
  /** Opens the port. */
  readonly listen: Listen<T>;
  readonly log: Log;
  /** Takes each connection. */
  readonly serve: (transport: T) => void;
}

/**
 * Opens the listener for RTMP and logs it; undefined when its port is off.
 *
 * @throws Error of Node with a `code`, as the rejection, when it cannot be opened
 */
export async function openListener<T extends { readonly remote: string }>(
  { host, rtmpPort: port }: Pick<AppValues, "host" | "rtmpPort">,
  { listen, log, serve }: OpenListenerOptions<T>,
): Promise<Listener | undefined> {
  if (port === "off") return undefined;

  const onError = (error: Error) => log.warn({ error }, "connection not accepted");
  const listener = await listen({ host, port, onError }, (transport) => {
    log.debug({ remote: transport.remote }, "connection opened");
    serve(transport);
  });
  log.info({ url: listener.url }, "listening");
  return listener;
}
