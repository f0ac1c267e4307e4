/**
 * The stream cipher RC4: what it gives is combined with the bytes by exclusive or, the same way in both directions.
 *
 * It is broken, and nobody should use it for anything but RTMPE, which has no other.
 *
 * RFC 6229 has its test vectors.
 */

const stateBytes = 256;

/** One direction of an RC4 stream; its state runs on from call to call. */
export class Rc4 {
  readonly #state = new Uint8Array(stateBytes);
  #i = 0;
  #j = 0;

  /**
   * @param key  1 to 256 bytes
   * @throws RangeError for a key of another length
   */
  constructor(key: Uint8Array) {
    const { length } = key;
    if (length < 1 || length > stateBytes) throw new RangeError(`an RC4 key of ${length} bytes`);
    const state = this.#state;
    for (let i = 0; i < stateBytes; i++) state[i] = i;
    for (let i = 0, j = 0; i < stateBytes; i++) {
      const swapped = state[i] ?? 0;
      j = (j + swapped + (key[i % length] ?? 0)) & 0xff;
      state[i] = state[j] ?? 0;
      state[j] = swapped;
    }
  }

  /** Passes over bytes of the stream. */
  discard(length: number): void {
    this.apply(new Uint8Array(length));
  }

  /**
   * Encrypts or decrypts the next bytes.
   *
   * @param target  as long as `bytes`, maybe `bytes` itself
   * @returns `target`
   */
  apply(bytes: Uint8Array, target: Uint8Array = bytes): Uint8Array {
    const state = this.#state;
    const { length } = bytes;
    let i = this.#i;
    let j = this.#j;
    for (let at = 0; at < length; at++) {
      i = (i + 1) & 0xff;
      const a = state[i]!;
      j = (j + a) & 0xff;
      const b = state[j]!;
      state[i] = b;
      state[j] = a;
      target[at] = bytes[at]! ^ state[(a + b) & 0xff]!;
    }
    this.#i = i;
    this.#j = j;
    return target;
  }
}
