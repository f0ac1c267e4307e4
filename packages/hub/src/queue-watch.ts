/**
 * How long the oldest byte in a subscriber's queue has waited.
 *
 *   bytes written so far   0 ────────── sent ──────────────────── written
 *                             left           queuedBytes
 *   marks                              │end, time      │end, time│
 *
 * A mark says that all bytes before `end` were written at `time` or earlier. The oldest mark that has not left tells the
 * time; it errs towards patience, by at most the distance of two marks. Made for subscribers whose queue is not empty when
 * the next batch comes; for all others nothing is kept.
 */

import type { Subscriber } from "./subscriber.ts";

// A bound on the marks, and with it on what a slow subscriber costs.
const marksPerLimit = 32;

/** Watches the queue of one subscriber. */
export class QueueWatch {
  readonly #subscriber: Subscriber;
  // Of equal length, in order.
  readonly #ends: number[] = [];
  readonly #times: number[] = [];
  // Counts what this subscription wrote; of use when the subscriber does not say what was written by all.
  #ownBytes = 0;

  constructor(subscriber: Subscriber) {
    this.#subscriber = subscriber;
  }

  /**
   * Returns how long the oldest queued byte has waited at least, in milliseconds; 0 while none is marked.
   *
   * @param queuedBytes  what waits for the subscriber now
   */
  waitedMs(queuedBytes: number, now: number): number {
    const sentBytes = this.#writtenBytes - queuedBytes;
    while (this.#ends[0] !== undefined && this.#ends[0] <= sentBytes) {
      this.#ends.shift();
      this.#times.shift();
    }
    const [oldest = now] = this.#times;
    return now - oldest;
  }

  /**
   * Marks what has been written.
   *
   * @param queuedBefore  what waited for the subscriber before the latest batch
   * @param limitMs       the time that the marks have to tell; the shorter, the closer they stand
   */
  mark(queuedBefore: number, limitMs: number, now: number): void {
    this.#ownBytes += Math.max(0, this.#subscriber.queuedBytes - queuedBefore);
    const distanceMs = limitMs / marksPerLimit;
    // The newest mark moves on until it is far enough from the one before it.
    const settled = this.#times.at(-2);
    if (settled !== undefined && now - settled <= distanceMs) {
      this.#ends.pop();
      this.#times.pop();
    }
    this.#ends.push(this.#writtenBytes);
    this.#times.push(now);
  }

  /** Forgets all marks: the queue is empty, or its time is to be counted anew. */
  clear(): void {
    this.#ends.length = 0;
    this.#times.length = 0;
  }

  get #writtenBytes(): number {
    return this.#subscriber.writtenBytes ?? this.#ownBytes;
  }
}
