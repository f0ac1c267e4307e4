/**
 * Protocol control messages: how the two ends steer the chunk stream itself.
 *
 *   1 Set Chunk Size              | chunk size (4, top bit 0) |
 *   2 Abort                       | chunk stream id (4) |
 *   3 Acknowledgement             | sequence number (4) |
 *   5 Window Acknowledgement Size | window (4) |
 *   6 Set Peer Bandwidth          | window (4) | limit type (1) |
 *
 * They belong on chunk stream 2 and message stream 0, are taken from any, and take effect at once.
 *
 * RTMP §5.4
 */
import { ChunkError } from "./errors.ts";
import { MessageTypeId } from "./message.ts";
import { readU32, writeU32 } from "./message-header.ts";

/** The chunk stream of protocol and user control messages. */
export const controlChunkStreamId = 2;

/** The chunk size of either direction until Set Chunk Size (RTMP §5.4.1). */
export const defaultChunkSize = 128;

/** The largest chunk size that has an effect: no message is longer (RTMP §5.4.1). */
export const maxEffectiveChunkSize = 0xffffff;

/** The largest chunk size on the wire. */
const maxChunkSize = 0x7fffffff;

/**
 * How strictly Set Peer Bandwidth is meant.
 *
 * @see RTMP §5.4.5
 */
export const LimitType = { Hard: 0, Soft: 1, Dynamic: 2 } as const;
/** One of the limit types. */
export type LimitType = (typeof LimitType)[keyof typeof LimitType];

/** A decoded protocol control message, told apart by `typeId`. */
export type ProtocolControl =
  | {
      readonly typeId: typeof MessageTypeId.SetChunkSize;
      /** Bytes, 1 to 0x7fffffff; above 0xffffff it means the same as 0xffffff. */
      readonly chunkSize: number;
    }
  | {
      readonly typeId: typeof MessageTypeId.Abort;
      /** The chunk stream whose unfinished message is dropped, u32. */
      readonly chunkStreamId: number;
    }
  | {
      readonly typeId: typeof MessageTypeId.Acknowledgement;
      /** Bytes that the peer received so far, modulo 2^32. */
      readonly sequenceNumber: number;
    }
  | {
      readonly typeId: typeof MessageTypeId.WindowAcknowledgementSize;
      /** Bytes after which the peer wants an acknowledgement, u32. */
      readonly windowAcknowledgementSize: number;
    }
  | {
      readonly typeId: typeof MessageTypeId.SetPeerBandwidth;
      /** Bytes that may be sent without an acknowledgement, u32. */
      readonly windowAcknowledgementSize: number;
      /** A {@link LimitType}, or another byte as received; Hard where the peer sent none. */
      readonly limitType: number;
    };

/**
 * Decodes the payload of a protocol control message; bytes behind its fields are ignored.
 *
 * @throws ChunkError `RTMP_ERR_PROTOCOL_CONTROL_TRUNCATED` when the 4-byte field is incomplete
 * @throws ChunkError `RTMP_ERR_INVALID_CHUNK_SIZE` when a chunk size is 0 or has its top bit set
 * @throws RangeError when `typeId` is not one of 1, 2, 3, 5 and 6
 * @see RTMP §5.4
 */
export function decodeProtocolControl(typeId: number, payload: Uint8Array): ProtocolControl {
  switch (typeId) {
    case MessageTypeId.SetChunkSize:
      return { typeId, chunkSize: checkChunkSize(field(typeId, payload)) };
    case MessageTypeId.Abort:
      return { typeId, chunkStreamId: field(typeId, payload) };
    case MessageTypeId.Acknowledgement:
      return { typeId, sequenceNumber: field(typeId, payload) };
    case MessageTypeId.WindowAcknowledgementSize:
      return { typeId, windowAcknowledgementSize: field(typeId, payload) };
    case MessageTypeId.SetPeerBandwidth: {
      const windowAcknowledgementSize = field(typeId, payload);
      // librtmp and ffmpeg take the byte as optional, and it does go missing.
      return { typeId, windowAcknowledgementSize, limitType: payload[4] ?? LimitType.Hard };
    }
    default:
      throw new RangeError(`message type ${typeId} is not a protocol control message`);
  }
}

function field(typeId: number, payload: Uint8Array): number {
  if (payload.length < 4) {
    throw new ChunkError(
      "RTMP_ERR_PROTOCOL_CONTROL_TRUNCATED",
      `protocol control message of type ${typeId} has ${payload.length} bytes instead of 4`,
    );
  }
  return readU32(payload, 0);
}

function checkChunkSize(chunkSize: number): number {
  if (chunkSize < 1 || chunkSize > maxChunkSize) {
    throw new ChunkError("RTMP_ERR_INVALID_CHUNK_SIZE", `chunk size ${chunkSize}`);
  }
  return chunkSize;
}

/**
 * Encodes the payload of Set Chunk Size; nginx-rtmp closes at more than 10485760.
 *
 * @throws RangeError unless `chunkSize` is an integer from 1 to 0x7fffffff
 * @see RTMP §5.4.1
 */
export function encodeSetChunkSize(chunkSize: number): Uint8Array {
  return encode("chunk size", chunkSize, 1, maxChunkSize);
}

/**
 * Encodes the payload of Abort.
 *
 * @throws RangeError unless `chunkStreamId` is an integer from 2 to 65599
 * @see RTMP §5.4.2
 */
export function encodeAbort(chunkStreamId: number): Uint8Array {
  return encode("chunk stream id", chunkStreamId, 2, 65_599);
}

/**
 * Encodes the payload of Acknowledgement.
 *
 * @param sequenceNumber  bytes received so far, already modulo 2^32
 * @throws RangeError unless it is a u32
 * @see RTMP §5.4.3
 */
export function encodeAcknowledgement(sequenceNumber: number): Uint8Array {
  return encode("sequence number", sequenceNumber, 0, 0xffffffff);
}

/**
 * Encodes the payload of Window Acknowledgement Size.
 *
 * @throws RangeError unless `windowAcknowledgementSize` is a u32
 * @see RTMP §5.4.4
 */
export function encodeWindowAcknowledgementSize(windowAcknowledgementSize: number): Uint8Array {
  return encode("window acknowledgement size", windowAcknowledgementSize, 0, 0xffffffff);
}

/**
 * Encodes the payload of Set Peer Bandwidth.
 *
 * @throws RangeError unless `windowAcknowledgementSize` is a u32
 * @see RTMP §5.4.5
 */
export function encodeSetPeerBandwidth(
  windowAcknowledgementSize: number,
  limitType: LimitType,
): Uint8Array {
  const window = encode("window acknowledgement size", windowAcknowledgementSize, 0, 0xffffffff);
  const payload = new Uint8Array(5);
  payload.set(window);
  payload[4] = limitType;
  return payload;
}

function encode(name: string, value: number, min: number, max: number): Uint8Array {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be an integer from ${min} to ${max}, not ${value}`);
  }
  const payload = new Uint8Array(4);
  writeU32(payload, 0, value);
  return payload;
}
