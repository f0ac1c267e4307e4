const initialBytes = 256;
const encoder = new TextEncoder();

/**
 * Writes big-endian fields into a buffer that grows.
 *
 * Values are taken modulo the field's width; callers check ranges where a wrong value can reach them.
 */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  /** @param capacity bytes to reserve at first */
  constructor(capacity: number = initialBytes) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for `more` bytes behind what was written. */
  reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;

    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  /** Writes an 8-bit integer. */
  u8(value: number): void {
    this.reserve(1);
    this.#view.setUint8(this.#length++, value);
  }

  /** Writes a 16-bit integer, signed or unsigned. */
  u16(value: number): void {
    this.reserve(2);
    this.#view.setUint16(this.#length, value);
    this.#length += 2;
  }

  /** Writes a 24-bit integer, signed or unsigned. */
  u24(value: number): void {
    this.reserve(3);
    this.#view.setUint16(this.#length, value >> 8);
    this.#view.setUint8(this.#length + 2, value);
    this.#length += 3;
  }

  /** Writes a 32-bit integer, signed or unsigned. */
  u32(value: number): void {
    this.reserve(4);
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
  }

  /** Writes a 32-bit integer, low byte first. */
  u32le(value: number): void {
    this.reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** Writes an IEEE 754 double. */
  f64(value: number): void {
    this.reserve(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  /** Writes bytes as they are. */
  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /**
   * Writes text as UTF-8 without a length.
   *
   * @returns the number of bytes written; lone surrogates become U+FFFD
   */
  utf8(text: string): number {
    // A UTF-16 unit takes at most three bytes in UTF-8.
    this.reserve(text.length * 3);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(this.#length));
    this.#length += written;
    return written;
  }

  /** Overwrites a 16-bit integer at an offset written before. */
  setU16(offset: number, value: number): void {
    this.#view.setUint16(offset, value);
  }

  /** Overwrites a 32-bit integer at an offset written before. */
  setU32(offset: number, value: number): void {
    this.#view.setUint32(offset, value);
  }

  /** Drops what was written behind `length`, to take an attempt back. */
  truncate(length: number): void {
    if (length > this.#length) throw new RangeError(`cannot truncate ${this.#length} to ${length}`);
    this.#length = length;
  }

  /** Returns what was written and starts anew; the caller owns the returned bytes. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(initialBytes);
    this.#view = new DataView(this.#bytes.buffer);
    this.#length = 0;
    return taken;
  }
}
