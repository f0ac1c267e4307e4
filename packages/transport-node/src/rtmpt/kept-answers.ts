/** One answer that went out with bytes. */
interface KeptAnswer {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/**
 * The last answers that carried bytes, for requests that come again because their answer was lost.
 *
 * With several requests under way at a time the one that comes again need not be the last.
 */
export class KeptAnswers {
  readonly #span: number;
  #answers: KeptAnswer[] = [];

  /** @param span  how many requests back an answer is kept; 1 is the last one alone */
  constructor(span: number) {
    this.#span = span;
  }

  /** Keeps the answer to a request, the latest one yet. */
  keep(sequence: number, bytes: Uint8Array): void {
    this.#answers.push({ sequence, bytes });
  }

  /** Forgets what nobody asks for any more once this request has come. */
  passed(sequence: number): void {
    for (;;) {
      const [oldest] = this.#answers;
      if (oldest === undefined || ((sequence - oldest.sequence) | 0) < this.#span) return;
      this.#answers.shift();
    }
  }

  /** The answer to a request; undefined when it had no bytes, or is not kept any more. */
  find(sequence: number): Uint8Array | undefined {
    return this.#answers.find((answer) => answer.sequence === sequence)?.bytes;
  }

  /** Forgets everything. */
  clear(): void {
    this.#answers = [];
  }
}
