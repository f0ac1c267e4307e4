/**
 * A connection of which is not known yet what it speaks.
 *
 *   header of the PROXY protocol?  ─►  TLS?  ─►  HTTP or RTMP
 *
 * It reads as little as tells, and hands the socket on together with what it has read.
 */

import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

import type { Transport } from "@rtmp/session";
import type { Clock } from "@rtmp/wire";

import { addressOf, type AddressRanges, formatAddress, plainAddress } from "../address.ts";
import { TransportError, type TransportErrorCode } from "../errors.ts";
import type { HttpConnection } from "../http/http-front.ts";
import { SocketTransport } from "../socket-transport.ts";
import type { TlsCertificate } from "../tls/certificate.ts";
import { AcceptedConnection, type Arrival, type ConnectionOwner } from "./arrival.ts";
import type { Deadlines, Expirable } from "./deadlines.ts";
import type { ListenLimits } from "./limits.ts";
import { beginsProxyHeader, type ProxyHeader, readProxyHeader } from "./proxy-protocol.ts";
import { sniff } from "./sniff.ts";

/** A connection that arrives, as its port sees it. */
export interface Arriving extends Expirable {
  /** Cuts it without a word to anybody. */
  cut(): void;
}

/** What all connections of a port share. */
export interface Reception extends ConnectionOwner {
  readonly limits: ListenLimits;
  readonly deadlines: Deadlines<Arriving>;
  readonly clock: Clock;
  readonly trustedProxies: AddressRanges;
  /** Whether TLS and HTTP are told from RTMP. */
  readonly sniffs: boolean;
  readonly certificate: TlsCertificate | undefined;
  /** Whether everything has to come through TLS. */
  readonly tlsOnly: boolean;
  readonly onTransport: (transport: Transport, arrival: Arrival) => void;
  /** Takes a connection over that speaks HTTP; its first bytes are in the socket again. */
  readonly onHttp: (socket: Socket, connection: HttpConnection) => void;
}

const nothing = new Uint8Array(0);

/** Receives one socket: it is refused, or becomes a transport or an HTTP connection. */
export function receive(socket: Socket, reception: Reception): void {
  const { limiter } = reception;
  const { remoteAddress, remotePort } = socket;
  if (remoteAddress === undefined) {
    // The client has gone before it was accepted.
    socket.destroy();
    return;
  }
  const address = plainAddress(remoteAddress);
  const remote = formatAddress(address, remotePort);
  const connection = new AcceptedConnection(reception, socket, remote);
  const arriving = new ArrivingConnection(connection, address, reception);
  const refusal = limiter.add(connection);
  if (refusal !== undefined) {
    arriving.refuse(refusal);
    return;
  }
  socket.on("close", () => limiter.remove(connection));
  arriving.start();
}

class ArrivingConnection implements Arriving {
  readonly #connection: AcceptedConnection;
  readonly #reception: Reception;
  readonly #isTrusted: boolean;
  // That of TLS, once that has begun.
  #socket: Socket;
  #stage: "proxy" | "plain" | "tls" = "proxy";
  #address: string;
  #held: Uint8Array = nothing;

  constructor(connection: AcceptedConnection, address: string, reception: Reception) {
    this.#socket = connection.socket;
    this.#connection = connection;
    this.#reception = reception;
    this.#address = address;
    this.#isTrusted = reception.trustedProxies.includes(this.#address);
  }

  start(): void {
    if (!this.#countTowardsAddress()) return;

    this.#reception.deadlines.add(this);
    this.#listen();
    this.#socket.resume();
  }

  expire(): void {
    const { firstBytesMs } = this.#reception.limits;
    const what = { proxy: "nothing that tells the protocol", plain: "no byte", tls: "no byte" };
    const where = this.#stage === "tls" ? " through TLS" : "";
    this.#refuse(
      "RTMP_ERR_FIRST_BYTES_TIMEOUT",
      `${what[this.#stage]}${where} within ${firstBytesMs} ms`,
    );
  }

  cut(): void {
    this.#leave();
    // What breaks while it closes is of no interest.
    this.#socket.on("error", () => {});
    this.#socket.destroy();
  }

  refuse(error: TransportError): void {
    this.cut();
    this.#reception.onRefused(error, this.#connection.remote);
  }

  readonly #onData = (piece: Uint8Array): void => {
    let bytes = piece;
    if (this.#held.length > 0) {
      bytes = Buffer.concat([this.#held, piece]);
      this.#held = nothing;
    }
    try {
      this.#read(bytes);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      this.refuse(error);
    }
  };

  readonly #onEnd = (): void => {
    if (this.#stage === "tls" && !this.#hasShakenHands()) {
      this.#refuse("RTMP_ERR_TLS_HANDSHAKE", "the client left in the middle of the TLS handshake");
      return;
    }
    this.cut();
  };

