import type { Status } from "@rtmp/message";
import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** The handshake took longer than `handshakeTimeoutMs`. */
  RTMP_ERR_HANDSHAKE_TIMEOUT: "limit",
  /** `connect` did not come within `connectTimeoutMs` of the handshake. */
  RTMP_ERR_CONNECT_TIMEOUT: "limit",
  /** No stream published or played, and the connection was in no other use, for `idleTimeoutMs`. */
  RTMP_ERR_IDLE_TIMEOUT: "limit",
  /** The peer sent nothing for as long as a publisher, a player or a server may be silent. */
  RTMP_ERR_SILENT_PEER: "limit",
  /** Another command than `connect` came first (RTMP §7.2.1.1). */
  RTMP_ERR_COMMAND_BEFORE_CONNECT: "malformed",
  /** `connect` came again on one connection. */
  RTMP_ERR_CONNECT_TWICE: "rejected",
  /** The owner refused `connect`. */
  RTMP_ERR_CONNECT_REJECTED: "rejected",
  /** `createStream` asked for more than `maxStreams`. */
  RTMP_ERR_TOO_MANY_STREAMS: "limit",
  /** More commands than `maxPendingCommands` wait for one answer. */
  RTMP_ERR_TOO_MANY_PENDING_COMMANDS: "limit",
  /** More than `maxFaults` faults were put up with. */
  RTMP_ERR_TOO_MANY_FAULTS: "limit",
  /** A command that is not served. */
  RTMP_ERR_UNKNOWN_COMMAND: "unsupported",
  /** A message type that is not served. */
  RTMP_ERR_UNKNOWN_MESSAGE_TYPE: "unsupported",
  /** A command for a message stream that does not exist. */
  RTMP_ERR_UNKNOWN_STREAM: "unsupported",
  /** A command that the stream's state does not allow, such as `play` on one that publishes. */
  RTMP_ERR_STREAM_BUSY: "rejected",
  /** The playlists of the connection hold `maxPlaylistEntries` already. */
  RTMP_ERR_PLAYLIST_FULL: "limit",
  /** The peer answered a call with `_error`; `status` is what it says. */
  RTMP_ERR_CALL_REJECTED: "rejected",
  /** The peer did not answer a call within `callTimeoutMs`. */
  RTMP_ERR_CALL_TIMEOUT: "limit",
  /** More calls than `maxPendingCalls` wait for an answer. */
  RTMP_ERR_TOO_MANY_PENDING_CALLS: "limit",
  /** The server refused `publish`; `status` is what it says. */
  RTMP_ERR_PUBLISH_REJECTED: "rejected",
  /** The server refused `play`; `status` is what it says. */
  RTMP_ERR_PLAY_REJECTED: "rejected",
  /** A server redirected more often than is followed; the last refusal is the `cause`. */
  RTMP_ERR_TOO_MANY_REDIRECTS: "limit",
  /** A client could not go where a Reconnect Request sent it; why is the `cause`. */
  RTMP_ERR_RECONNECT_FAILED: "rejected",
  /** The session ended before this was done; why it did is the `cause`. */
  RTMP_ERR_SESSION_ENDED: "closed",
  /** A server filled more slots of a shared object than `maxSlots`. */
  RTMP_ERR_TOO_MANY_SLOTS: "limit",
  /** The transport broke; its error is the `cause`. */
  RTMP_ERR_CONNECTION_LOST: "closed",
  /** The program failed, not the peer; its error is the `cause`. */
  RTMP_ERR_INTERNAL: "closed",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** The code of a fault found by a session. */
export type SessionErrorCode = keyof typeof faults;

/** Why a session or one of its requests failed, and what the peer said. */
export interface SessionErrorOptions extends RtmpErrorOptions {
  /** The peer's status, where it sent one. */
  readonly status?: Status | undefined;
}

/** A fault found by a session. */
export class SessionError extends RtmpError {
  declare readonly code: SessionErrorCode;
  /** What the peer said when it refused; undefined where it said nothing. */
  readonly status: Status | undefined;

  constructor(code: SessionErrorCode, message: string, options?: SessionErrorOptions) {
    super(code, faults[code], message, options);
    this.status = options?.status;
  }
}

/** Every code of {@link SessionError} with its fault. */
export const sessionErrorFaults: Readonly<Record<SessionErrorCode, RtmpFault>> = faults;
