/**
 * How a session of either role is made, and what it tells its owner.
 */

import type { SharedObjectMessage, UserControl } from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import type { Handshake } from "./connection.ts";
import type { SessionLimits } from "./limits.ts";
import type { IncomingCall } from "./requests.ts";

/**
 * What a session of either role tells its owner.
 *
 * An `RtmpError` that a handler throws inside `receive` or `takeOutput` ends the session as a fault of the peer does;
 * any other error passes through, and the session is of no use any more.
 */
export interface SessionHandlers {
  /**
   * The peer calls a procedure that is no command of RTMP.
   *
   * @default refused with `NetConnection.Call.Failed` where the peer waits for an answer
   */
  onCall?(call: IncomingCall): void;
  /** A message of a shared object arrived. @default dropped */
  onSharedObject?(message: SharedObjectMessage): void;
  /** A user control message arrived; pings have been answered. Views in it are good for this call. */
  onUserControl?(control: UserControl): void;
  /** A message was dropped or refused and the connection goes on. */
  onProblem?(error: RtmpError): void;
  /** Output waits where none did before; `takeOutput` returns it. Also follows what the owner sends or answers. */
  onOutput?(): void;
  /** The session ended; nothing else will be called. */
  onClose?(cause: RtmpError | undefined): void;
}

/** Construction of a session of either role. */
export interface SessionOptions {
  /** The time at which the connection began, on the clock that is used for `receive` and `tick`. */
  readonly now: number;
  /** Bounds; what is left out has its default. */
  readonly limits?: Partial<SessionLimits>;
  /** Whether the transport uses its receive buffers again. @default false */
  readonly reuseInput?: boolean;
}

/** What a role gives to its session. */
export interface SessionRole {
  readonly handlers: SessionHandlers;
  readonly options: SessionOptions;
  readonly handshake: Handshake;
  /** The first transaction id for calls of this side. */
  readonly firstTransactionId: number;
}
