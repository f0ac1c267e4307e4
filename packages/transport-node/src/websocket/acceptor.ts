/**
 * WebSocket connections that carry RTMP, out of the upgrades of an HTTP server.
 *
 * RFC 6455 §4.2
 */

import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

import type { Transport } from "@rtmp/session";
import { type Clock, systemClock } from "@rtmp/wire";
import { WebSocketServer } from "ws";

import type { HttpPeer } from "../http-peer.ts";
import { AllowedOrigins } from "./allowed-origins.ts";
import { resolveWebSocketLimits, type WebSocketLimits } from "./limits.ts";
import { libraryOptions, WebSocketTransport } from "./websocket-transport.ts";

const subprotocol = "rtmp";

/** Construction of a {@link WebSocketAcceptor}. */
export interface WebSocketAcceptorOptions {
  /**
   * Origins of pages that may connect besides those of the server's own host, such as `https://example.com`; what sends no
   * `Origin` is no page and may.
   *
   * @default pages of the same host name, on whatever port, alone
   */
  readonly allowedOrigins?: readonly string[] | "all";
  /** @default those of `defaultWebSocketLimits` */
  readonly limits?: Partial<WebSocketLimits>;
  /** Measures the waiting times of the transports. @default the platform's */
  readonly clock?: Clock;
}

/** Is given the transport of each WebSocket; nothing is read before it calls `start`. */
export type OnWebSocket = (transport: Transport, scheme: "ws" | "wss") => void;

/**
 * Takes WebSocket connections over from an HTTP server, whatever their path is.
 *
 * The subprotocol `rtmp` is selected when it is offered. A client that offers none is taken too, as WebSocket proxies
 * and simple tools are; one that offers only others is refused with 400, for it would speak something else.
 */
export class WebSocketAcceptor {
  readonly #allowedOrigins: AllowedOrigins;
  readonly #clock: Clock;
  readonly #onTransport: OnWebSocket;
  readonly #server: WebSocketServer;
  #isClosed = false;

  /** @throws RangeError when a limit is out of range; TypeError when an allowed origin is none */
  constructor(options: WebSocketAcceptorOptions, onTransport: OnWebSocket) {
    const { allowedOrigins, clock = systemClock } = options;
    this.#allowedOrigins = new AllowedOrigins(allowedOrigins);
    this.#clock = clock;
    this.#onTransport = onTransport;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      ...libraryOptions(resolveWebSocketLimits(options.limits)),
      handleProtocols: () => subprotocol,
    });
  }

  /**
   * Answers one upgrade: the listener of the event `upgrade` of `node:http`.
   *
   * What is no WebSocket handshake gets 400, 405 or 426 as RFC 6455 says; a page from elsewhere 403.
   *
   * @param head  what came behind the request already
   * @param peer  who asks; its `remote` is the transport's
   */
  handle(request: IncomingMessage, socket: Duplex, head: Buffer, peer: HttpPeer): void {
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) {
      refuse(socket, refusal);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const transport = new WebSocketTransport(webSocket, peer.remote, this.#clock);
      this.#onTransport(transport, peer.secure ? "wss" : "ws");
    });
  }

  /** Takes no more: further upgrades get 503. Open connections go on. */
  close(): void {
    this.#isClosed = true;
  }

  #refusalOf({ headers }: IncomingMessage): 400 | 403 | 503 | undefined {
    if (this.#isClosed) return 503;
    if (!this.#allowedOrigins.includes(headers.origin, headers.host)) return 403;
    const offered = headers["sec-websocket-protocol"];
    if (offered === undefined || protocolsOf(offered).includes(subprotocol)) return undefined;
    return 400;
  }
}

function protocolsOf(header: string): string[] {
  return header.split(",").map((name) => name.trim());
}

function refuse(socket: Duplex, status: 400 | 403 | 503): void {
  // The answer may meet a reset, and nobody else listens.
  socket.on("error", () => {});
  const body = `${STATUS_CODES[status]}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  // A client that does not close in turn would keep the socket.
  socket.once("finish", () => socket.destroy());
}
