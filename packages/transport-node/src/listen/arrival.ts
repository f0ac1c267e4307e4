import type { Socket } from "node:net";

import type { TransportError } from "../errors.ts";
import type { AddressCounts, ConnectionLimiter, CountedConnection } from "./connection-limiter.ts";

/** Whom an accepted connection answers to. */
export interface ConnectionOwner {
  readonly limiter: ConnectionLimiter;
  readonly onRefused: (error: TransportError, remote: string) => void;
}

/** How the bytes of a connection came: over TCP, an HTTP tunnel or a WebSocket, each plain or through TLS. */
export type ArrivalScheme = "rtmp" | "rtmps" | "rtmpt" | "rtmpts" | "ws" | "wss";

/** What a listener knows of a connection besides its transport. */
export interface Arrival {
  /** How it came. */
  readonly scheme: ArrivalScheme;
  /**
   * Says that the peer has shown what it wants, so that the connection need not make room for newer ones any more.
   *
   * Tunnels and WebSockets have shown it by their HTTP requests; the call is without effect for them.
   */
  established(): void;
}

/** One accepted socket, as long as it is open. */
export class AcceptedConnection implements Arrival, CountedConnection {
  counts: AddressCounts | undefined;
  isCounted = false;
  scheme: ArrivalScheme = "rtmp";
  /** The client, `address:port`, as far as it is known. */
  remote: string;
  /** What is cut to make room: the socket, or that of TLS around it. */
  socket: Socket;
  readonly #owner: ConnectionOwner;

  constructor(owner: ConnectionOwner, socket: Socket, remote: string) {
    this.#owner = owner;
    this.socket = socket;
    this.remote = remote;
  }

  established(): void {
    this.#owner.limiter.establish(this);
  }

  makeRoom(reason: TransportError): void {
    this.socket.destroy(reason);
    this.#owner.onRefused(reason, this.remote);
  }
}
