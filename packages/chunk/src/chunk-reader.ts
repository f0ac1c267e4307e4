/**
 * The push parser of the chunk stream: bytes in, messages out.
 *
 *   basic header ─► message header ─► extended timestamp ─► payload ─► next chunk
 *
 * A header that is cut by the end of the input waits in a small buffer for its rest.
 *
 * RTMP §5.3.1, §5.4
 */
import { BufferPool } from "./buffer-pool.ts";
import { ChunkHeaderReader, type ChunkHeaderPart } from "./chunk-header-reader.ts";
import { ChunkStreamTable, type ChunkStreamState } from "./chunk-stream-state.ts";
import { ChunkError } from "./errors.ts";
import { resolveLimits, type ChunkLimits } from "./limits.ts";
import { MessageTypeId, type Message } from "./message.ts";
import { maxChunkHeaderBytes } from "./message-header.ts";
import { PayloadAssembly } from "./payload-assembly.ts";
import {
  decodeProtocolControl,
  defaultChunkSize,
  maxEffectiveChunkSize,
} from "./protocol-control.ts";
import { ReceivedMessage } from "./received-message.ts";

/**
 * Why an unfinished message was dropped.
 *
 * - `aborted`: the peer sent Abort for its chunk stream.
 * - `replaced`: the peer began another message on its chunk stream.
 */
export type DroppedMessageReason = "aborted" | "replaced";

/** What the next byte belongs to. */
export type ChunkReaderState = ChunkHeaderPart | "payload";

/** How a {@link ChunkReader} is set up. */
export interface ChunkReaderOptions {
  /**
   * What the peer may ask for.
   *
   * @default defaultChunkLimits
   */
  readonly limits?: Partial<ChunkLimits>;
  /**
   * Where buffers for messages that span several inputs come from.
   *
   * @default a pool of this reader alone
   */
  readonly pool?: BufferPool;
  /**
   * Whether the caller uses its input again after `push`; the reader then neither changes nor keeps it.
   *
   * @default false
   */
  readonly reuseInput?: boolean;
  /**
   * Whether a chunk stream must begin with a type 0 chunk, as the specification says.
   *
   * Otherwise it may begin with type 1, on message stream 0 and counting from time 0: librtmp and some cameras do.
   *
   * @default false
   * @see RTMP §5.3.1.2.1
   */
  readonly requireType0?: boolean;
  /**
   * Called for each message that the peer began and gave up.
   *
   * @default nothing is reported
   */
  readonly onDroppedMessage?: (chunkStreamId: number, reason: DroppedMessageReason) => void;
}

/** Reads the chunk stream of one direction of one connection, after the handshake. */
export class ChunkReader {
  readonly #limits: ChunkLimits;
  readonly #streams: ChunkStreamTable;
  readonly #headers: ChunkHeaderReader;
  readonly #assembly: PayloadAssembly;
  readonly #message: ReceivedMessage;
  readonly #onDroppedMessage: ChunkReaderOptions["onDroppedMessage"];

  readonly #cutHeader = new Uint8Array(maxChunkHeaderBytes);
  #cutHeaderBytes = 0;
  #chunkSize = defaultChunkSize;
  #chunkBytesLeft = 0;
  #isPushing = false;
  #failure: ChunkError | TypeError | undefined = undefined;

