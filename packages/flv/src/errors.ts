import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** A header, a track or a ModEx block runs past the end of the message. */
  RTMP_ERR_FLV_TRUNCATED: "malformed",
  /** A Multitrack message holds Multitrack again. */
  RTMP_ERR_FLV_NESTED_MULTITRACK: "malformed",
  /** The packet type has no meaning yet; drop the message. */
  RTMP_ERR_FLV_RESERVED_PACKET_TYPE: "unsupported",
  /** The multitrack layout has no meaning yet; drop the message. */
  RTMP_ERR_FLV_RESERVED_MULTITRACK_TYPE: "unsupported",
  /** One message carries more tracks than `maxTracksPerMessage`. */
  RTMP_ERR_FLV_TOO_MANY_TRACKS: "limit",
  /** One message carries more ModEx blocks than `maxModExBlocks`. */
  RTMP_ERR_FLV_TOO_MANY_MOD_EX_BLOCKS: "limit",
  /** A codec configuration record, or the header of a frame, holds what its specification forbids. */
  RTMP_ERR_FLV_INVALID_CONFIGURATION: "malformed",
  /** A codec configuration record is of a version that has no meaning yet. */
  RTMP_ERR_FLV_UNKNOWN_CONFIGURATION_VERSION: "unsupported",
  /** One codec configuration record carries more parameter sets than `maxParameterSets`. */
  RTMP_ERR_FLV_TOO_MANY_PARAMETER_SETS: "limit",
  /** A MultichannelConfig orders its channels in a way that has no meaning yet. */
  RTMP_ERR_FLV_RESERVED_CHANNEL_ORDER: "unsupported",
  /** A file does not begin as FLV files do. */
  RTMP_ERR_FLV_INVALID_FILE_HEADER: "malformed",
  /** A file is of a version of FLV that has no meaning yet. */
  RTMP_ERR_FLV_UNKNOWN_FILE_VERSION: "unsupported",
  /** A tag of a file is encrypted. */
  RTMP_ERR_FLV_ENCRYPTED_TAG: "unsupported",
  /** A tag of a file is longer than `maxTagBytes`. */
  RTMP_ERR_FLV_TAG_TOO_LONG: "limit",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** A stable name for one fault in a media message. */
export type FlvErrorCode = keyof typeof faults;

/** A fault in an audio or video message or in a file; `offset` counts from the start of what was given to be read. */
export class FlvError extends RtmpError {
  declare readonly code: FlvErrorCode;

  constructor(code: FlvErrorCode, message: string, options?: RtmpErrorOptions) {
    super(code, faults[code], message, options);
  }
}

/** The fault of each code. */
export const flvErrorFaults: Readonly<Record<FlvErrorCode, RtmpFault>> = faults;

/** Makes the error for a read past the end of a message. */
export function truncatedMessage(offset: number, wanted: number, left: number): FlvError {
  return new FlvError(
    "RTMP_ERR_FLV_TRUNCATED",
    `media message ends early: ${wanted} bytes wanted at byte ${offset}, ${left} left`,
    { offset },
  );
}

/** Makes the error for a packet type that is not defined where it stands. */
export function reservedPacketType(
  kind: "audio" | "video",
  packetType: number,
  offset: number,
): FlvError {
  return new FlvError(
    "RTMP_ERR_FLV_RESERVED_PACKET_TYPE",
    `${kind} packet type ${packetType} is reserved`,
    { offset },
  );
}
