// So many cases without doubt decide for the rest of the connection.
const decisive = 3;

/**
 * Learns whether the peer repeats the extended timestamp on type 3 chunks that continue a message.
 *
 * RTMP §5.3.1.3 asks for it. librtmp before 2015, OBS before 31, nginx-rtmp and several cameras leave it out, so the four
 * bytes are compared with the value of the message's first chunk. A payload that begins a chunk with just that value
 * cannot be told from it; therefore the answer is kept once it is clear.
 */
export class ExtendedTimestampHabit {
  #evidence = 0;

  /** Whether the peer is known to leave the field out. */
  get isLeftOut(): boolean {
    return this.#evidence === -decisive;
  }

  /** Decides whether the field is there, given whether the next four bytes equal its value. */
  decide(isEqual: boolean): boolean {
    if (Math.abs(this.#evidence) === decisive) return this.#evidence > 0;
    this.#evidence += isEqual ? 1 : -1;
    return isEqual;
  }
}
