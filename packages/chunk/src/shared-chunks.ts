/**
 * Chunks that many connections can send as they are.
 *
 * Each message starts with type 0, so no connection's earlier headers matter; the chunk streams are set apart for this,
 * so its later headers do not either.
 *
 * RTMP §5.3.1.2.1
 */
import { MessageTypeId, type OutgoingMessage } from "./message.ts";
import {
  checkInteger,
  checkOutgoing,
  encodedMessageBytes,
  writeMessage,
} from "./message-encoding.ts";
import { maxEffectiveChunkSize } from "./protocol-control.ts";

/** The chunk streams of shared chunks; a connection's own `ChunkWriter` must leave them alone. */
export const SharedChunkStreamId = { audio: 4, video: 6, data: 7 } as const;
/** One of the chunk streams of shared chunks. */
export type SharedChunkStreamId = (typeof SharedChunkStreamId)[keyof typeof SharedChunkStreamId];

/** An audio, video or data message to share. */
export interface SharedMessage {
  /** Message type; audio and video go to chunk streams of their own, all else to the one for data. */
  readonly typeId: number;
  /** Milliseconds, u32, absolute. */
  readonly timestamp: number;
  /** The whole payload, at most 16777215 bytes; copied. */
  readonly payload: Uint8Array;
}

/** Encoded messages, the same for every connection with this chunk size and message stream id. */
export interface SharedChunks {
  /** All messages, one behind the other; in a buffer of exactly this size. */
  readonly bytes: Uint8Array;
  /** Where each message begins in `bytes`; from each of them on, the bytes are a valid continuation for any reader. */
  readonly offsets: readonly number[];
}

/** What the connections have in common. */
export interface SharedChunksOptions {
  /** Chunk size that was announced on the connections, 1 to 0x7fffffff. */
  readonly chunkSize: number;
  /** Message stream of the play, u32. */
  readonly messageStreamId: number;
}

/**
 * Encodes messages once for many connections, with one allocation of the exact size.
 *
 * @throws RangeError when a field does not fit its place on the wire
 */
export function encodeSharedChunks(
  messages: readonly SharedMessage[],
  options: SharedChunksOptions,
): SharedChunks {
  checkInteger("chunkSize", options.chunkSize, 1, 0x7fffffff);
  const chunkSize = Math.min(options.chunkSize, maxEffectiveChunkSize);
  const offsets: number[] = [];
  let length = 0;
  const outgoing = messages.map((message): OutgoingMessage => {
    const { typeId, timestamp, payload } = message;
    const chunkStreamId = chunkStreamFor(typeId);
    const { messageStreamId } = options;
    const shared = { chunkStreamId, timestamp, typeId, messageStreamId, payload };
    checkOutgoing(shared);
    offsets.push(length);
    length += encodedMessageBytes(0, chunkStreamId, timestamp, payload.length, chunkSize);
    return shared;
  });

  const bytes = new Uint8Array(length);
  for (const [index, message] of outgoing.entries()) {
    const end = offsets[index + 1] ?? length;
    writeMessage(bytes, offsets[index]!, end, 0, message, message.timestamp, chunkSize);
  }
  return { bytes, offsets };
}

function chunkStreamFor(typeId: number): SharedChunkStreamId {
  if (typeId === MessageTypeId.Audio) return SharedChunkStreamId.audio;
  return typeId === MessageTypeId.Video ? SharedChunkStreamId.video : SharedChunkStreamId.data;
}
