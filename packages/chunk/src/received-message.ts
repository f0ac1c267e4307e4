import type { BufferPool } from "./buffer-pool.ts";
import type { ChunkStreamState } from "./chunk-stream-state.ts";
import type { Message } from "./message.ts";

// A payload that keeps more than this many times its own size alive is copied when taken.
const maxOverhead = 4;
const noBytes = new Uint8Array(0);

/** The one message object of a reader, filled anew for every message. */
export class ReceivedMessage implements Message {
  chunkStreamId = 0;
  timestamp = 0;
  typeId = 0;
  messageStreamId = 0;
  payload: Uint8Array = noBytes;

  readonly #pool: BufferPool;
  readonly #isInputReused: boolean;
  #pooled: Uint8Array | undefined = undefined;
  #isLent = false;
  #isTaken = false;

  constructor(pool: BufferPool, isInputReused: boolean) {
    this.#pool = pool;
    this.#isInputReused = isInputReused;
  }

  /** Begins the time in which the message may be read, with a view of the input or of a pooled buffer. */
  lend(stream: ChunkStreamState, payload: Uint8Array, pooled: Uint8Array | undefined): void {
    this.chunkStreamId = stream.chunkStreamId;
    this.timestamp = stream.timestamp;
    this.typeId = stream.typeId;
    this.messageStreamId = stream.messageStreamId;
    this.payload = payload;
    this.#pooled = pooled;
    this.#isLent = true;
    this.#isTaken = false;
  }

  /** Ends that time; a pooled buffer that was not taken goes back. */
  reclaim(): void {
    this.#isLent = false;
    this.payload = noBytes;
    if (this.#pooled !== undefined) {
      this.#pool.release(this.#pooled);
      this.#pooled = undefined;
    }
  }

  take(): Uint8Array {
    if (!this.#isLent) {
      throw new TypeError("take() must be called before onMessage returns");
    }
    if (!this.#isTaken) {
      this.#isTaken = true;
      this.payload = this.#keep(this.payload);
    }
    return this.payload;
  }

  #keep(payload: Uint8Array): Uint8Array {
    const pooled = this.#pooled;
    if (pooled === undefined) {
      const isWasteful = payload.buffer.byteLength > maxOverhead * payload.length;
      return this.#isInputReused || isWasteful ? payload.slice() : payload;
    }
    if (pooled.length > maxOverhead * payload.length) return payload.slice();
    this.#pool.forget(pooled);
    this.#pooled = undefined;
    return payload;
  }
}
