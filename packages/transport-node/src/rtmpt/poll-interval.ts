/**
 * The interval byte, the first of each answer: how long the client may wait with its next `idle`.
 *
 * 01 behind data; after ten empty answers each 03, 05, 09, 11 and 21 (hex). Flash Player waits about half a second at 21,
 * so one unit is about 15 ms.
 */

const steps = [0x01, 0x03, 0x05, 0x09, 0x11, 0x21] as const;
const answersPerStep = 10;

/** Milliseconds of one unit of the interval byte. */
export const intervalUnitMs = 15;

/** The interval byte of one tunnel. */
export class PollInterval {
  #emptyAnswers = 0;

  /** What the next answer says if there are no bytes for it. */
  get value(): number {
    const step = Math.min(Math.floor(this.#emptyAnswers / answersPerStep), steps.length - 1);
    return steps[step] ?? 0x21;
  }

  /** Counts an `idle` that was answered without bytes. */
  countEmpty(): void {
    this.#emptyAnswers++;
  }

  /** Begins anew, for there were bytes. */
  reset(): void {
    this.#emptyAnswers = 0;
  }
}
