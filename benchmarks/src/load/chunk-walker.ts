/**
 * Goes from message to message of a chunk stream without moving payloads, at a fraction of a server's cost.
 *
 * It looks at the first bytes of each message and skips the rest, and shares no code with the readers that it measures.
 *
 * RTMP §5.3.1
 */

/** Is told each message when its last byte has come. */
export interface MessageSink {
  /**
   * @param bytes   the message's first bytes are in it, at `offset`: at least {@link mediaHeadBytes} of audio and video and
   *   {@link commandHeadBytes} of anything else, if the message has that many; valid during the call only
   * @param length  of the whole message
   */
  onMessage(
    typeId: number,
    timestamp: number,
    length: number,
    bytes: Uint8Array,
    offset: number,
  ): void;
}

/** What is kept of audio and video. */
export const mediaHeadBytes = 64;
/** What is kept of anything else. */
export const commandHeadBytes = 1_024;

const audio = 8;
const video = 9;
const setChunkSize = 1;
const maxHeaderBytes = 3 + 11 + 4;
const messageHeaderBytes = [11, 7, 3, 0] as const;

/** One chunk stream's previous header, and the message under way. */
interface ChunkStream {
  timestamp: number;
  delta: number;
  hasExtended: boolean;
  length: number;
  typeId: number;
  // Bytes of the message that have not come yet.
  left: number;
  head: Uint8Array | undefined;
  headLength: number;
}

/** The walker of one direction of one connection. */
export class ChunkWalker {
  readonly #sink: MessageSink;
  readonly #streams = new Map<number, ChunkStream>();
  readonly #carry = new Uint8Array(maxHeaderBytes);
  #carried = 0;
  #chunkSize: number;
  #current: ChunkStream | undefined;
  #chunkLeft = 0;
  // The last header that was parsed.
  #headerBytes = 0;

  /** @param chunkSize  until the sender says another one */
  constructor(sink: MessageSink, chunkSize = 128) {
    this.#sink = sink;
    this.#chunkSize = chunkSize;
  }

  /** Takes in received bytes. */
  push(bytes: Uint8Array): void {
    let at = this.#finishHeader(bytes);
    const end = bytes.length;
    while (at < end) {
      if (this.#current === undefined) {
        const stream = this.#parseHeader(bytes, at, end);
        if (stream === undefined) {
          this.#carried = end - at;
          this.#carry.set(bytes.subarray(at, end));
          return;
        }
        at += this.#headerBytes;
        this.#begin(stream);
      }
      at = this.#skip(bytes, at, end);
    }
  }

  /** Completes a header whose first bytes came before; returns where the rest begins. */
  #finishHeader(bytes: Uint8Array): number {
    if (this.#carried === 0) return 0;
    const before = this.#carried;
    const more = Math.min(maxHeaderBytes - before, bytes.length);
    this.#carry.set(bytes.subarray(0, more), before);
    const stream = this.#parseHeader(this.#carry, 0, before + more);
    if (stream === undefined) {
      this.#carried += more;
      return bytes.length;
    }
    this.#carried = 0;
    this.#begin(stream);
    const at = this.#headerBytes - before;
    // A message without a payload ends with its header.
    return this.#chunkLeft === 0 ? this.#skip(bytes, at, bytes.length) : at;
  }

  #begin(stream: ChunkStream): void {
    this.#current = stream;
    this.#chunkLeft = Math.min(stream.left, this.#chunkSize);
  }

  /** Passes over as much of the chunk under way as is there; returns where it stopped. */
  #skip(bytes: Uint8Array, at: number, end: number): number {
    const stream = this.#current;
    if (stream === undefined) return at;

    const take = Math.min(this.#chunkLeft, end - at);
    const isWhole = stream.left === stream.length && take === stream.length;
    if (!isWhole) this.#keepHead(stream, bytes, at, take);
    stream.left -= take;
    this.#chunkLeft -= take;
    if (this.#chunkLeft > 0) return at + take;

    this.#current = undefined;
    if (stream.left === 0) {
      stream.left = stream.length;
      if (isWhole) this.#tell(stream, bytes, at);
      else this.#tell(stream, stream.head ?? bytes, 0);
      stream.headLength = 0;
    }
    return at + take;
  }

  #tell({ typeId, timestamp, length }: ChunkStream, bytes: Uint8Array, offset: number): void {
    if (typeId === setChunkSize) this.#chunkSize = readUint(bytes, offset, 4) & 0x7fffffff;
    this.#sink.onMessage(typeId, timestamp, length, bytes, offset);
  }

  #keepHead(stream: ChunkStream, bytes: Uint8Array, at: number, available: number): void {
    const isMedia = stream.typeId === audio || stream.typeId === video;
    const wanted = (isMedia ? mediaHeadBytes : commandHeadBytes) - stream.headLength;
    if (wanted <= 0) return;
    stream.head ??= new Uint8Array(commandHeadBytes);
    const count = Math.min(wanted, available);
    stream.head.set(bytes.subarray(at, at + count), stream.headLength);
    stream.headLength += count;
  }

  /** Returns the chunk's stream, or undefined when bytes of the header are missing. */
  #parseHeader(bytes: Uint8Array, at: number, end: number): ChunkStream | undefined {
    const first = bytes[at] ?? 0;
    const marker = first & 0x3f;
    const basicBytes = marker === 0 ? 2 : marker === 1 ? 3 : 1;
    const fmt = first >> 6;
    const fields = at + basicBytes;
    let behind = fields + (messageHeaderBytes[fmt] ?? 0);
    if (behind > end) return undefined;

    const id =
      marker > 1
        ? marker
        : 64 + (bytes[at + 1] ?? 0) + (marker === 1 ? 256 * (bytes[at + 2] ?? 0) : 0);
    const known = this.#streams.get(id);
    const time = fmt < 3 ? readUint(bytes, fields, 3) : 0;
    const hasExtended = fmt < 3 ? time === 0xffffff : (known?.hasExtended ?? false);
    if (hasExtended) behind += 4;
    if (behind > end) return undefined;

    const stream = known ?? this.#add(id);
    this.#headerBytes = behind - at;
    if (fmt < 2) {
      stream.length = readUint(bytes, fields + 3, 3);
      stream.typeId = bytes[fields + 6] ?? 0;
      stream.left = stream.length;
    }
    if (fmt < 3) {
      stream.hasExtended = hasExtended;
      stream.delta = hasExtended ? readUint(bytes, behind - 4, 4) : time;
      stream.timestamp = fmt === 0 ? stream.delta : (stream.timestamp + stream.delta) >>> 0;
    } else if (stream.left === stream.length) {
      stream.timestamp = (stream.timestamp + stream.delta) >>> 0;
    }
    return stream;
  }

  #add(id: number): ChunkStream {
    const stream: ChunkStream = {
      timestamp: 0,
      delta: 0,
      hasExtended: false,
      length: 0,
      typeId: 0,
      left: 0,
      head: undefined,
      headLength: 0,
    };
    this.#streams.set(id, stream);
    return stream;
  }
}

function readUint(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 256 + (bytes[i] ?? 0);
  return value;
}