  readonly #onError = (error: Error): void => {
    // It made room for another one, and that was told.
    if (error instanceof TransportError) this.cut();
    else if (this.#stage === "tls") {
      const reason = "reason" in error ? String(error.reason) : error.message;
      this.#refuse("RTMP_ERR_TLS_HANDSHAKE", `TLS: ${reason}`, error);
    } else this.#leave();
  };

  #listen(): void {
    this.#socket.on("data", this.#onData);
    this.#socket.on("end", this.#onEnd);
    this.#socket.on("error", this.#onError);
  }

  #unlisten(): void {
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
    this.#socket.off("error", this.#onError);
  }

  /** What comes now is not of this connection's business any more. */
  #leave(): void {
    this.#unlisten();
    this.#reception.deadlines.delete(this);
  }

  #refuse(code: TransportErrorCode, reason: string, cause?: Error): void {
    this.refuse(new TransportError(code, reason, { cause }));
  }

  /** Goes as far as the bytes tell, and keeps them where they do not. */
  #read(bytes: Uint8Array): void {
    if (this.#stage === "tls") {
      this.#readThroughTls(bytes);
      return;
    }
    let rest = bytes;
    if (this.#stage === "proxy") {
      const header = this.#readProxyHeader(bytes);
      if (header.kind === "incomplete") {
        this.#held = bytes;
        return;
      }
      this.#stage = "plain";
      if (header.kind === "header") {
        rest = bytes.subarray(header.length);
        if (!this.#isNowOf(header)) return;
      }
    }
    const [firstByte] = rest;
    if (firstByte === undefined) return;
    const { sniffs, certificate, tlsOnly } = this.#reception;
    const spoken = sniff(firstByte);
    if (spoken === "tls" && certificate !== undefined && (sniffs || tlsOnly)) {
      this.#beginTls(rest, certificate);
    } else if (tlsOnly) {
      this.#refuse("RTMP_ERR_TLS_REQUIRED", `${spoken.toUpperCase()} on a port for TLS alone`);
    } else if (spoken === "http" && sniffs) this.#becomeHttp(rest, false);
    else this.#becomeRtmp(rest, "rtmp");
  }

  #readThroughTls(bytes: Uint8Array): void {
    const [firstByte = 0] = bytes;
    if (sniff(firstByte) === "http" && this.#reception.sniffs) this.#becomeHttp(bytes, true);
    else this.#becomeRtmp(bytes, "rtmps");
  }

  #readProxyHeader(bytes: Uint8Array): ProxyHeader {
    if (this.#isTrusted) {
      return readProxyHeader(bytes, this.#reception.limits.maxProxyHeaderBytes);
    }
    const begins = beginsProxyHeader(bytes);
    if (begins === "yes") {
      const reason = `a header of the PROXY protocol from ${this.#address}, which is not trusted`;
      throw new TransportError("RTMP_ERR_PROXY_NOT_TRUSTED", reason);
    }
    return { kind: begins === "no" ? "none" : "incomplete" };
  }

  /** Takes over what a proxy says; false when that address has too many connections. */
  #isNowOf({ source }: ProxyHeader & { readonly kind: "header" }): boolean {
    if (source === undefined) return true;
    this.#address = plainAddress(source.address);
    this.#connection.remote = formatAddress(this.#address, source.port);
    return this.#countTowardsAddress();
  }

  /** Takes over what an HTTP proxy says; false when that address has too many connections. */
  #isOfClient(remote: string): boolean {
    this.#address = addressOf(remote);
    this.#connection.remote = remote;
    return this.#countTowardsAddress();
  }

  #countTowardsAddress(): boolean {
    // A proxy's connections are those of many.
    if (this.#reception.trustedProxies.includes(this.#address)) return true;
    const refusal = this.#reception.limiter.addToAddress(this.#connection, this.#address);
    if (refusal !== undefined) this.refuse(refusal);
    return refusal === undefined;
  }

  #beginTls(bytes: Uint8Array, certificate: TlsCertificate): void {
    this.#unlisten();
    const plain = this.#socket;
    // Its errors come through TLS from now on.
    plain.on("error", () => {});
    plain.pause();
    plain.unshift(bytes);
    this.#stage = "tls";
    const { secureContext } = certificate;
    const secure = new TLSSocket(plain, { isServer: true, secureContext });
    // What breaks behind the handshake Node tells by this event alone, unless it is a server of Node that has the socket.
    secure.on("_tlsError", (error: Error) => secure.destroy(error));
    this.#socket = secure;
    this.#connection.socket = this.#socket;
    this.#listen();
    this.#socket.resume();
  }

  #hasShakenHands(): boolean {
    return this.#socket instanceof TLSSocket && this.#socket.getPeerFinished() !== undefined;
  }

  #becomeRtmp(bytes: Uint8Array, scheme: "rtmp" | "rtmps"): void {
    this.#leave();
    this.#socket.pause();
    this.#connection.scheme = scheme;
    const { clock, onTransport } = this.#reception;
    const first = { bytes, remote: this.#connection.remote };
    onTransport(new SocketTransport(this.#socket, clock, first), this.#connection);
  }

  #becomeHttp(bytes: Uint8Array, secure: boolean): void {
    this.#leave();
    this.#socket.pause();
    this.#socket.unshift(bytes);
    this.#reception.onHttp(this.#socket, {
      peer: { remote: this.#connection.remote, secure },
      arrival: this.#connection,
      isOfProxy: this.#reception.trustedProxies.includes(this.#address),
      countTowards: (remote) => this.#isOfClient(remote),
    });
  }
}
