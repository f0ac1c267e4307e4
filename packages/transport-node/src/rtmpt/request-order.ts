/**
 * The order of the requests of one tunnel, which may come over several HTTP connections.
 *
 * Clients begin to count with 0 or 1, so the first request that comes sets the beginning. Numbers wrap at 32 bits.
 */

/** What the order needs to know of a request. */
export interface NumberedRequest {
  /** A signed 32-bit number that wraps. */
  readonly sequence: number;
}

/**
 * Where a request stands.
 *
 * `due`: it is the next; `early`: one before it is missing; `far`: too many are; `again`: its number has been passed.
 */
export type RequestPlace = "due" | "early" | "far" | "again";

/** Puts requests in order. */
export class RequestOrder<Request extends NumberedRequest> {
  readonly #maxEarly: number;
  #next: number | undefined;
  // When the request that is due now became due, as far as that matters.
  #dueSince = Number.POSITIVE_INFINITY;
  readonly #early = new Map<number, Request>();

  /** @param maxEarly  how many may wait for one that is missing, and how far ahead the last of them may be */
  constructor(maxEarly: number) {
    this.#maxEarly = maxEarly;
  }

  /** Since when one is missing that others wait for, in milliseconds; `Infinity` when none is. */
  get missingSince(): number {
    return this.#early.size > 0 ? this.#dueSince : Number.POSITIVE_INFINITY;
  }

  /** Says where a request with this number stands. */
  placeOf(sequence: number): RequestPlace {
    const distance = this.#next === undefined ? 0 : (sequence - this.#next) | 0;
    if (distance === 0) return "due";
    if (distance < 0) return "again";
    return distance <= this.#maxEarly ? "early" : "far";
  }

  /** Passes the number of a request that is due, at this time. */
  pass(sequence: number, now: number): void {
    this.#dueSince = now;
    this.#next = (sequence + 1) | 0;
  }

  /** Keeps an early request, at this time; returns the one with the same number that came before it. */
  keep(request: Request, now: number): Request | undefined {
    // Before the first of them nobody missed it.
    if (this.#early.size === 0) this.#dueSince = now;
    const before = this.#early.get(request.sequence);
    this.#early.set(request.sequence, request);
    return before;
  }

  /** Takes out the kept request that is due now; undefined when it is missing. */
  takeDue(): Request | undefined {
    if (this.#next === undefined) return undefined;
    const request = this.#early.get(this.#next);
    if (request !== undefined) this.#early.delete(this.#next);
    return request;
  }

  /** Takes out all kept requests. */
  takeAll(): Request[] {
    const requests = [...this.#early.values()];
    this.#early.clear();
    return requests;
  }
}
