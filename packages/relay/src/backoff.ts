/**
 * How long to wait before another try: twice as long each time, and never the same for two that failed together.
 */

import type { RelayLimits } from "./limits.ts";

/** The waits of one connection that is made again and again. */
export class Backoff {
  readonly #limits: Pick<RelayLimits, "firstRetryMs" | "maxRetryMs">;
  readonly #random: () => number;
  #nextMs: number;

  /** @param random  numbers from 0 up to but without 1 */
  constructor(
    limits: Pick<RelayLimits, "firstRetryMs" | "maxRetryMs">,
    random: () => number = Math.random,
  ) {
    this.#limits = limits;
    this.#random = random;
    this.#nextMs = limits.firstRetryMs;
  }

  /** Returns the next wait in milliseconds: from half of the present bound to all of it. */
  next(): number {
    const { maxRetryMs } = this.#limits;
    const boundMs = Math.min(this.#nextMs, maxRetryMs);
    this.#nextMs = Math.min(boundMs * 2, maxRetryMs);
    return boundMs * (0.5 + this.#random() / 2);
  }

  /** Begins anew with the first wait. */
  reset(): void {
    this.#nextMs = this.#limits.firstRetryMs;
  }
}
