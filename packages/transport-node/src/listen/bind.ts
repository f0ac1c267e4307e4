import { type Server, type Socket, createServer } from "node:net";

import { formatAddress } from "../address.ts";

const defaultPort = 1935;
// The first probe after this much silence; the kernel finds peers that went without a word.
const keepAliveProbeMs = 15_000;

/** Where and how to listen. */
export interface TcpListenOptions {
  /**
   * Address or host name to bind.
   *
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /**
   * Port to bind, 0 to 65535; 0 takes any free port.
   *
   * @default 1935
   */
  readonly port?: number;
  /**
   * Connections that the kernel may hold until they are accepted; it caps the number itself.
   *
   * @default 511
   */
  readonly backlog?: number;
  /**
   * Called when a connection could not be accepted, as with too many open files; the listener goes on.
   *
   * @default nothing is done
   */
  readonly onError?: (error: Error) => void;
}

/** A port on which connections are accepted. */
export interface TcpListener {
  /** What was bound. */
  readonly address: {
    /** IP address, without brackets. */
    readonly host: string;
    /** Port, 1 to 65535. */
    readonly port: number;
  };
  /** What was bound as a URL: `rtmp://127.0.0.1:1935`, IPv6 in brackets, a wildcard as it is. */
  readonly url: string;
  /** Stops accepting and frees the port; open connections go on. */
  close(): Promise<void>;
}

/**
 * Listens for TCP connections and gives the socket of each, paused and with both halves of its own.
 *
 * @throws Error of Node with a `code`, as the rejection; RangeError for a port out of range
 */
export async function bind(
  options: TcpListenOptions,
  scheme: "rtmp" | "rtmps",
  onSocket: (socket: Socket) => void,
): Promise<TcpListener> {
  const server = createServer({
    allowHalfOpen: true,
    pauseOnConnect: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveProbeMs,
  });
  server.on("connection", onSocket);
  await listening(server, options);
  server.on("error", (error) => options.onError?.(error));

  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new TypeError("not an IP address");
  const { address: host, port } = bound;
  return {
    address: { host, port },
    url: `${scheme}://${formatAddress(host, port)}`,
    close: () => closed(server),
  };
}

function listening(server: Server, options: TcpListenOptions): Promise<void> {
  const { host = "127.0.0.1", port = defaultPort, backlog } = options;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, ...(backlog !== undefined && { backlog }) }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  // The port is free at once; the server's own `close` event would wait for every open connection.
  server.close();
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
