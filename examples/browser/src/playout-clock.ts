/**
 * When media is to be shown: as soon as it can be, and evenly.
 *
 * The message that took the shortest way tells how the time of the stream and that of the page go together. What a server
 * keeps for those who join late comes all at once, and its end was under way the shortest: the rest is overdue.
 */

// The two clocks differ by less than that; a way that has become longer is followed at this pace.
const driftPerMs = 0.005;

/** The time of one stream. */
export class PlayoutClock {
  readonly #bufferMs: number;
  #offset = Number.POSITIVE_INFINITY;
  #lastArrival = 0;

  /** @param bufferMs  how much longer than the shortest way a message may be under way, in milliseconds */
  constructor(bufferMs: number) {
    this.#bufferMs = bufferMs;
  }

  /** Notes that a message has arrived, all in milliseconds. */
  arrived(timestamp: number, now: number): void {
    const followed = this.#offset + (now - this.#lastArrival) * driftPerMs;
    this.#offset = Math.min(now - timestamp, followed);
    this.#lastArrival = now;
  }

  /** When what has this time is to be shown, on the clock of the page; later than everything before a message came. */
  dueAt(timestamp: number): number {
    return timestamp + this.#offset + this.#bufferMs;
  }
}
