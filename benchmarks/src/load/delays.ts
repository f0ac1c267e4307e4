/** Counts delays in steps of 0.05 ms, so that millions of them cost no memory. */

const stepsPerMs = 20;
const maxMs = 10_000;

/** What is told of many delays, in milliseconds. */
export interface DelayFigures {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A set of delays. */
export class Delays {
  readonly #counts = new Uint32Array(maxMs * stepsPerMs + 1);
  #count = 0;
  #max = 0;

  /** Adds one, in milliseconds. */
  add(milliseconds: number): void {
    const step = Math.min(
      this.#counts.length - 1,
      Math.max(0, Math.floor(milliseconds * stepsPerMs)),
    );
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#count++;
    if (milliseconds > this.#max) this.#max = milliseconds;
  }

  /** Forgets all. */
  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#max = 0;
  }

  /** What was added since the beginning, or since `clear`. */
  get figures(): DelayFigures {
    const { p50, p99 } = { p50: this.#percentile(0.5), p99: this.#percentile(0.99) };
    return { count: this.#count, p50, p99, max: this.#max };
  }

  #percentile(share: number): number {
    let left = share * this.#count;
    for (const [step, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0 && count > 0) return (step + 0.5) / stepsPerMs;
    }
    return 0;
  }
}
