/**
 * Joins the payloads of chunks into those of messages, with as few copies as the input allows.
 *
 * The chunks of one message that follow each other in one input are moved together in the input itself, over the chunk
 * headers between them: such a run is the whole message in most cases. What ends with the input or with a chunk of
 * another chunk stream goes to a buffer of the pool.
 */
import type { BufferPool } from "./buffer-pool.ts";
import type { ChunkStreamState } from "./chunk-stream-state.ts";
import { copyBytes, moveBytes } from "./copy-bytes.ts";
import { ChunkError } from "./errors.ts";
import { InputViews } from "./input-views.ts";
import type { ChunkLimits } from "./limits.ts";
import type { ReceivedMessage } from "./received-message.ts";
import { closeGaps, countChunks } from "./whole-chunks.ts";

// Up to this size a move within a buffer is cheaper than a copy of its own from one buffer to another.
const smallFragmentBytes = 1024;

/** The payloads under way on all chunk streams of one direction. */
export class PayloadAssembly {
  readonly #pool: BufferPool;
  readonly #views = new InputViews();
  readonly #isInputReused: boolean;
  readonly #maxPartialMessages: number;
  readonly #maxPartialBytes: number;
  #partialMessages = 0;
  #partialBytes = 0;

  // The run: the last bytes of the message of #runStream, in the present input.
  #runStream: ChunkStreamState | undefined = undefined;
  #runStart = 0;
  #runBytes = 0;

  constructor(pool: BufferPool, isInputReused: boolean, limits: ChunkLimits) {
    this.#pool = pool;
    this.#isInputReused = isInputReused;
    this.#maxPartialMessages = limits.maxPartialMessages;
    this.#maxPartialBytes = limits.maxPartialBytes;
  }

  /**
   * Begins a chunk and returns its payload bytes.
   *
   * The count does not depend on how much of the chunk is there, so any split of the input meets the same limits.
   *
   * @throws ChunkError when the limits of partial messages are exceeded
   */
  beginFragment(stream: ChunkStreamState, chunkSize: number): number {
    const left = stream.messageLength - stream.arrivedBytes;
    const fragment = left < chunkSize ? left : chunkSize;
    this.#partialBytes += fragment;
    if (this.#partialBytes > this.#maxPartialBytes) this.#throwTooMany(this.#partialBytes);
    if (fragment < left && !stream.isPartial) this.#countPartial(stream);
    return fragment;
  }

  #throwTooMany(partialBytes: number): never {
    throw new ChunkError(
      "RTMP_ERR_TOO_MANY_PARTIAL_BYTES",
      `unfinished messages hold ${partialBytes} bytes; the limit is ${this.#maxPartialBytes}`,
    );
  }

