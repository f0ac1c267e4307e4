import { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "@rtmp/wire";

const faults = {
  /** A type 2 or 3 chunk on a chunk stream that never had a message header (RTMP §5.3.1.2). */
  RTMP_ERR_MISSING_PREVIOUS_HEADER: "malformed",
  /** A Set Chunk Size of 0 or with the top bit set (RTMP §5.4.1). */
  RTMP_ERR_INVALID_CHUNK_SIZE: "malformed",
  /** A protocol control message that is shorter than its field (RTMP §5.4). */
  RTMP_ERR_PROTOCOL_CONTROL_TRUNCATED: "malformed",
  /** A chunk size outside of `minChunkSize` to `maxChunkSize`. */
  RTMP_ERR_CHUNK_SIZE_OUT_OF_LIMITS: "limit",
  /** A message length above `maxMessageBytes`. */
  RTMP_ERR_MESSAGE_TOO_LARGE: "limit",
  /** More chunk streams than `maxChunkStreams`. */
  RTMP_ERR_TOO_MANY_CHUNK_STREAMS: "limit",
  /** More messages begun and not ended than `maxPartialMessages`. */
  RTMP_ERR_TOO_MANY_PARTIAL_MESSAGES: "limit",
  /** More bytes of messages begun and not ended than `maxPartialBytes`. */
  RTMP_ERR_TOO_MANY_PARTIAL_BYTES: "limit",
} as const satisfies Record<RtmpErrorCode, RtmpFault>;

/** The code of a {@link ChunkError}. */
export type ChunkErrorCode = keyof typeof faults;

/** What the peer did wrong in its chunk stream; the connection cannot go on. */
export class ChunkError extends RtmpError {
  declare readonly code: ChunkErrorCode;

  constructor(code: ChunkErrorCode, message: string, options?: RtmpErrorOptions) {
    super(code, faults[code], message, options);
  }
}

/** The fault of every {@link ChunkErrorCode}. */
export const chunkErrorFaults: Readonly<Record<ChunkErrorCode, RtmpFault>> = faults;
