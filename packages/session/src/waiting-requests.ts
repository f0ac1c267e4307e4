import { SessionError } from "./errors.ts";
import type { Answers } from "./requests.ts";

/** The requests of a peer that wait for the owner's answer while others go on: calls and playback control. */
export class WaitingRequests {
  readonly #max: number;
  #count = 0;

  /** @param max  how many may wait at a time */
  constructor(max: number) {
    this.#max = max;
  }

  /** Returns why one more is refused; undefined while there is room. */
  refusal(): SessionError | undefined {
    if (this.#count < this.#max) return undefined;
    const text = `more than ${this.#max} calls wait for an answer`;
    return new SessionError("RTMP_ERR_TOO_MANY_PENDING_CALLS", text);
  }

  /** Counts a request as one that waits until it is answered, which happens once. */
  hold<Acceptance extends readonly unknown[]>(answers: Answers<Acceptance>): Answers<Acceptance> {
    this.#count++;
    return {
      accept: (...acceptance) => {
        this.#count--;
        return answers.accept(...acceptance);
      },
      reject: (rejection) => {
        this.#count--;
        return answers.reject(rejection);
      },
    };
  }
}
