import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** A command has no name, no transaction id, or a value that is cut or broken. */
  RTMP_ERR_BAD_COMMAND: "malformed",
  /** A data message does not begin with a name, or has a value that is cut or broken. */
  RTMP_ERR_BAD_DATA: "malformed",
  /** A shared object message has a field or a value that is cut or broken, or a call without a handler. */
  RTMP_ERR_BAD_SHARED_OBJECT: "malformed",
  /** An aggregate message holds no whole part, or an aggregate message again. */
  RTMP_ERR_BAD_AGGREGATE: "malformed",
  /** An aggregate message has more parts than `maxAggregateParts`. */
  RTMP_ERR_TOO_MANY_AGGREGATE_PARTS: "limit",
  /** A user control message is too short for its event type. */
  RTMP_ERR_BAD_USER_CONTROL: "malformed",
  /** A command, data or shared object message is larger, deeper or richer in values than the limits allow. */
  RTMP_ERR_BODY_LIMIT: "limit",
  /** A command, data or shared object message holds a kind of value that is not read here. */
  RTMP_ERR_BODY_UNSUPPORTED: "unsupported",
  /** A publish or play command names no stream. */
  RTMP_ERR_NO_STREAM_NAME: "rejected",
  /** The app and the stream name make no path that is served. */
  RTMP_ERR_BAD_STREAM_PATH: "rejected",
  /** A command lacks an argument that it means nothing without. */
  RTMP_ERR_BAD_ARGUMENT: "rejected",
  /** A server sends its client to a URL that is no RTMP URL, or that is less protected than the current one. */
  RTMP_ERR_RECONNECT_REFUSED: "rejected",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** The codes of {@link MessageError}. */
export type MessageErrorCode = keyof typeof faults;

/** Where and why a message was refused, and which command it was. */
export interface MessageErrorOptions extends RtmpErrorOptions {
  /** The command's name, where it could be read. */
  readonly commandName?: string | undefined;
  /** The command's transaction id, where it could be read. */
  readonly transactionId?: number | undefined;
}

/** A message that was received whole but cannot be taken. */
export class MessageError extends RtmpError {
  declare readonly code: MessageErrorCode;
  /** The command's name, where it could be read; `name` is the class name, as in every error. */
  readonly commandName: string | undefined;
  /** The command's transaction id, where it could be read; above 0 the peer waits for `_error`. */
  readonly transactionId: number | undefined;

  constructor(code: MessageErrorCode, message: string, options?: MessageErrorOptions) {
    super(code, faults[code], message, options);
    this.commandName = options?.commandName;
    this.transactionId = options?.transactionId;
  }
}

/** What each code means for the connection. */
export const messageErrorFaults: Readonly<Record<MessageErrorCode, RtmpFault>> = faults;
