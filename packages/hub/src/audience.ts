/**
 * The subscribers of one stream, told and served one after the other.
 *
 * One that throws costs the others nothing; the first error is thrown when all were served.
 */

import { callEach } from "./call-each.ts";
import type { HubError } from "./errors.ts";
import type { MergeWindow } from "./merge-window.ts";
import type { Seat } from "./seat.ts";
import type { SlowCounts } from "./stats.ts";
import type { Turn } from "./turn.ts";

/** A subscriber that is to be given up, and why. */
interface TooSlow {
  readonly seat: Seat;
  readonly cause: HubError;
}

/** All seats of a live stream. */
export class Audience {
  /** What slow ones have cost. */
  readonly counts: SlowCounts = { skippedPackets: 0, skips: 0, evicted: 0 };
  readonly #merge: MergeWindow;
  readonly #seats = new Set<Seat>();
  #tooSlow: TooSlow[] = [];

  /** @param merge  is told of how many there are */
  constructor(merge: MergeWindow) {
    this.#merge = merge;
  }

  /** How many there are. */
  get size(): number {
    return this.#seats.size;
  }

  /** Adds a seat. */
  add(seat: Seat): void {
    this.#seats.add(seat);
    this.#merge.subscribers++;
  }

  /** Takes a seat away. */
  delete(seat: Seat): void {
    if (this.#seats.delete(seat)) this.#merge.subscribers--;
  }

  /** Delivers a turn to each; who is too slow for it waits for `evict`. */
  deliver(turn: Turn, now: number): void {
    // As callEach does, but without a call more for each subscriber.
    let first: { readonly error: unknown } | undefined;
    for (const seat of this.#seats) {
      try {
        const cause = seat.deliver(turn, now);
        if (cause !== undefined) this.#tooSlow.push({ seat, cause });
      } catch (error) {
        first ??= { error };
      }
    }
    if (first !== undefined) throw first.error;
  }

  /** Gives up those that were too slow for the last turn. */
  evict(): void {
    if (this.#tooSlow.length === 0) return;
    const tooSlow = this.#tooSlow;
    this.#tooSlow = [];
    callEach(tooSlow, ({ seat, cause }) => {
      if (!this.#seats.has(seat)) return;
      this.counts.evicted++;
      seat.close();
      seat.subscriber.onEvict(cause);
    });
  }

  /** The publication has ended: each begins the next one with a packet to start with. */
  interrupt(): void {
    for (const seat of this.#seats) seat.interrupt();
  }

  /** Tells those that wait for a publisher of one that came. */
  tellPublished(): void {
    callEach(this.#seats, (seat) => {
      // Publishers that come and go fill no queue that is full.
      if (!seat.knowsUnpublished || seat.hasFullQueue) return;
      seat.knowsUnpublished = false;
      seat.subscriber.onPublish();
    });
  }

  /**
   * Tells those that do not know yet that nothing is published.
   *
   * @param isSo  whether it still holds: one that was told before may have published again
   */
  tellUnpublished(isSo: () => boolean): void {
    callEach(this.#seats, (seat) => {
      if (seat.knowsUnpublished || !isSo()) return;
      seat.knowsUnpublished = true;
      seat.subscriber.onUnpublish();
    });
  }
}
