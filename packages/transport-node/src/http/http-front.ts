/**
 * HTTP on the port of RTMP: tunnels, WebSockets, and a short answer to everything else.
 *
 * A `node:http` server that does not listen: it is given the connections that turned out to speak HTTP.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import type { AddressRanges } from "../address.ts";
import { TransportError } from "../errors.ts";
import type { HttpPeer } from "../http-peer.ts";
import type { Arrival } from "../listen/arrival.ts";
import type { ListenLimits } from "../listen/limits.ts";
import { forwardedFor } from "./forwarded-for.ts";

// How often Node looks for requests that take too long.
const sweepMs = 1_000;
const greeting = "This is an RTMP server; it speaks RTMP, RTMPT and RTMP over WebSocket here.\n";

/** Answers the requests of tunnels: `RtmptServer`. */
interface TunnelRequests {
  /** Answers a request, or returns false when it is not one of a tunnel. */
  handle(request: IncomingMessage, response: ServerResponse, peer: HttpPeer): boolean;
}

/** Answers upgrades: `WebSocketAcceptor`. */
interface Upgrades {
  handle(request: IncomingMessage, socket: Duplex, head: Buffer, peer: HttpPeer): void;
}

/** Construction of an {@link HttpFront}. */
export interface HttpFrontOptions {
  readonly limits: ListenLimits;
  readonly trustedProxies: AddressRanges;
  readonly tunnels: TunnelRequests;
  readonly upgrades: Upgrades;
  /** Called with each request that is for neither tunnels nor WebSockets, and with what is no request. */
  readonly onStray: (remote: string, status: number, what: string) => void;
}

/** What is known of an HTTP connection. */
export interface HttpConnection {
  /** Who speaks. */
  readonly peer: HttpPeer;
  /** Told when the first request for a WebSocket, or for a tunnel that there is, has come. */
  readonly arrival: Arrival;
  /** Whether a trusted proxy speaks, which may say in each request whose it is. */
  readonly isOfProxy: boolean;
  /** Counts the connection towards the limits of a client behind the proxy; cuts it when that has too many. */
  readonly countTowards: (remote: string) => boolean;
}

/** The HTTP server of a port. */
export class HttpFront {
  readonly #options: HttpFrontOptions;
  readonly #server: Server;
  readonly #connections = new WeakMap<Duplex, HttpConnection>();
  // Those that have asked for no tunnel and no WebSocket.
  readonly #strangers = new Set<Duplex>();

  constructor(options: HttpFrontOptions) {
    const { limits } = options;
    this.#options = options;
    this.#server = createServer({
      maxHeaderSize: limits.maxHttpHeaderBytes,
      headersTimeout: limits.httpHeadersMs,
      requestTimeout: limits.httpRequestMs,
      keepAliveTimeout: limits.httpKeepAliveMs,
      connectionsCheckingInterval: Math.min(sweepMs, limits.httpHeadersMs),
    });
    // Whoever does not read the answers is cut as well: Node counts progress of what is written.
    this.#server.timeout = limits.httpRequestMs;
    this.#server.on("request", (request, response) => this.#onRequest(request, response));
    this.#server.on("upgrade", (request, socket, head) => this.#onUpgrade(request, socket, head));
    this.#server.on("clientError", (error, socket) => this.#onClientError(error, socket));
    // With this event Node begins to look after the time limits of requests.
    this.#server.emit("listening");
  }

  /**
   * Takes over a socket that speaks HTTP.
   *
   * @param socket  paused, with all of its bytes still to be read
   */
  accept(socket: Socket, connection: HttpConnection): void {
    this.#connections.set(socket, connection);
    this.#strangers.add(socket);
    socket.once("close", () => this.#strangers.delete(socket));
    this.#server.emit("connection", socket);
    socket.resume();
  }

  /** Cuts who has asked for no tunnel and no WebSocket; the others go on. */
  close(): void {
    for (const socket of this.#strangers) socket.destroy();
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const connection = this.#connectionOf(socket);
    const peer = this.#peerOf(request, connection);
    if (this.#options.tunnels.handle(request, response, peer)) {
      // Who asks for a tunnel that is not there has shown nothing.
      if (response.statusCode === 200) this.#establish(socket, connection);
      return;
    }
    const isRoot = request.url === "/" && (request.method === "GET" || request.method === "HEAD");
    const [status, text] = isRoot ? [200, greeting] : [404, "Nothing is here.\n"];
    // A body that nobody asked for is not read.
    const ending = request.method === "GET" ? {} : { Connection: "close" };
    response.writeHead(status, {
      "Content-Type": "text/plain",
      "Content-Length": text.length,
      ...ending,
    });
    response.end(text);
    this.#stray(peer, status, `${request.method} ${request.url}`);
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const connection = this.#connectionOf(socket);
    const peer = this.#peerOf(request, connection);
    // From now on it is one client's alone.
    if (peer !== connection.peer && !connection.countTowards(peer.remote)) return;
    this.#establish(socket, connection);
    this.#options.upgrades.handle(request, socket, head, peer);
  }

  #establish(socket: Duplex, { arrival }: HttpConnection): void {
    this.#strangers.delete(socket);
    arrival.established();
  }

  #onClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
    // It made room for another one, and that was told.
    if (error instanceof TransportError) return;
    const { code = error.message } = error;
    const status = statusOf(code);
    const peer = this.#connections.get(socket)?.peer;
    if (socket.writable) {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    }
    // Bytes that are not read would turn the close into a reset that eats the answer.
    socket.once("finish", () => socket.destroy());
    if (peer !== undefined) this.#stray(peer, Number.parseInt(status, 10), code);
  }

  #stray({ remote }: HttpPeer, status: number, what: string): void {
    this.#options.onStray(remote, status, what);
  }

  #connectionOf(socket: Duplex): HttpConnection {
    const connection = this.#connections.get(socket);
    if (connection === undefined) throw new TypeError("a connection that was not accepted");
    return connection;
  }

  /** Who asks: the peer of the connection itself, unless it is a proxy that says of another. */
  #peerOf(request: IncomingMessage, { peer, isOfProxy }: HttpConnection): HttpPeer {
    const header = isOfProxy ? request.headers["x-forwarded-for"] : undefined;
    if (header === undefined) return peer;
    const remote = forwardedFor(String(header), this.#options.trustedProxies);
    return remote === undefined ? peer : { ...peer, remote };
  }
}

function statusOf(code: string): string {
  if (code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? "408 Request Timeout" : "400 Bad Request";
}
