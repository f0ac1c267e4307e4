import { blockBytes, firstPartBytes, handshakeBytes } from "./layout.ts";

/**
 * Gathers what the peer sends, cut anywhere: the version, the first block, the second block.
 *
 * The first block is copied, since the answer depends on it; of the second one as a rule only the length counts.
 */
export class PeerBytes {
  readonly #kept: Uint8Array;
  #received = 0;

  /** @param keepsSecond  whether to copy the second block too */
  constructor(keepsSecond = false) {
    this.#kept = new Uint8Array(keepsSecond ? 2 * blockBytes : blockBytes);
  }

  /** True once the version and the first block are there. */
  get hasFirst(): boolean {
    return this.#received >= firstPartBytes;
  }

  /** True once the second block is there too. */
  get isComplete(): boolean {
    return this.#received === handshakeBytes;
  }

  /** True until the version byte is there. */
  get isEmpty(): boolean {
    return this.#received === 0;
  }

  /** C1 or S1; all of it only once {@link hasFirst}. */
  get first(): Uint8Array {
    return this.#kept.subarray(0, blockBytes);
  }

  /** C2 or S2; all of it only once {@link isComplete}, and empty when it is not kept. */
  get second(): Uint8Array {
    return this.#kept.subarray(blockBytes);
  }

  /**
   * Takes bytes as far as the handshake goes.
   *
   * @returns how many of `bytes` belong to the handshake
   */
  take(bytes: Uint8Array): number {
    const start = this.#received;
    const taken = Math.min(bytes.length, handshakeBytes - start);
    // The version byte is in front of the first block: of an untouched stream it is skipped.
    const from = start === 0 ? 1 : 0;
    const to = Math.min(taken, 1 + this.#kept.length - start);
    if (to > from) this.#kept.set(bytes.subarray(from, to), start + from - 1);
    this.#received = start + taken;
    return taken;
  }
}
