import { blockBytes, firstPartBytes, handshakeBytes } from "./layout.ts";

/**
 * Gathers what the peer sends, cut anywhere: the version, the first block, the second block.
 *
 * The first block is copied, since it is echoed; of the second one only the length counts.
 */
export class PeerBytes {
  readonly #first = new Uint8Array(blockBytes);
  #received = 0;

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
    return this.#first;
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
    const to = Math.min(taken, firstPartBytes - start);
    if (to > from) this.#first.set(bytes.subarray(from, to), start + from - 1);
    this.#received = start + taken;
    return taken;
  }
}
