/** From the URL of an RTMP stream to an open WebSocket. */

import type { Dial, DialTarget } from "@rtmp/session";
import { type Clock, systemClock } from "@rtmp/wire";

import { WebSocketError } from "./errors.ts";
import { resolveWebTransportLimits, type WebTransportLimits } from "./limits.ts";
import type { StandardWebSocket, WebSocketConstructor } from "./standard-web-socket.ts";
import { WebSocketTransport } from "./websocket-transport.ts";

const defaultTimeoutMs = 10_000;

/** How to dial. */
export interface WebSocketDialOptions {
  /** How long the WebSocket may take to open, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
  /** @default those of `defaultWebTransportLimits` */
  readonly limits?: Partial<WebTransportLimits>;
  /** Measures the waiting times. @default the platform's */
  readonly clock?: Clock;
  /** Makes the WebSockets; `ws` has one for Node.js before 22. @default the global one */
  readonly WebSocket?: WebSocketConstructor;
}

/**
 * Returns a `dial` for `connect` of `@rtmp/session`.
 *
 * Without a URL it goes where the RTMP URL says: `rtmp://host:port` by `ws://host:port/` and `rtmps://` by `wss://`, which
 * pages of `https://` need. With one it goes there whatever the RTMP URL says, also where a redirect or a Reconnect
 * Request leads: a gateway stands before the servers.
 *
 * The function that it returns rejects with WebSocketError `RTMP_ERR_WEBSOCKET_NOT_OPENED` or `RTMP_ERR_WEBSOCKET_TIMEOUT`,
 * with TypeError for a scheme that no WebSocket carries, and with what the platform throws for a place that it forbids.
 *
 * @param url  `ws://` or `wss://`, with any path and query
 * @throws TypeError when the URL is none, or there is no WebSocket; RangeError when a limit is out of range
 */
export function webSocketDial(url?: string | URL, options: WebSocketDialOptions = {}): Dial {
  const fixed = url === undefined ? undefined : requireWebSocketUrl(url);
  const { timeoutMs = defaultTimeoutMs, clock = systemClock } = options;
  const limits = resolveWebTransportLimits(options.limits);
  const WebSocket = options.WebSocket ?? globalWebSocket();
  return async (target) => {
    const to = fixed ?? urlOf(target);
    const webSocket = new WebSocket(to.href, ["rtmp"]);
    const transport = new WebSocketTransport(webSocket, { remote: remoteOf(to), limits, clock });
    await opened(webSocket, transport, to, timeoutMs, clock);
    return transport;
  };
}

function globalWebSocket(): WebSocketConstructor {
  if (typeof globalThis.WebSocket === "function") return globalThis.WebSocket;
  throw new TypeError("this platform has no WebSocket; give one as an option");
}

function requireWebSocketUrl(text: string | URL): URL {
  const url = new URL(text);
  if (/^wss?:$/.test(url.protocol) && url.hash === "") return url;
  throw new TypeError(`${url.href} is not the URL of a WebSocket`);
}

function urlOf({ scheme, host, port }: DialTarget): URL {
  if (scheme !== "rtmp" && scheme !== "rtmps") {
    throw new TypeError(`${scheme} cannot be carried by a WebSocket; only rtmp and rtmps can`);
  }
  const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return new URL(`${scheme === "rtmps" ? "wss" : "ws"}://${authority}/`);
}

/** URLs leave out the port of their scheme. */
function remoteOf({ protocol, hostname, port }: URL): string {
  const standard = protocol === "wss:" ? "443" : "80";
  return `${hostname}:${port === "" ? standard : port}`;
}

/** The transport has the WebSocket already, so that it misses no message. */
function opened(
  webSocket: StandardWebSocket,
  transport: WebSocketTransport,
  { href }: URL,
  timeoutMs: number,
  clock: Clock,
): Promise<void> {
  return new Promise((resolve, reject) => {
    // The transport of a failed WebSocket is of no use; nobody has started it.
    const fail = (error: WebSocketError): void => {
      cancel();
      reject(error);
      transport.close(0);
    };
    const cancel = clock.schedule(timeoutMs, () => {
      const text = `no WebSocket to ${href} within ${timeoutMs} ms`;
      fail(new WebSocketError("RTMP_ERR_WEBSOCKET_TIMEOUT", text));
    });
    let isOpen = false;
    webSocket.addEventListener("error", () => {
      if (isOpen) return;
      fail(new WebSocketError("RTMP_ERR_WEBSOCKET_NOT_OPENED", `no WebSocket to ${href}`));
    });
    webSocket.addEventListener("open", () => {
      isOpen = true;
      cancel();
      resolve();
    });
  });
}