  /** @throws RangeError when a limit is out of its range */
  constructor(options: ChunkReaderOptions = {}) {
    const { pool = new BufferPool(), reuseInput = false, requireType0 = false } = options;
    this.#limits = resolveLimits(options.limits);
    this.#streams = new ChunkStreamTable(this.#limits.maxChunkStreams);
    this.#headers = new ChunkHeaderReader(
      this.#streams,
      this.#limits.maxMessageBytes,
      requireType0,
      (stream: ChunkStreamState) => this.#drop(stream, "replaced"),
    );
    this.#assembly = new PayloadAssembly(pool, reuseInput, this.#limits);
    this.#message = new ReceivedMessage(pool, reuseInput);
    this.#onDroppedMessage = options.onDroppedMessage;
  }

  /** Most payload bytes of the peer's next chunk, 1 to 16777215; 128 until its Set Chunk Size. */
  get chunkSize(): number {
    return this.#chunkSize;
  }

  /** What the next byte belongs to. */
  get state(): ChunkReaderState {
    if (this.#chunkBytesLeft > 0) return "payload";
    if (this.#cutHeaderBytes === 0) return "basic-header";
    return this.#headers.part(this.#cutHeader, this.#cutHeaderBytes);
  }

  /**
   * Feeds received bytes and calls `onMessage` once per completed message, in wire order.
   *
   * Any split of the input gives the same messages. Set Chunk Size and Abort are applied here before the next byte is
   * read, and handed on all the same. After an error, also one that `onMessage` throws, the reader is unusable.
   *
   * @param bytes      any number of bytes, also zero; from here on they belong to the reader, which changes them and keeps
   *                   views of them, unless `reuseInput` was set
   * @param onMessage  called synchronously, always with the same object; must not call `push`
   * @throws ChunkError when the peer breaks the format or exceeds a limit; every later call throws it again
   * @throws TypeError when called from `onMessage`, or after `onMessage` threw
   * @see RTMP §5.3.1, §5.4
   */
  push(bytes: Uint8Array, onMessage: (message: Message) => void): void {
    if (this.#isPushing) throw new TypeError("push() must not be called from onMessage");
    if (this.#failure !== undefined) throw this.#failure;
    this.#isPushing = true;
    try {
      this.#consume(bytes, onMessage);
    } catch (error) {
      this.#failure =
        error instanceof ChunkError
          ? error
          : new TypeError("the reader is unusable since a handler threw", { cause: error });
      throw error;
    } finally {
      this.#isPushing = false;
    }
  }

  #consume(input: Uint8Array, onMessage: (message: Message) => void): void {
    const end = input.length;
    let offset = 0;
    while (offset < end) {
      if (this.#cutHeaderBytes > 0) {
        offset = this.#resumeHeader(input, offset, onMessage);
      } else if (this.#chunkBytesLeft > 0) {
        offset = this.#readPayload(input, offset, onMessage);
      } else if (
        end - offset >= maxChunkHeaderBytes ||
        end - offset >= this.#headers.neededBytes(input, offset, end - offset)
      ) {
        offset = this.#readChunk(input, offset, onMessage);
      } else {
        this.#cutHeader.set(input.subarray(offset));
        this.#cutHeaderBytes = end - offset;
        offset = end;
      }
    }
    this.#assembly.flush(input);
  }

  /** Completes a header that an earlier input began. */
  #resumeHeader(input: Uint8Array, from: number, onMessage: (message: Message) => void): number {
    const header = this.#cutHeader;
    let offset = from;
    let held = this.#cutHeaderBytes;
    while (held < this.#headers.neededBytes(header, 0, held)) {
      if (offset === input.length) {
        this.#cutHeaderBytes = held;
        return offset;
      }
      header[held++] = input[offset++]!;
    }

    this.#cutHeaderBytes = 0;
    const headerBytes = this.#beginChunk(header, 0);
    if (headerBytes === held) return this.#readPayload(input, offset, onMessage);
    // Bytes that were no extended timestamp are payload, and may reach into the next chunk.
    this.#consume(header.slice(headerBytes, held), onMessage);
    return offset;
  }

  /** Reads a chunk whose header is all there, and at once delivers a message that is all there in it. */
  #readChunk(input: Uint8Array, offset: number, onMessage: (message: Message) => void): number {
    const payload = this.#headers.read(input, offset);
    const stream = this.#headers.stream!;
    const length = stream.messageLength;
    if (stream.isPartial || length > this.#chunkSize || length > input.length - payload) {
      this.#chunkBytesLeft = this.#assembly.beginFragment(stream, this.#chunkSize);
      return this.#readPayload(input, payload, onMessage);
    }
    this.#assembly.lendWhole(stream, input, payload, this.#message);
    this.#hand(stream, onMessage);
    return payload + length;
  }

  #beginChunk(bytes: Uint8Array, offset: number): number {
    const behind = this.#headers.read(bytes, offset);
    this.#chunkBytesLeft = this.#assembly.beginFragment(this.#headers.stream!, this.#chunkSize);
    return behind;
  }

  /** Takes what is there of the present chunk's payload, also when that is nothing. */
  #readPayload(input: Uint8Array, offset: number, onMessage: (message: Message) => void): number {
    const stream = this.#headers.stream!;
    const available = input.length - offset;
    const length = available < this.#chunkBytesLeft ? available : this.#chunkBytesLeft;
    if (length > 0) {
      this.#assembly.append(stream, input, offset, length);
      this.#chunkBytesLeft -= length;
    }
    const behind = offset + length;
    if (stream.arrivedBytes === stream.messageLength) this.#deliver(stream, input, onMessage);
    else if (this.#chunkBytesLeft === 0) {
      return this.#assembly.appendWholeChunks(stream, input, behind, this.#chunkSize);
    }
    return behind;
  }

  #deliver(
    stream: ChunkStreamState,
    input: Uint8Array,
    onMessage: (message: Message) => void,
  ): void {
    this.#assembly.finish(stream, input, this.#message);
    this.#hand(stream, onMessage);
  }

  #hand(stream: ChunkStreamState, onMessage: (message: Message) => void): void {
    const message = this.#message;
    if (stream.typeId === MessageTypeId.SetChunkSize || stream.typeId === MessageTypeId.Abort) {
      this.#apply(stream.typeId, message.payload);
    }
    onMessage(message);
    message.reclaim();
  }

  #apply(typeId: number, payload: Uint8Array): void {
    const control = decodeProtocolControl(typeId, payload);
    if (control.typeId === MessageTypeId.SetChunkSize) {
      this.#setChunkSize(control.chunkSize);
    } else if (control.typeId === MessageTypeId.Abort) {
      const stream = this.#streams.find(control.chunkStreamId);
      if (stream?.isPartial === true) this.#drop(stream, "aborted");
    }
  }

  #setChunkSize(chunkSize: number): void {
    const { minChunkSize, maxChunkSize } = this.#limits;
    if (chunkSize < minChunkSize || chunkSize > maxChunkSize) {
      throw new ChunkError(
        "RTMP_ERR_CHUNK_SIZE_OUT_OF_LIMITS",
        `chunk size ${chunkSize}; the limits are ${minChunkSize} and ${maxChunkSize}`,
      );
    }
    this.#chunkSize = Math.min(chunkSize, maxEffectiveChunkSize);
  }

  #drop(stream: ChunkStreamState, reason: DroppedMessageReason): void {
    this.#assembly.drop(stream);
    this.#onDroppedMessage?.(stream.chunkStreamId, reason);
  }
}
