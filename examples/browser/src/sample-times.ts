/** When samples were taken: counted, for the moment at which they are handed over says it only roughly. */

// A difference between what was counted and the clock above which samples were lost.
const maxDriftMs = 100;

/** The times of one sound. */
export class SampleTimes {
  readonly #sampleRate: number;
  #next: number | undefined;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /**
   * Returns the time of the first of some samples, in milliseconds.
   *
   * @param now  when they are handed over
   */
  take(frames: number, now: number): number {
    const durationMs = (frames / this.#sampleRate) * 1_000;
    const heardAt = Math.max(0, now - durationMs);
    const isLost = this.#next === undefined || Math.abs(this.#next - heardAt) > maxDriftMs;
    const time = this.#next === undefined || isLost ? heardAt : this.#next;
    this.#next = time + durationMs;
    return time;
  }
}
