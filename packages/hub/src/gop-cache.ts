/**
 * The newest GOP of a stream, so that a joiner starts at once.
 *
 * Batches are kept, not packets: all joiners of one GOP share the forms that were built for the live subscribers. A GOP
 * that outgrows a bound is dropped whole, for a GOP without its keyframe is of no use; the next keyframe starts anew.
 */

import { timestampDifference } from "@rtmp/wire";
import type { InitSnapshot } from "./init-state.ts";
import type { HubLimits } from "./limits.ts";
import type { MediaBatch } from "./media-batch.ts";
import type { Turn } from "./pending-batch.ts";

/** A batch, and the packet that a joiner begins with. */
export interface CachedBatch {
  readonly batch: MediaBatch;
  readonly from: number;
  /** Of its turn. */
  readonly number: number;
}

/** Where the cached GOP begins. */
export interface GopStart {
  /** Timestamp of its keyframe. */
  readonly timestamp: number;
  /** The init state before its keyframe; what changed since is in the batches. */
  readonly init: InitSnapshot;
}

/** The GOP cache of one live stream. */
export class GopCache {
  readonly #limits: HubLimits;
  #entries: CachedBatch[] = [];
  #start: GopStart | undefined;
  #bytes = 0;
  #packets = 0;

  constructor(limits: HubLimits) {
    this.#limits = limits;
  }

  /** Where the GOP begins; undefined when none is cached. */
  get start(): GopStart | undefined {
    return this.#start;
  }

  /** What a joiner gets, in order. */
  get entries(): readonly CachedBatch[] {
    return this.#entries;
  }

  /** Whether the GOP began in or before a turn, so that who saw that turn goes on behind it. */
  reachesBackTo(number: number): boolean {
    const [oldest] = this.#entries;
    return oldest !== undefined && oldest.number <= number;
  }

  /** Bytes of the bodies that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes in a batch; audio alone begins no GOP, and goes on with one whose video has stopped. */
  add({ batch, last, number }: Turn): void {
    const first = last && batch.packets[last.index];
    if (last !== undefined && first?.kind === "video") {
      this.clear();
      this.#start = { timestamp: first.timestamp, init: last.init };
      this.#keep(this.#start, { batch, from: last.index, number });
    } else if (this.#start !== undefined) {
      this.#keep(this.#start, { batch, from: 0, number });
    }
  }

  /** Forgets the GOP. */
  clear(): void {
    this.#entries = [];
    this.#start = undefined;
    this.#bytes = 0;
    this.#packets = 0;
  }

  #keep(start: GopStart, entry: CachedBatch): void {
    this.#entries.push(entry);
    this.#bytes += entry.batch.bytes;
    this.#packets += entry.batch.packets.length;
    // Metadata has the time 0, wherever it stands.
    const newest = entry.batch.packets.findLast(({ kind }) => kind !== "data");
    const milliseconds = timestampDifference(newest?.timestamp ?? start.timestamp, start.timestamp);
    const { gopCacheBytes, gopCachePackets, gopCacheMs } = this.#limits;
    if (
      this.#bytes > gopCacheBytes ||
      this.#packets > gopCachePackets ||
      milliseconds > gopCacheMs ||
      gopCacheMs === 0
    ) {
      this.clear();
    }
  }
}
