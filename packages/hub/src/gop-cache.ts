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
  // Once a picture was asked for.
  #keyframe: MediaPacket | undefined;
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
   * Returns what came behind a turn, in order; the whole GOP when it began later.
   *
   * @param number  of that turn; 0 is before all
   */
  behind(number: number): CachedBatch[] {
    if (number + 1 < this.#nextNumber) this.#wake(number);
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
   * The same batch is returned until another turn is added, so that joiners share it.
   */
  get picture(): MediaBatch | undefined {
    if (this.#gop === undefined || this.#picture !== undefined) return this.#picture;
    this.#keyframe ??= this.#spans[0]?.batch.packets[0] ?? this.#resting.first;
    if (this.#keyframe === undefined) return undefined;
    const { newestVideoAt, publication } = this.#gop;
    const keyframe = { ...this.#keyframe, timestamp: newestVideoAt };
    this.#picture = new MediaBatch([keyframe], publication);
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
    this.#keyframe = undefined;
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

  /** Makes batches of what rests: what came up to a turn, and what came behind it. */
  #wake(number: number): void {
    const turns = this.#restingTurns;
    if (turns.length === 0) return;
    const first = this.#nextNumber - turns.length;
    const packets = this.#resting.take();
    const seen = Math.max(0, number + 1 - first);
    this.#addSpan(first, turns.slice(0, seen), packets.slice(0, turns[seen]));
    const begin = turns[seen] ?? packets.length;
    const unseen = turns.slice(seen).map((index) => index - begin);
    this.#addSpan(first + seen, unseen, packets.slice(begin));
    this.#restingTurns = [];
  }

  #addSpan(number: number, turns: number[], packets: MediaPacket[]): void {
    if (turns.length === 0) return;
    this.#spans.push({ number, turns, batch: new MediaBatch(packets, this.#gop?.publication) });
  }
}

function isVideoFrame({ kind, frames }: MediaPacket): boolean {
  return kind === "video" && frames.some(({ role }) => role === "coded-frames");
}
