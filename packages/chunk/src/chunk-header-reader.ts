/**
 * Reads chunk headers and keeps each chunk stream's previous header.
 *
 * RTMP §5.3.1
 */
import { addTimestamp } from "@rtmp/wire";

import { basicHeaderBytes, readChunkStreamId } from "./basic-header.ts";
import type { ChunkStreamState, ChunkStreamTable } from "./chunk-stream-state.ts";
import { ChunkError } from "./errors.ts";
import { ExtendedTimestampHabit } from "./extended-timestamp-habit.ts";
import {
  extendedTimestampBytes,
  extendedTimestampMark,
  messageHeaderBytes,
  readU24,
  readU32,
  readU32le,
} from "./message-header.ts";

/** Drops the message of a chunk stream that began another one before its end. */
export type ReplaceMessage = (stream: ChunkStreamState) => void;

/** Which part of a chunk header the next byte belongs to. */
export type ChunkHeaderPart = "basic-header" | "message-header" | "extended-timestamp";

/** Reads complete chunk headers into the states of their chunk streams. */
export class ChunkHeaderReader {
  readonly #streams: ChunkStreamTable;
  readonly #maxMessageBytes: number;
  readonly #replaceMessage: ReplaceMessage;
  readonly #lastFirstFmt: number;
  readonly #habit = new ExtendedTimestampHabit();

  /** The chunk stream of the header that was read last. */
  stream: ChunkStreamState | undefined = undefined;

  /** @param requiresType0  whether only type 0 may begin a chunk stream */
  constructor(
    streams: ChunkStreamTable,
    maxMessageBytes: number,
    requiresType0: boolean,
    replaceMessage: ReplaceMessage,
  ) {
    this.#streams = streams;
    this.#maxMessageBytes = maxMessageBytes;
    this.#replaceMessage = replaceMessage;
    // librtmp begins chunk stream 2 with a type 1 chunk; the previous values then are zero. Types 2 and 3 have no length
    // to go by.
    this.#lastFirstFmt = requiresType0 ? 0 : 1;
  }

  /**
   * Returns how many bytes the header needs, as far as the `available` ones tell; at least one is there.
   *
   * The four bytes that may be an extended timestamp or payload count as needed.
   */
  neededBytes(bytes: Uint8Array, offset: number, available: number): number {
    const first = bytes[offset]!;
    const basic = basicHeaderBytes(first);
    if (available < basic) return basic;

    const fmt = first >> 6;
    if (fmt === 3) {
      const stream = this.#streams.find(readChunkStreamId(bytes, offset));
      const isExtended =
        stream?.hasExtendedTimestamp === true && !(stream.isPartial && this.#habit.isLeftOut);
      return isExtended ? basic + extendedTimestampBytes : basic;
    }

    const fixed = basic + messageHeaderBytes(fmt);
    if (available < fixed || readU24(bytes, offset + basic) !== extendedTimestampMark) return fixed;
    return fixed + extendedTimestampBytes;
  }

  /** Names the part of an incomplete header that the next byte belongs to. */
  part(bytes: Uint8Array, available: number): ChunkHeaderPart {
    const first = bytes[0]!;
    const basic = basicHeaderBytes(first);
    if (available < basic) return "basic-header";
    return available < basic + messageHeaderBytes(first >> 6)
      ? "message-header"
      : "extended-timestamp";
  }

  /**
   * Reads a header whose needed bytes are all there.
   *
   * @returns the offset behind the header; peeked bytes that turned out to be payload lie behind it
   * @throws ChunkError
   */
  read(bytes: Uint8Array, offset: number): number {
    const first = bytes[offset]!;
    const chunkStreamId = readChunkStreamId(bytes, offset);
    const fmt = first >> 6;
    let stream = this.#streams.find(chunkStreamId);
    if (stream === undefined) {
      if (fmt > this.#lastFirstFmt) this.#throwMissingHeader(fmt, chunkStreamId, offset);
      stream = this.#streams.add(chunkStreamId);
    }
    this.stream = stream;

    const behindBasic = offset + basicHeaderBytes(first);
    if (fmt !== 3) return this.#readFields(stream, fmt, bytes, behindBasic);
    if (stream.isPartial) {
      return stream.hasExtendedTimestamp
        ? this.#skipRepeatedTimestamp(stream, bytes, behindBasic)
        : behindBasic;
    }
    stream.timestamp = addTimestamp(stream.timestamp, stream.delta);
    return stream.hasExtendedTimestamp ? behindBasic + extendedTimestampBytes : behindBasic;
  }

  #throwMissingHeader(fmt: number, chunkStreamId: number, offset: number): never {
    throw new ChunkError(
      "RTMP_ERR_MISSING_PREVIOUS_HEADER",
      `type ${fmt} chunk on chunk stream ${chunkStreamId} without a previous header`,
      { offset },
    );
  }

  #skipRepeatedTimestamp(stream: ChunkStreamState, bytes: Uint8Array, offset: number): number {
    if (this.#habit.isLeftOut) return offset;
    const isThere = this.#habit.decide(readU32(bytes, offset) === stream.delta);
    return isThere ? offset + extendedTimestampBytes : offset;
  }

  #readFields(stream: ChunkStreamState, fmt: number, bytes: Uint8Array, offset: number): number {
    let isContinuation = stream.isPartial;
    if (fmt < 2) {
      const messageLength = readU24(bytes, offset + 3);
      const typeId = bytes[offset + 6]!;
      if (isContinuation) {
        // Not legal; some encoders repeat the header within a message all the same.
        isContinuation =
          fmt === 1 && messageLength === stream.messageLength && typeId === stream.typeId;
        if (!isContinuation) this.#replaceMessage(stream);
      }
      if (messageLength > this.#maxMessageBytes) this.#throwTooLarge(messageLength, offset);
      stream.messageLength = messageLength;
      stream.typeId = typeId;
    }

    const end = offset + messageHeaderBytes(fmt);
    const field = readU24(bytes, offset);
    const isExtended = field === extendedTimestampMark;
    const time = isExtended ? readU32(bytes, end) : field;
    stream.hasExtendedTimestamp = isExtended;
    stream.delta = time;
    if (fmt === 0) {
      stream.timestamp = time;
      // Little-endian, unlike every other field (RTMP §5.3.1.2.1).
      stream.messageStreamId = readU32le(bytes, offset + 7);
    } else if (!isContinuation) {
      stream.timestamp = addTimestamp(stream.timestamp, time);
    }
    return isExtended ? end + extendedTimestampBytes : end;
  }

  #throwTooLarge(messageLength: number, offset: number): never {
    throw new ChunkError(
      "RTMP_ERR_MESSAGE_TOO_LARGE",
      `message of ${messageLength} bytes; the limit is ${this.#maxMessageBytes}`,
      { offset },
    );
  }
}
