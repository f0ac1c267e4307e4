/**
 * RTMP inside HTTP requests, as a listener of `node:http`.
 *
 * The client posts its bytes and fetches those of the server; each tunnel is a transport. Which HTTP connection a request
 * comes over means nothing: proxies share them, and clients may use several.
 */

import type { IncomingMessage, ServerResponse } from "node:http";

import type { Transport } from "@rtmp/session";
import { type Clock, type RandomBytes, systemClock, systemRandomBytes } from "@rtmp/wire";

import { addressOf, isLoopback, networkOf } from "../address.ts";
import { TransportError } from "../errors.ts";
import type { HttpPeer } from "../http-peer.ts";
import { answerOk, refuse } from "./http-answer.ts";
import { HttpExchange } from "./http-exchange.ts";
import { resolveTunnelLimits, type TunnelLimits } from "./limits.ts";
import { parseTunnelPath } from "./tunnel-path.ts";
import { Tunnels } from "./tunnels.ts";

/** Construction of an {@link RtmptServer}. */
export interface RtmptServerOptions {
  /** @default those of `defaultTunnelLimits` */
  readonly limits?: Partial<TunnelLimits>;
  /** Measures all waiting times. @default the platform's */
  readonly clock?: Clock;
  /** Makes the ids of the tunnels, so it must be good for secrets. @default the platform's */
  readonly randomBytes?: RandomBytes;
  /**
   * Under which name the tunnels of a client are counted; undefined does not count them.
   *
   * @param remote  `address:port` of the client
   * @default its address, of IPv6 its network of 64 bits; the machine itself is not counted
   */
  readonly groupOf?: (remote: string) => string | undefined;
  /** Called when a tunnel is not opened because there are too many. @default nothing is done */
  readonly onRefused?: (error: TransportError, peer: HttpPeer) => void;
}

/** Is given the transport of each tunnel; nothing is read before it calls `start`. */
export type OnTunnel = (transport: Transport, scheme: "rtmpt" | "rtmpts") => void;

/** The tunnels of an HTTP server. */
export class RtmptServer {
  readonly #limits: TunnelLimits;
  readonly #tunnels: Tunnels;
  readonly #onTransport: OnTunnel;
  readonly #onRefused: RtmptServerOptions["onRefused"];
  #isClosed = false;

  /** @throws RangeError when a limit is out of range */
  constructor(options: RtmptServerOptions, onTransport: OnTunnel) {
    const {
      clock = systemClock,
      randomBytes = systemRandomBytes,
      groupOf = networkGroup,
    } = options;
    this.#limits = resolveTunnelLimits(options.limits);
    this.#tunnels = new Tunnels({ limits: this.#limits, clock, randomBytes, groupOf });
    this.#onTransport = onTransport;
    this.#onRefused = options.onRefused;
  }

  /** Tunnels that are open. */
  get tunnelCount(): number {
    return this.#tunnels.size;
  }

  /**
   * Answers one request, now or later.
   *
   * @param peer  who asks; the `remote` of the request that opens a tunnel is the transport's
   * @returns false when its path has nothing to do with tunnels: somebody else has to answer
   */
  handle(request: IncomingMessage, response: ServerResponse, peer: HttpPeer): boolean {
    const path = parseTunnelPath(request.url ?? "");
    if (path === undefined) return false;

    const { maxTunnelBodyBytes } = this.#limits;
    if (request.method !== "POST") {
      refuse(response, { status: 405, reason: "only POST is served here" });
    } else if (Number(request.headers["content-length"] ?? 0) > maxTunnelBodyBytes) {
      refuse(response, { status: 413, reason: `the body is above ${maxTunnelBodyBytes} bytes` });
    } else if (path.kind === "ident") {
      // Any error means: stay with this host.
      refuse(response, { status: 404, reason: "there is no other host" });
    } else if (path.kind === "malformed") {
      refuse(response, { status: 400, reason: "not a path of a tunnel" });
    } else if (path.kind === "open") this.#open(request, response, peer);
    else {
      const { kind, sequence } = path;
      const tunnel = this.#tunnels.find(path.id);
      if (tunnel === undefined) refuse(response, { status: 404, reason: "no such tunnel" });
      else {
        const target = { tunnel, kind, sequence, maxBodyBytes: maxTunnelBodyBytes };
        new HttpExchange(target, response).read(request);
      }
    }
    return true;
  }

  /** Opens no more tunnels: who asks gets 503. Open ones go on. */
  close(): void {
    this.#isClosed = true;
  }

  #open(request: IncomingMessage, response: ServerResponse, peer: HttpPeer): void {
    request.resume();
    if (this.#isClosed) {
      refuse(response, { status: 503, reason: "the server is closing" });
      return;
    }
    try {
      const { id, tunnel } = this.#tunnels.open(peer.remote);
      this.#onTransport(tunnel, peer.secure ? "rtmpts" : "rtmpt");
      answerOk(response, Buffer.from(`${id}\n`));
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      refuse(response, { status: 503, reason: "there are too many tunnels" });
      this.#onRefused?.(error, peer);
    }
  }
}

/** What a client is counted as, unless it is on the machine itself. */
function networkGroup(remote: string): string | undefined {
  const address = addressOf(remote);
  return isLoopback(address) ? undefined : networkOf(address);
}
