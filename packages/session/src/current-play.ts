/**
 * One play of a message stream, from its start to its end: what was asked about it is void once it is over.
 *
 * Of its play2 requests the one that the client sent last counts, whichever is granted last.
 *
 * RTMP §7.2.2.2
 */

/** What a stream plays; the next play of the stream has another one. */
export class CurrentPlay {
  #asked = 0;
  #granted = 0;

  /** Numbers a play2 request, from 1 on. */
  ask(): number {
    return ++this.#asked;
  }

  /** Grants a play2 request; says whether it counts: none that was asked later has been granted. */
  grant(request: number): boolean {
    if (request < this.#granted) return false;
    this.#granted = request;
    return true;
  }
}
