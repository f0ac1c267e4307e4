/**
 * What a reader remembers of each chunk stream: the previous header and the message that is under way.
 *
 * RTMP §5.3.1.2
 */
import { ChunkError } from "./errors.ts";

/** One chunk stream of one direction. A fresh one has the zeros that a type 1 chunk may lean on. */
export class ChunkStreamState {
  readonly chunkStreamId: number;
  /** Absolute time of the last message, u32 ms. */
  timestamp = 0;
  /** What a type 3 chunk that starts a message adds, u32 ms. After type 0 that is its timestamp (RTMP §5.3.1.2.4). */
  delta = 0;
  /** Whether the last type 0, 1 or 2 chunk had an extended timestamp; its value then is `delta`. */
  hasExtendedTimestamp = false;
  /** Payload bytes of the whole message. */
  messageLength = 0;
  typeId = 0;
  messageStreamId = 0;

  /** Whether a message waits for further chunks; false within a message of one chunk. */
  isPartial = false;
  /** Payload bytes of the message that have arrived. */
  arrivedBytes = 0;
  /** Holds what arrived with earlier inputs; of the pool. */
  buffer: Uint8Array | undefined = undefined;

  constructor(chunkStreamId: number) {
    this.chunkStreamId = chunkStreamId;
  }
}

// Copied for each reader: a good deal cheaper than building it.
const noStreams: readonly (ChunkStreamState | undefined)[] = Array.from({ length: 64 });

/** The chunk streams of one direction, bounded. */
export class ChunkStreamTable {
  readonly #maxChunkStreams: number;
  // Ids of the 1-byte form, which nearly every peer keeps to, are found by index.
  readonly #low: (ChunkStreamState | undefined)[] = noStreams.slice();
  readonly #high = new Map<number, ChunkStreamState>();
  #size = 0;

  constructor(maxChunkStreams: number) {
    this.#maxChunkStreams = maxChunkStreams;
  }

  /** Returns what is known of a chunk stream. */
  find(chunkStreamId: number): ChunkStreamState | undefined {
    return chunkStreamId < 64 ? this.#low[chunkStreamId] : this.#high.get(chunkStreamId);
  }

  /**
   * Remembers a new chunk stream.
   *
   * @throws ChunkError `RTMP_ERR_TOO_MANY_CHUNK_STREAMS`
   */
  add(chunkStreamId: number): ChunkStreamState {
    if (this.#size === this.#maxChunkStreams) {
      throw new ChunkError(
        "RTMP_ERR_TOO_MANY_CHUNK_STREAMS",
        `chunk stream ${chunkStreamId} is one more than the limit of ${this.#maxChunkStreams}`,
      );
    }
    const state = new ChunkStreamState(chunkStreamId);
    if (chunkStreamId < 64) this.#low[chunkStreamId] = state;
    else this.#high.set(chunkStreamId, state);
    this.#size++;
    return state;
  }
}
