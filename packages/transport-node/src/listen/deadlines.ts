import type { Cancel, Clock } from "@rtmp/wire";

/** Something that has to be over in time. */
export interface Expirable {
  /** Called when it is not. */
  expire(): void;
}

/** Deadlines of many, all after the same time, by one timer. */
export class Deadlines<T extends Expirable> {
  readonly #clock: Clock;
  readonly #milliseconds: number;
  // In the order of their deadlines, since all have the same time.
  readonly #waiting = new Map<T, number>();
  #cancel: Cancel | undefined;

  /** @param milliseconds  the time that each has */
  constructor(clock: Clock, milliseconds: number) {
    this.#clock = clock;
    this.#milliseconds = milliseconds;
  }

  /** Those that wait, oldest first. */
  get waiting(): IterableIterator<T> {
    return this.#waiting.keys();
  }

  /** Gives one its time, from now on. */
  add(one: T): void {
    this.#waiting.set(one, this.#clock.now() + this.#milliseconds);
    // A timer that finds nothing due costs less than one that is made anew for each connection.
    if (this.#cancel === undefined) this.#arm(this.#milliseconds);
  }

  /** It is over in time. */
  delete(one: T): void {
    this.#waiting.delete(one);
  }

  /** Keeps no timer any more; those that still wait wait for ever. */
  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(delayMs: number): void {
    this.#cancel = this.#clock.schedule(delayMs, () => this.#sweep());
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [one, at] of this.#waiting) {
      if (at > now) {
        // Those that expired may have had them all closed.
        if (this.#cancel !== undefined) this.#arm(at - now);
        return;
      }
      this.#waiting.delete(one);
      one.expire();
    }
    this.#cancel = undefined;
  }
}
