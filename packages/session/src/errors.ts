import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  RTMP_ERR_HANDSHAKE_TIMEOUT: "limit",
  RTMP_ERR_CONNECT_TIMEOUT: "limit",
  RTMP_ERR_IDLE_TIMEOUT: "limit",
  RTMP_ERR_SILENT_PEER: "limit",
  RTMP_ERR_COMMAND_BEFORE_CONNECT: "malformed",
  RTMP_ERR_CONNECT_TWICE: "rejected",
  RTMP_ERR_CONNECT_REJECTED: "rejected",
  RTMP_ERR_TOO_MANY_STREAMS: "limit",
  RTMP_ERR_TOO_MANY_PENDING_COMMANDS: "limit",
  RTMP_ERR_TOO_MANY_FAULTS: "limit",
  RTMP_ERR_UNKNOWN_COMMAND: "unsupported",
  RTMP_ERR_UNKNOWN_MESSAGE_TYPE: "unsupported",
  RTMP_ERR_UNKNOWN_STREAM: "unsupported",
  RTMP_ERR_STREAM_BUSY: "rejected",
  RTMP_ERR_CONNECTION_LOST: "closed",
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
