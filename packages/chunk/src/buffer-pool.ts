/** How a {@link BufferPool} is set up. */
export interface BufferPoolOptions {
  /**
   * Bytes of released buffers that are kept for reuse; what is beyond goes to the garbage collector.
   *
   * @default 4194304
   */
  readonly maxRetainedBytes?: number;
}

const defaultRetainedBytes = 4 * 1024 * 1024;
const smallestClass = 8;

/**
 * Lends byte buffers and reuses those that come back.
 *
 * Capacities are powers of two from 256 bytes. A pool may serve several readers of one thread.
 */
export class BufferPool {
  // By size class; most connections need a few of them.
  readonly #free: (Uint8Array[] | undefined)[] = [];
  readonly #maxRetainedBytes: number;
  #retainedBytes = 0;
  #lentBuffers = 0;

  /** @throws RangeError when `maxRetainedBytes` is not a number from 0 */
  constructor(options: BufferPoolOptions = {}) {
    const { maxRetainedBytes = defaultRetainedBytes } = options;
    if (!(maxRetainedBytes >= 0)) {
      throw new RangeError(`maxRetainedBytes must be at least 0, not ${maxRetainedBytes}`);
    }
    this.#maxRetainedBytes = maxRetainedBytes;
  }

  /** Bytes that wait for reuse. */
  get retainedBytes(): number {
    return this.#retainedBytes;
  }

  /** Buffers acquired and neither released nor forgotten. */
  get lentBuffers(): number {
    return this.#lentBuffers;
  }

  /**
   * Lends a buffer of at least `minBytes` bytes and of any content.
   *
   * @throws RangeError above 2^31 bytes
   */
  acquire(minBytes: number): Uint8Array {
    const sizeClass = classFor(minBytes);
    this.#lentBuffers++;
    const buffer = this.#free[sizeClass]?.pop();
    if (buffer === undefined) return new Uint8Array(2 ** sizeClass);
    this.#retainedBytes -= buffer.length;
    return buffer;
  }

  /** Takes a lent buffer back; the caller must not touch it any more. */
  release(buffer: Uint8Array): void {
    this.#lentBuffers--;
    if (this.#retainedBytes + buffer.length > this.#maxRetainedBytes) return;
    this.#retainedBytes += buffer.length;
    (this.#free[classFor(buffer.length)] ??= []).push(buffer);
  }

  /** Gives a lent buffer up: its holder owns it from now on, and it never comes back. */
  forget(_buffer: Uint8Array): void {
    this.#lentBuffers--;
  }
}

/** The exponent of the smallest power of two that holds `bytes`. */
function classFor(bytes: number): number {
  if (!(bytes <= 2 ** 31)) throw new RangeError(`no buffer of ${bytes} bytes`);
  return Math.max(smallestClass, 32 - Math.clz32(Math.max(bytes, 1) - 1));
}
