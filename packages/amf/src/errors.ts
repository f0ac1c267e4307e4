import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** A field reaches past the end of the body. */
  RTMP_ERR_AMF_TRUNCATED: "malformed",
  /** The marker is reserved (movieclip, recordset) or not defined. */
  RTMP_ERR_AMF_UNKNOWN_MARKER: "malformed",
  /** A reference points to what has not come yet, or to a value of another type. */
  RTMP_ERR_AMF_INVALID_REFERENCE: "malformed",
  /** An object end marker stands where a value is due. */
  RTMP_ERR_AMF_UNEXPECTED_OBJECT_END: "malformed",
  /** A count claims more than there are bytes left. */
  RTMP_ERR_AMF_INVALID_COUNT: "malformed",
  /** Bytes follow the only value that was asked for. */
  RTMP_ERR_AMF_TRAILING_BYTES: "malformed",
  /** A body longer than `maxBodyBytes`. */
  RTMP_ERR_AMF_BODY_TOO_LONG: "limit",
  /** More containers within containers than `maxDepth`. */
  RTMP_ERR_AMF_TOO_DEEP: "limit",
  /** More values than `maxValues`. */
  RTMP_ERR_AMF_TOO_MANY_VALUES: "limit",
  /** More properties in one container than `maxProperties`. */
  RTMP_ERR_AMF_TOO_MANY_PROPERTIES: "limit",
  /** A string or XML text longer than `maxStringBytes`. */
  RTMP_ERR_AMF_STRING_TOO_LONG: "limit",
  /** A property name or class name longer than `maxNameBytes`. */
  RTMP_ERR_AMF_NAME_TOO_LONG: "limit",
  /** A class writes itself in a form of its own, and no codec for it is registered. */
  RTMP_ERR_AMF_UNKNOWN_EXTERNALIZABLE: "unsupported",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** The code of an {@link AmfError}. */
export type AmfErrorCode = keyof typeof faults;

/** Received bytes that are not a value, or one that asks for too much. */
export class AmfError extends RtmpError {
  declare readonly code: AmfErrorCode;

  constructor(code: AmfErrorCode, message: string, options?: RtmpErrorOptions) {
    super(code, faults[code], message, options);
  }
}

/** Every code of this package and what it means for the connection. */
export const amfErrorFaults: Readonly<Record<AmfErrorCode, RtmpFault>> = faults;
