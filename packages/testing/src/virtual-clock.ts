import type { Cancel, Clock } from "@rtmp/wire";

interface Entry {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until the test moves it. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #entries = new Set<Entry>();

  /** @param start what `now()` says at first, in milliseconds */
  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, callback: () => void): Cancel {
    const entry = { at: this.#now + Math.max(0, delayMs), callback };
    this.#entries.add(entry);
    return () => this.#entries.delete(entry);
  }

  /** Number of callbacks that wait, so that a test can find a timer that was forgotten. */
  get pending(): number {
    return this.#entries.size;
  }

  /** Moves the time on and runs, in order of time, what falls due on the way. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#earliest(end); next !== undefined; next = this.#earliest(end)) {
      this.#entries.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  #earliest(end: number): Entry | undefined {
    let earliest: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.at <= end && (earliest === undefined || entry.at < earliest.at)) earliest = entry;
    }
    return earliest;
  }
}
