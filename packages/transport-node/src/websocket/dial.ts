/** RTMP over WebSocket as a client of Node.js. */

import { Agent } from "node:https";

import type { Transport } from "@rtmp/session";
import { type Clock, systemClock } from "@rtmp/wire";
import { WebSocket } from "ws";

import { TransportError } from "../errors.ts";
import { formatAddress } from "../address.ts";
import { type TlsVerification, verifyingOptions } from "../tls/verification.ts";
import { resolveWebSocketLimits, type WebSocketLimits } from "./limits.ts";
import { libraryOptions, WebSocketTransport } from "./websocket-transport.ts";

const defaultTimeoutMs = 10_000;

/** Where to connect, and how. */
export interface WebSocketDialOptions extends TlsVerification {
  /** IP address or host name, without brackets. */
  readonly host: string;
  /** 1 to 65535. @default 80, or 443 when it is secure */
  readonly port?: number;
  /** Whether TLS is below, as in `wss:`. @default false */
  readonly secure?: boolean;
  /** Path and query. @default "/" */
  readonly path?: string;
  /** How long it may take until the server has taken the WebSocket, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
  /** @default those of `defaultWebSocketLimits` */
  readonly limits?: Partial<WebSocketLimits>;
  /** Measures the waiting times. @default the platform's */
  readonly clock?: Clock;
}

/**
 * Opens a WebSocket with the subprotocol `rtmp`, which the server has to select.
 *
 * @throws Error of Node with a `code` such as `ECONNREFUSED` or `ETIMEDOUT`, or of its TLS; TransportError
 *   `RTMP_ERR_WEBSOCKET_REFUSED` when the server answers anything else; RangeError for a port or a limit out of range, as
 *   the rejection
 */
export async function dialWebSocket(options: WebSocketDialOptions): Promise<Transport> {
  const { timeoutMs = defaultTimeoutMs, clock = systemClock } = options;
  const authority = authorityOf(options);
  const { secure = false, path = "/" } = options;
  const url = `${secure ? "wss" : "ws"}://${authority}${path}`;
  const webSocket = new WebSocket(url, ["rtmp"], {
    ...libraryOptions(resolveWebSocketLimits(options.limits)),
    ...(secure && { agent: new Agent(verifyingOptions(options.host, options)) }),
  });
  await opened(webSocket, url, timeoutMs, clock);
  return new WebSocketTransport(webSocket, authority, clock);
}

/** Writes `host:port`. */
function authorityOf({
  host,
  secure = false,
  port = secure ? 443 : 80,
}: WebSocketDialOptions): string {
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new RangeError(`port must be an integer from 1 to 65535, and is ${port}`);
  }
  return formatAddress(host, port);
}

function opened(webSocket: WebSocket, url: string, timeoutMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(timeoutMs, () => {
      const text = `no WebSocket to ${url} within ${timeoutMs} ms`;
      reject(Object.assign(new Error(text), { code: "ETIMEDOUT" }));
      webSocket.terminate();
    });
    webSocket.on("error", (error) => {
      cancel();
      reject(refusalOf(error, url));
    });
    webSocket.once("open", () => {
      cancel();
      // What the server has sent already waits for the transport.
      webSocket.pause();
      resolve();
    });
  });
}

/** Errors of Node have a code; those about the answer of the server have none. */
function refusalOf(error: Error, url: string): Error {
  if ("code" in error) return error;
  const text = `${url} is no RTMP over WebSocket: ${error.message}`;
  return new TransportError("RTMP_ERR_WEBSOCKET_REFUSED", text, { cause: error });
}
