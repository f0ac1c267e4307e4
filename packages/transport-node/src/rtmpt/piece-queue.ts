/** Bytes that wait for the request or the answer which takes them along. */
export class PieceQueue {
  #pieces: Uint8Array[] = [];
  // Pieces before it are gone, and so are so many bytes of it.
  #first = 0;
  #offset = 0;
  #length = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** The piece that waits, if it is a single one of which nothing was taken. */
  get onlyPiece(): Uint8Array | undefined {
    const isOnly = this.#pieces.length === this.#first + 1 && this.#offset === 0;
    return isOnly ? this.#pieces[this.#first] : undefined;
  }

  /** Queues bytes by reference; they must not change afterwards. */
  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  /**
   * Takes bytes out, in a buffer of their own.
   *
   * @param maxBytes      how many at most
   * @param reserveBytes  how many are left free in front of them
   */
  take(maxBytes: number, reserveBytes = 0): Uint8Array {
    const end = reserveBytes + Math.min(maxBytes, this.#length);
    const bytes = new Uint8Array(end);
    for (let filled = reserveBytes; filled < end;) {
      const piece = this.#pieces[this.#first];
      if (piece === undefined) break;
      const part = piece.subarray(this.#offset, this.#offset + end - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#pass(piece, part.length);
    }
    this.#length -= end - reserveBytes;
    return bytes;
  }

  /** Forgets everything. */
  clear(): void {
    this.#pieces = [];
    this.#first = 0;
    this.#offset = 0;
    this.#length = 0;
  }

  #pass(piece: Uint8Array, length: number): void {
    this.#offset += length;
    if (this.#offset < piece.length) return;
    this.#offset = 0;
    this.#first++;
    // Not one by one: that would move all others each time.
    if (this.#first * 2 >= this.#pieces.length) {
      this.#pieces.splice(0, this.#first);
      this.#first = 0;
    }
  }
}
