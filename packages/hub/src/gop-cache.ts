/**
 * The newest GOP of a stream, so that a joiner starts at once.
 *
 * What was handed out rests until somebody joins; then it becomes a batch, which joiners of the same GOP share, with the
 * forms that are built from it. A GOP that outgrows a bound is dropped whole, for a GOP without its keyframe is of no use;
 * the next keyframe starts anew.
 */

import type { MediaPacket } from "@rtmp/flv";
import { timestampDifference } from "@rtmp/wire";
import type { InitSnapshot } from "./init-state.ts";
import { KeptPackets } from "./kept-packets.ts";
import type { HubLimits } from "./limits.ts";
import { MediaBatch } from "./media-batch.ts";
import type { Turn } from "./turn.ts";

/** A batch, and the packet that a joiner begins with. */
export interface CachedBatch {
  readonly batch: MediaBatch;
  readonly from: number;
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

/** What several turns in a row brought. */
interface Span {
  /** Number of its first turn. */
  readonly number: number;
  /** Where each turn begins: the index of its first packet. */
  readonly turns: readonly number[];
  readonly batch: MediaBatch;
}

/** A GOP that is kept. */
interface Gop extends GopStart {
  readonly number: number;
  readonly publication: number | undefined;
  newestVideoAt: number;
}

/** The GOP cache of one live stream. */
export class GopCache {
  readonly #limits: HubLimits;
  #gop: Gop | undefined;
  #bytes = 0;
  #packets = 0;
  // What joiners have asked for, and behind it what nobody has.
  #spans: Span[] = [];
  #resting: KeptPackets;
  #restingTurns: number[] = [];
  #nextNumber = 0;
  #picture: MediaBatch | undefined;

  constructor(limits: HubLimits) {
    this.#limits = limits;
    this.#resting = new KeptPackets(limits.gopCacheBytes);
  }

  /** Where the GOP begins; undefined when none is cached. */
  get start(): GopStart | undefined {
    return this.#gop;
  }

  /**
   * Returns the GOP, in order, without what somebody has seen who saw a turn.
   *
   * @param number  of that turn; 0 is before all
   */
  behind(number: number): CachedBatch[] {
    this.#wake();
    const batches: CachedBatch[] = [];
    for (const { batch, turns, number: first } of this.#spans) {
      const from = turns[Math.max(0, number + 1 - first)];
      if (from !== undefined) batches.push({ batch, from });
    }
    return batches;
  }

  /**
   * The keyframe alone, at the time of the newest video, so that it is not ahead of what follows; undefined when no GOP is
   * cached.
   *
   * The same batch is returned until another is added, so that joiners share it.
   */
  get picture(): MediaBatch | undefined {
    if (this.#gop === undefined || this.#picture !== undefined) return this.#picture;
    const keyframe = this.#spans[0]?.batch.packets[0] ?? this.#resting.first;
    if (keyframe === undefined) return undefined;
    const { newestVideoAt, publication } = this.#gop;
    this.#picture = new MediaBatch([{ ...keyframe, timestamp: newestVideoAt }], publication);
    return this.#picture;
  }

  /** Whether the GOP began in or before a turn, so that who saw that turn goes on behind it. */
  reachesBackTo(number: number): boolean {
    return this.#gop !== undefined && this.#gop.number <= number;
  }

  /** Bytes of the bodies that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes in a turn; audio alone begins no GOP, and goes on with one whose video has stopped.
   *
   * @param now  when it was handed out
   */
  add({ batch, last, number }: Turn, now: number): void {
    const keyframe = last && batch.packets[last.index];
    if (last === undefined || keyframe?.kind !== "video") {
      if (this.#gop !== undefined) this.#keep(this.#gop, batch.packets, 0);
      return;
    }
    const { timestamp } = keyframe;
    const { publication } = batch;
    this.#forget();
    const newestVideoAt = timestamp;
    this.#gop = { number, publication, timestamp, init: last.init, at: now, newestVideoAt };
    this.#nextNumber = number;
    this.#keep(this.#gop, batch.packets, last.index);
  }

  /** Forgets the GOP. */
  clear(): void {
    this.#forget();
    this.#resting = new KeptPackets(this.#limits.gopCacheBytes);
  }

  /** Forgets the GOP for the next one. */
  #forget(): void {
    this.#gop = undefined;
    this.#spans = [];
    this.#resting.clear();
    this.#restingTurns = [];
    this.#picture = undefined;
    this.#bytes = 0;
    this.#packets = 0;
  }

  #keep(gop: Gop, packets: readonly MediaPacket[], from: number): void {
    let newest = gop.timestamp;
    for (let i = from; i < packets.length; i++) {
      const packet = packets[i]!;
      this.#bytes += packet.body.length;
      // Metadata has the time 0, wherever it stands.
      if (packet.kind !== "data") newest = packet.timestamp;
      if (isVideoFrame(packet)) gop.newestVideoAt = packet.timestamp;
    }
    this.#packets += packets.length - from;
    if (this.#isTooLong(timestampDifference(newest, gop.timestamp))) {
      this.clear();
      return;
    }
    this.#picture = undefined;
    this.#restingTurns.push(this.#resting.length);
    for (let i = from; i < packets.length; i++) this.#resting.add(packets[i]!);
    this.#nextNumber++;
  }

  #isTooLong(milliseconds: number): boolean {
    const { gopCacheBytes, gopCachePackets, gopCacheMs } = this.#limits;
    return (
      this.#bytes > gopCacheBytes ||
      this.#packets > gopCachePackets ||
      milliseconds > gopCacheMs ||
      gopCacheMs === 0
    );
  }

  /** Makes a batch of what rests. */
  #wake(): void {
    const turns = this.#restingTurns;
    if (turns.length === 0) return;
    const number = this.#nextNumber - turns.length;
    const batch = new MediaBatch(this.#resting.take(), this.#gop?.publication);
    this.#spans.push({ number, turns, batch });
    this.#restingTurns = [];
  }
}

function isVideoFrame({ kind, frames }: MediaPacket): boolean {
  return kind === "video" && frames.some(({ role }) => role === "coded-frames");
}