  #countPartial(stream: ChunkStreamState): void {
    if (this.#partialMessages === this.#maxPartialMessages) {
      throw new ChunkError(
        "RTMP_ERR_TOO_MANY_PARTIAL_MESSAGES",
        `message on chunk stream ${stream.chunkStreamId} begins while ${this.#partialMessages} are unfinished`,
      );
    }
    this.#partialMessages++;
    stream.isPartial = true;
  }

  /** Adds `length` bytes of the input, at least one, to the message of a chunk stream. */
  append(stream: ChunkStreamState, input: Uint8Array, offset: number, length: number): void {
    if (this.#runStream === stream && this.#mayExtendRun(stream, input, offset, length)) {
      moveBytes(input, this.#runStart + this.#runBytes, offset, offset + length);
      this.#runBytes += length;
    } else {
      this.#store(input, this.#runStream === stream ? length : 0);
      this.#runStream = stream;
      this.#runStart = offset;
      this.#runBytes = length;
    }
    stream.arrivedBytes += length;
  }

  /** Between the run and the new bytes lies nothing but the header of their chunk. */
  #mayExtendRun(
    stream: ChunkStreamState,
    input: Uint8Array,
    offset: number,
    length: number,
  ): boolean {
    if (this.#isInputReused) return false;
    if (length <= smallFragmentBytes) return true;
    // A large fragment is moved only if the move spares the copy into a pooled buffer.
    const left = stream.messageLength - stream.arrivedBytes;
    return stream.buffer === undefined && left <= input.length - offset;
  }

  /**
   * Takes in one go the chunks that follow an appended one with a 1-byte header and do not end the message.
   *
   * They need none of the decisions of other chunks, and make up nearly all of a message of many small ones.
   *
   * @returns the offset behind them
   */
  appendWholeChunks(
    stream: ChunkStreamState,
    input: Uint8Array,
    offset: number,
    chunkSize: number,
  ): number {
    const mayMove = this.#mayExtendRun(stream, input, offset, chunkSize);
    const most = this.#mostWholeChunks(stream, input.length - offset, chunkSize);
    if (most === 0) return offset;

    const header = 0xc0 | stream.chunkStreamId;
    let count: number;
    if (mayMove) {
      const target = this.#runStart + this.#runBytes;
      count = closeGaps(input, target, offset, most, chunkSize, header);
      this.#runBytes += count * chunkSize;
    } else {
      count = countChunks(input, offset, most, chunkSize, header);
      if (count === 0) return offset;
      this.#storeWholeChunks(stream, input, offset, count, chunkSize);
    }
    stream.arrivedBytes += count * chunkSize;
    this.#partialBytes += count * chunkSize;
    return offset + count * (chunkSize + 1);
  }

  /** Stores the run and `count` whole chunks behind it in the buffer of their message. */
  #storeWholeChunks(
    stream: ChunkStreamState,
    input: Uint8Array,
    offset: number,
    count: number,
    chunkSize: number,
  ): void {
    const bytes = count * (chunkSize + 1);
    const target = stream.arrivedBytes;
    this.#store(input, bytes);
    const buffer = this.#makeRoom(stream, target, bytes);
    if (chunkSize <= smallFragmentBytes) {
      copyBytes(this.#views.of(input, offset, bytes), buffer, target);
      closeGaps(buffer, target, target, count, chunkSize, 0xc0 | stream.chunkStreamId);
      return;
    }
    for (let i = 0; i < count; i++) {
      const payload = this.#views.of(input, offset + i * (chunkSize + 1) + 1, chunkSize);
      copyBytes(payload, buffer, target + i * chunkSize);
    }
  }

  /** How many whole chunks may follow before the message or the input ends, or a limit is met. */
  #mostWholeChunks(stream: ChunkStreamState, available: number, chunkSize: number): number {
    if (stream.chunkStreamId > 63 || stream.hasExtendedTimestamp) return 0;
    const left = stream.messageLength - stream.arrivedBytes;
    const allowed = Math.min(left - 1, this.#maxPartialBytes - this.#partialBytes);
    return Math.min(Math.floor(allowed / chunkSize), Math.floor(available / (chunkSize + 1)));
  }

  /** Stores the run in the buffer of its message, as the input ends. */
  flush(input: Uint8Array): void {
    this.#store(input, 0);
    this.#views.forget();
  }

  /** Stores the run, with room for `more` bytes of the same message that are there too. */
  #store(input: Uint8Array, more: number): void {
    const stream = this.#runStream;
    if (stream === undefined) return;
    const stored = stream.arrivedBytes - this.#runBytes;
    const buffer = this.#makeRoom(stream, stored, this.#runBytes + more);
    copyBytes(this.#views.of(input, this.#runStart, this.#runBytes), buffer, stored);
    this.#runStream = undefined;
  }

  /**
   * Returns a buffer that holds what is stored and has room for `more` bytes.
   *
   * Capacity doubles with the bytes that arrived, up to the message's length: a header that declares much costs nothing.
   */
  #makeRoom(stream: ChunkStreamState, stored: number, more: number): Uint8Array {
    const present = stream.buffer;
    const needed = stored + more;
    if (present !== undefined && present.length >= needed) return present;

    const doubled = Math.min(stream.messageLength, needed * 2);
    const grown = this.#pool.acquire(Math.max(needed, doubled));
    stream.buffer = grown;
    if (present !== undefined) {
      copyBytes(present.subarray(0, stored), grown, 0);
      this.#pool.release(present);
    }
    return grown;
  }

  /**
   * Lends a message that lies whole in one chunk of the input.
   *
   * @throws ChunkError as {@link beginFragment} does, so that any split of the input meets the same limit
   */
  lendWhole(
    stream: ChunkStreamState,
    input: Uint8Array,
    offset: number,
    message: ReceivedMessage,
  ): void {
    const length = stream.messageLength;
    const partialBytes = this.#partialBytes + length;
    if (partialBytes > this.#maxPartialBytes) this.#throwTooMany(partialBytes);
    // The run may not grow over bytes that are lent from here on.
    this.#store(input, 0);
    message.lend(stream, this.#views.of(input, length === 0 ? 0 : offset, length), undefined);
  }

  /** Lends the message whose last byte arrived, and readies the chunk stream for the next one. */
  finish(stream: ChunkStreamState, input: Uint8Array, message: ReceivedMessage): void {
    const length = stream.messageLength;
    if (stream.buffer === undefined) {
      const start = length === 0 ? 0 : this.#runStart;
      message.lend(stream, this.#views.of(input, start, length), undefined);
      if (length > 0) this.#runStream = undefined;
    } else {
      this.#store(input, 0);
      const { buffer } = stream;
      message.lend(stream, buffer.subarray(0, length), buffer);
      stream.buffer = undefined;
    }
    this.#reset(stream);
  }

  /** Drops the unfinished message of a chunk stream; its last header stays. */
  drop(stream: ChunkStreamState): void {
    if (this.#runStream === stream) this.#runStream = undefined;
    if (stream.buffer !== undefined) {
      this.#pool.release(stream.buffer);
      stream.buffer = undefined;
    }
    this.#reset(stream);
  }

  #reset(stream: ChunkStreamState): void {
    this.#partialBytes -= stream.arrivedBytes;
    stream.arrivedBytes = 0;
    if (stream.isPartial) {
      stream.isPartial = false;
      this.#partialMessages--;
    }
  }
}
