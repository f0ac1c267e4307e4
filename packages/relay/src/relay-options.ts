/**
 * What pulls and pushes are made of alike.
 */

import type { StreamHub } from "@rtmp/hub";
import type { LinkRoute } from "@rtmp/session";
import type { RtmpError } from "@rtmp/wire";
import type { RelayLimits } from "./limits.ts";

/** What both directions work with; `clock` should be that of the hub. */
export interface RelayOptions extends Omit<LinkRoute, "limits"> {
  /** Where the stream comes from, or is published. */
  readonly hub: StreamHub;
  /** The name at the hub: `app/streamName`. */
  readonly streamPath: string;
  /** The other servers, of which one is used at a time, tried in order: `rtmp://[user:password@]host[:port]/app/name`. */
  readonly urls: readonly string[];
  /** Bounds of the relay; what is left out has its default. */
  readonly limits?: Partial<RelayLimits>;
  /** Bounds of the session; what is left out has its default. */
  readonly sessionLimits?: LinkRoute["limits"];
  /** Numbers from 0 up to but without 1, for the waits. @default the platform's */
  readonly random?: () => number;
}

/** Is told of the way to the other servers; every method is optional and must not throw. */
export interface RelayObserver {
  /** A server is dialled; `server` is its place in `urls`. */
  onOpening?(server: number): void;
  /**
   * A server could not be used, or not any longer.
   *
   * @param cause   an RtmpError or what `dial` rejected with; undefined when the server closed the connection in order
   * @param waitMs  milliseconds until the next one is tried
   */
  onFailure?(server: number, cause: unknown, waitMs: number): void;
  /**
   * A server sends its client elsewhere, which is being dialled; the stream is served on meanwhile.
   *
   * @param server  the place in `urls` of the one that was dialled first
   * @param host    host name or IP address of the other one
   * @see E-RTMP "Reconnect Request"
   */
  onReconnect?(server: number, host: string): void;
  /** Something was refused or dropped and the relay goes on; can come in floods. */
  onProblem?(error: RtmpError): void;
}
