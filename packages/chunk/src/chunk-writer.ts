/**
 * Messages in, the bytes of one chunk stream direction out.
 *
 * RTMP §5.3.1, §5.4.1
 */
import { timestampDifference } from "@rtmp/wire";

import { MessageTypeId, type OutgoingMessage } from "./message.ts";
import {
  checkInteger,
  checkOutgoing,
  encodedMessageBytes,
  writeMessage,
} from "./message-encoding.ts";
import { extendedTimestampMark } from "./message-header.ts";
import {
  controlChunkStreamId,
  decodeProtocolControl,
  defaultChunkSize,
  encodeSetChunkSize,
  maxEffectiveChunkSize,
} from "./protocol-control.ts";

const minCapacity = 256;
const noBytes = new Uint8Array(0);

// Stands for "no delta that all readers agree on": after type 0 some take its timestamp, some zero.
const noDelta = -1;

interface PreviousHeader {
  timestamp: number;
  delta: number;
  messageLength: number;
  typeId: number;
  messageStreamId: number;
}

/** How a {@link ChunkWriter} is set up. */
export interface ChunkWriterOptions {
  /**
   * Most payload bytes per chunk, 1 to 0x7fffffff, when the peer already knows it; nothing is sent.
   *
   * @default 128
   */
  readonly chunkSize?: number;
}

/** Writes the chunk stream of one direction of one connection, with the shortest headers. */
export class ChunkWriter {
  readonly #previous = new Map<number, PreviousHeader>();
  #chunkSize: number;
  #bytes: Uint8Array = noBytes;
  #length = 0;

  /** @throws RangeError when `chunkSize` is out of its range */
  constructor(options: ChunkWriterOptions = {}) {
    const { chunkSize = defaultChunkSize } = options;
    checkInteger("chunkSize", chunkSize, 1, 0x7fffffff);
    this.#chunkSize = Math.min(chunkSize, maxEffectiveChunkSize);
  }

  /** Most payload bytes of the next chunk, 1 to 16777215. */
  get chunkSize(): number {
    return this.#chunkSize;
  }

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#length;
  }

  /**
   * Writes Set Chunk Size and uses the new size from the next message on.
   *
   * @param bytes  1 to 0x7fffffff; nginx-rtmp closes at more than 10485760
   * @throws RangeError when `bytes` is out of its range
   * @see RTMP §5.4.1
   */
  setChunkSize(bytes: number): void {
    this.write({
      chunkStreamId: controlChunkStreamId,
      timestamp: 0,
      typeId: MessageTypeId.SetChunkSize,
      messageStreamId: 0,
      payload: encodeSetChunkSize(bytes),
    });
  }

  /**
   * Writes a whole message with the smallest legal header.
   *
   * A message of type Set Chunk Size takes effect here too, after it is written.
   *
   * @throws RangeError when a field does not fit its place on the wire; nothing is written then
   * @throws ChunkError when a Set Chunk Size payload is not valid; nothing is written then
   * @see RTMP §5.3.1.2
   */
  write(message: OutgoingMessage): void {
    checkOutgoing(message);
    const nextChunkSize = this.#chunkSizeAfter(message);
    const { chunkStreamId, timestamp } = message;
    const previous = this.#previous.get(chunkStreamId);
    const delta = previous === undefined ? noDelta : deltaFrom(previous, message);
    const fmt =
      previous === undefined || delta === noDelta ? 0 : shortestFmt(previous, message, delta);
    const time = fmt === 0 ? timestamp : delta;

    const bytes = encodedMessageBytes(
      fmt,
      chunkStreamId,
      time,
      message.payload.length,
      this.#chunkSize,
    );
    this.#reserve(bytes);
    const end = this.#length + bytes;
    writeMessage(this.#bytes, this.#length, end, fmt, message, time, this.#chunkSize);
    this.#length = end;
    this.#remember(message, fmt, delta);
    this.#chunkSize = nextChunkSize;
  }

  /** Returns everything written since the last `take`; the caller owns it, and it never changes. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = noBytes;
    this.#length = 0;
    return taken;
  }

  #chunkSizeAfter(message: OutgoingMessage): number {
    if (message.typeId !== MessageTypeId.SetChunkSize) return this.#chunkSize;
    const control = decodeProtocolControl(message.typeId, message.payload);
    return "chunkSize" in control
      ? Math.min(control.chunkSize, maxEffectiveChunkSize)
      : this.#chunkSize;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2, minCapacity));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  #remember(message: OutgoingMessage, fmt: number, delta: number): void {
    const { chunkStreamId, timestamp, typeId, messageStreamId } = message;
    const messageLength = message.payload.length;
    let nextDelta = delta;
    if (fmt === 0) nextDelta = timestamp === 0 ? 0 : noDelta;
    const previous = this.#previous.get(chunkStreamId);
    if (previous === undefined) {
      this.#previous.set(chunkStreamId, {
        timestamp,
        delta: nextDelta,
        messageLength,
        typeId,
        messageStreamId,
      });
      return;
    }
    previous.timestamp = timestamp;
    previous.delta = nextDelta;
    previous.messageLength = messageLength;
    previous.typeId = typeId;
    previous.messageStreamId = messageStreamId;
  }
}

/** The delta that type 1, 2 and 3 can carry, or `noDelta` when the message needs type 0. */
function deltaFrom(previous: PreviousHeader, message: OutgoingMessage): number {
  if (message.messageStreamId !== previous.messageStreamId) return noDelta;
  const delta = timestampDifference(message.timestamp, previous.timestamp);
  // SRS before 6.0.167 takes an extended delta as an absolute time, so it is never sent.
  return delta < 0 || delta >= extendedTimestampMark ? noDelta : delta;
}

function shortestFmt(previous: PreviousHeader, message: OutgoingMessage, delta: number): number {
  if (message.payload.length !== previous.messageLength || message.typeId !== previous.typeId) {
    return 1;
  }
  return delta === previous.delta ? 3 : 2;
}
