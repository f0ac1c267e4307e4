/**
 * The newest GOP of a stream, so that a joiner starts at once.
 *
 * Batches are kept, not packets: all joiners of one GOP share the forms that were built for the live subscribers. A GOP
 * that outgrows a bound is dropped whole, for a GOP without its keyframe is of no use; the next keyframe starts anew.
 */

import type { MediaPacket } from "@rtmp/flv";
import { timestampDifference } from "@rtmp/wire";
import type { InitSnapshot } from "./init-state.ts";
import type { HubLimits } from "./limits.ts";
import { MediaBatch } from "./media-batch.ts";
import type { Turn } from "./turn.ts";

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
  /** When it was handed out, in milliseconds of the hub's clock. */
  readonly at: number;
}

/** The GOP cache of one live stream. */
export class GopCache {
  readonly #limits: HubLimits;
  #entries: CachedBatch[] = [];
  #start: GopStart | undefined;
  #bytes = 0;
  #packets = 0;
  #picture: MediaBatch | undefined;

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

  /**
   * The keyframe alone, at the time of the newest video, so that it is not ahead of what follows; undefined when no GOP is
   * cached.
   *
   * The same batch is returned until another is added, so that joiners share it.
   */
  get picture(): MediaBatch | undefined {
    const [first] = this.#entries;
    const keyframe = first?.batch.packets[first.from];
    if (first === undefined || keyframe === undefined) return undefined;
    const { publication } = first.batch;
    this.#picture ??= new MediaBatch(
      [{ ...keyframe, timestamp: this.#newestVideoAt(keyframe.timestamp) }],
      publication,
    );
    return this.#picture;
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

  /**
   * Takes in a batch; audio alone begins no GOP, and goes on with one whose video has stopped.
   *
   * @param now  when it was handed out
   */
  add({ batch, last, number }: Turn, now: number): void {
    const first = last && batch.packets[last.index];
    if (last !== undefined && first?.kind === "video") {
      this.clear();
      this.#start = { timestamp: first.timestamp, init: last.init, at: now };
      this.#keep(this.#start, { batch, from: last.index, number });
    } else if (this.#start !== undefined) {
      this.#keep(this.#start, { batch, from: 0, number });
    }
  }

  /** Forgets the GOP. */
  clear(): void {
    this.#entries = [];
    this.#start = undefined;
    this.#picture = undefined;
    this.#bytes = 0;
    this.#packets = 0;
  }

  #newestVideoAt(otherwise: number): number {
    for (const { batch } of this.#entries.toReversed()) {
      const newest = batch.packets.findLast(isVideoFrame);
      if (newest !== undefined) return newest.timestamp;
    }
    return otherwise;
  }

  #keep(start: GopStart, entry: CachedBatch): void {
    this.#entries.push(entry);
    this.#picture = undefined;
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

function isVideoFrame({ kind, frames }: MediaPacket): boolean {
  return kind === "video" && frames.some(({ role }) => role === "coded-frames");
}
