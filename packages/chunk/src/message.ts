/**
 * The unit that the chunk stream carries: a typed, timestamped payload on a message stream.
 *
 * RTMP §6.1
 */

/**
 * The message types of RTMP.
 *
 * @see RTMP §5.4, §6.2, §7.1
 */
export const MessageTypeId = {
  SetChunkSize: 1,
  Abort: 2,
  Acknowledgement: 3,
  UserControl: 4,
  WindowAcknowledgementSize: 5,
  SetPeerBandwidth: 6,
  Audio: 8,
  Video: 9,
  DataAmf3: 15,
  SharedObjectAmf3: 16,
  CommandAmf3: 17,
  DataAmf0: 18,
  SharedObjectAmf0: 19,
  CommandAmf0: 20,
  Aggregate: 22,
} as const;
/** One of the known message types; a peer may send others, 0 to 255. */
export type MessageTypeId = (typeof MessageTypeId)[keyof typeof MessageTypeId];

/**
 * A received message, as long as `onMessage` runs.
 *
 * The reader fills the same object for every message: keep values of it, never the object.
 */
export interface Message {
  /** Chunk stream that carried the message, 2 to 65599; says nothing about its meaning. */
  readonly chunkStreamId: number;
  /** Milliseconds, u32, absolute, wraps at 2^32. */
  readonly timestamp: number;
  /** Message type, 0 to 255, not only those of {@link MessageTypeId}. */
  readonly typeId: number;
  /** Message stream, u32; 0 is the NetConnection. */
  readonly messageStreamId: number;
  /** The whole payload; belongs to the reader and is valid until `onMessage` returns, unless taken. */
  readonly payload: Uint8Array;
  /**
   * Hands the payload over for good: its bytes never change any more.
   *
   * The bytes are copied when the payload would keep more than four times its own size alive, or when the reader was
   * told that its input is reused. A second call returns the same bytes.
   *
   * @throws TypeError when `onMessage` has returned
   */
  take(): Uint8Array;
}

/** A message for a `ChunkWriter`. */
export interface OutgoingMessage {
  /** Chunk stream to use, 2 to 65599; 2 is meant for protocol control. */
  readonly chunkStreamId: number;
  /** Milliseconds, u32, absolute. */
  readonly timestamp: number;
  /** Message type, 0 to 255. */
  readonly typeId: number;
  /** Message stream, u32; 0 is the NetConnection. */
  readonly messageStreamId: number;
  /** The whole payload, at most 16777215 bytes; copied. */
  readonly payload: Uint8Array;
}
