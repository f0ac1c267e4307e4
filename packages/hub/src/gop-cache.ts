/**
 * The newest GOP of a stream, so that a joiner starts at once.
 *
 * Batches are kept, not packets: all joiners of one GOP share the forms that were built for the live subscribers. A GOP
 * that outgrows a bound is dropped whole, for a GOP without its keyframe is of no use; the next keyframe starts anew.
 */

import { timestampDifference } from "@rtmp/wire";
import type { HubLimits } from "./limits.ts";
import type { MediaBatch } from "./media-batch.ts";

/** A batch, and the packet that a joiner begins with. */
export interface CachedBatch {
  readonly batch: MediaBatch;
  readonly from: number;
}

/** The GOP cache of one live stream. */
export class GopCache {
  readonly #limits: HubLimits;
  #entries: CachedBatch[] = [];
  #bytes = 0;
  #startTimestamp = 0;

  constructor(limits: HubLimits) {
    this.#limits = limits;
  }

  /** What a joiner gets, in order; empty when no GOP is cached. */
  get entries(): readonly CachedBatch[] {
    return this.#entries;
  }

  /** Bytes of the bodies that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Timestamp of the first packet. */
  get startTimestamp(): number {
    return this.#startTimestamp;
  }

  /**
   * Takes in a batch.
   *
   * @param keyframe  index of the last packet that starts a GOP; -1 when none does
   */
  add(batch: MediaBatch, keyframe: number): void {
    const first = batch.packets[keyframe];
    if (first !== undefined) {
      this.clear();
      this.#startTimestamp = first.timestamp;
      this.#keep({ batch, from: keyframe });
    } else if (this.#entries.length > 0) {
      this.#keep({ batch, from: 0 });
    }
  }

  /** Forgets the GOP. */
  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
  }

  #keep(entry: CachedBatch): void {
    this.#entries.push(entry);
    this.#bytes += entry.batch.bytes;
    const newest = entry.batch.packets.at(-1)?.timestamp ?? this.#startTimestamp;
    const milliseconds = timestampDifference(newest, this.#startTimestamp);
    if (this.#bytes > this.#limits.gopCacheBytes || milliseconds > this.#limits.gopCacheMs) {
      this.clear();
    }
  }
}
