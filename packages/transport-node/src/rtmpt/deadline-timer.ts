import type { Cancel, Clock } from "@rtmp/wire";

/** One timer for deadlines that mostly move later; a deadline that moved costs an early call, not a new timer. */
export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #onTime: () => void;
  #at = Number.POSITIVE_INFINITY;
  #cancel: Cancel | undefined;

  /** @param onTime  called at the deadline or earlier; it looks at the time and calls `arm` again */
  constructor(clock: Clock, onTime: () => void) {
    this.#clock = clock;
    this.#onTime = () => {
      this.#at = Number.POSITIVE_INFINITY;
      onTime();
    };
  }

  /** Sees to it that `onTime` is called at this time, in milliseconds of the clock; `Infinity` asks for nothing. */
  arm(at: number): void {
    if (at >= this.#at) return;
    this.#cancel?.();
    this.#at = at;
    this.#cancel = this.#clock.schedule(Math.max(0, at - this.#clock.now()), this.#onTime);
  }

  /** Calls nothing any more. */
  cancel(): void {
    this.#cancel?.();
    this.#at = Number.POSITIVE_INFINITY;
  }
}
