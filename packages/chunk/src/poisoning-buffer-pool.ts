import { BufferPool } from "./buffer-pool.ts";

const poison = 0xdb;

/**
 * A pool for tests that overwrites what is given back, so that a use after release shows.
 *
 * It also refuses buffers that it did not lend, or that came back before.
 */
export class PoisoningBufferPool extends BufferPool {
  readonly #lent = new Set<Uint8Array>();

  override acquire(minBytes: number): Uint8Array {
    const buffer = super.acquire(minBytes);
    buffer.fill(poison);
    this.#lent.add(buffer);
    return buffer;
  }

  /** @throws TypeError when the buffer is not lent */
  override release(buffer: Uint8Array): void {
    this.#takeBack(buffer);
    buffer.fill(poison);
    super.release(buffer);
  }

  /** @throws TypeError when the buffer is not lent */
  override forget(buffer: Uint8Array): void {
    this.#takeBack(buffer);
    super.forget(buffer);
  }

  #takeBack(buffer: Uint8Array): void {
    if (!this.#lent.delete(buffer)) throw new TypeError("the buffer is not lent by this pool");
  }
}
