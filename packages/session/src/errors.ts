import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** The handshake took longer than `handshakeTimeoutMs`. */
  RTMP_ERR_HANDSHAKE_TIMEOUT: "limit",
  /** `connect` did not come within `connectTimeoutMs` of the handshake. */
  RTMP_ERR_CONNECT_TIMEOUT: "limit",
  /** No stream published or played for `idleTimeoutMs`. */
  RTMP_ERR_IDLE_TIMEOUT: "limit",
  /** A publisher sent nothing for `silentPublisherMs`, or `silentAnsweringPublisherMs`. */
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
  /** `play` on a stream that publishes, or `publish` on one that plays. */
  RTMP_ERR_STREAM_BUSY: "rejected",
  /** The transport broke; its error is the `cause`. */
  RTMP_ERR_CONNECTION_LOST: "closed",
  /** The program failed, not the peer; its error is the `cause`. */
  RTMP_ERR_INTERNAL: "closed",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** The code of a fault found by a session. */
export type SessionErrorCode = keyof typeof faults;

/** A fault found by a session. */
export class SessionError extends RtmpError {
  declare readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode, message: string, options?: RtmpErrorOptions) {
    super(code, faults[code], message, options);
  }
}

/** Every code of {@link SessionError} with its fault. */
export const sessionErrorFaults: Readonly<Record<SessionErrorCode, RtmpFault>> = faults;
