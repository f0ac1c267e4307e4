/** Input that a reader may change: restored before each operation, outside of the measured time. */
export class ReceivedStream {
  readonly #source: readonly Uint8Array[];
  /** The reads, as they were received when `restore` was called last. */
  readonly reads: readonly Uint8Array[];
  /** Bytes of all reads. */
  readonly bytes: number;

  constructor(source: readonly Uint8Array[]) {
    this.#source = source;
    this.reads = source.map((read) => read.slice());
    this.bytes = source.reduce((sum, { length }) => sum + length, 0);
  }

  restore(): void {
    for (const [i, read] of this.#source.entries()) this.reads[i]!.set(read);
  }
}
