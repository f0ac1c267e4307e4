const noBuffer = new ArrayBuffer(0);

/**
 * Makes views of the input, many of the same one in a row.
 *
 * What is asked of the input is remembered: its getters `buffer` and `byteOffset` cost more than the view itself.
 */
export class InputViews {
  #input: Uint8Array | undefined = undefined;
  #buffer: ArrayBufferLike = noBuffer;
  #byteOffset = 0;

  /** Returns a plain view, also of a subclass such as Node's Buffer. */
  of(input: Uint8Array, start: number, length: number): Uint8Array {
    if (input !== this.#input) {
      this.#input = input;
      this.#buffer = input.buffer;
      this.#byteOffset = input.byteOffset;
    }
    return new Uint8Array(this.#buffer, this.#byteOffset + start, length);
  }

  /** Lets go of the input, which would stay in memory otherwise. */
  forget(): void {
    this.#input = undefined;
    this.#buffer = noBuffer;
  }
}
