import type { RtmpError } from "./errors.ts";

/** Makes the error that a {@link ByteReader} throws when `wanted` bytes are not there. */
export type TruncatedError = (offset: number, wanted: number, left: number) => RtmpError;

/**
 * Reads big-endian fields from a byte array, never past its end.
 *
 * Integers are unsigned unless the name says otherwise. Every read checks the bytes that are left first, so a hostile
 * length never reaches an allocation.
 */
export class ByteReader {
  /** The whole input. */
  readonly bytes: Uint8Array;
  /** Offset of the next byte to read. */
  offset: number;
  /** Made when a double is read: it costs more than a short header does. */
  #view: DataView | undefined;
  readonly #truncated: TruncatedError;

  /**
   * @param bytes      the complete input; kept, not copied
   * @param truncated  makes the error of the caller's layer for a read past the end
   * @param offset     where to start
   */
  constructor(bytes: Uint8Array, truncated: TruncatedError, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
    this.#truncated = truncated;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.bytes.length - this.offset;
  }

  /** Throws unless `length` more bytes are there. */
  need(length: number): void {
    if (length > this.bytes.length - this.offset) {
      throw this.#truncated(this.offset, length, this.left);
    }
  }

  /** Reads an 8-bit integer. */
  u8(): number {
    this.need(1);
    return this.#next();
  }

  /** Reads a 16-bit integer. */
  u16(): number {
    this.need(2);
    return (this.#next() << 8) | this.#next();
  }

  /** Reads a signed 16-bit integer. */
  i16(): number {
    return (this.u16() << 16) >> 16;
  }

  /** Reads a 24-bit integer. */
  u24(): number {
    this.need(3);
    return (this.#next() << 16) | (this.#next() << 8) | this.#next();
  }

  /** Reads a signed 24-bit integer. */
  i24(): number {
    return (this.u24() << 8) >> 8;
  }

  /** Reads a 32-bit integer. */
  u32(): number {
    this.need(4);
    return this.#next() * 0x100_0000 + this.u24();
  }

  /** Reads a 32-bit integer, low byte first. */
  u32le(): number {
    this.need(4);
    const low = this.#next() | (this.#next() << 8) | (this.#next() << 16);
    return this.#next() * 0x100_0000 + low;
  }

  /** Reads an IEEE 754 double. */
  f64(): number {
    this.need(8);
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#view ??= new DataView(buffer, byteOffset, byteLength);
    const value = this.#view.getFloat64(this.offset);
    this.offset += 8;
    return value;
  }

  /** Reads `length` bytes as a view of the input. */
  view(length: number): Uint8Array {
    this.need(length);
    const start = this.offset;
    this.offset += length;
    return this.bytes.subarray(start, this.offset);
  }

  /** Reads a byte that is known to be there. */
  #next(): number {
    return this.bytes[this.offset++] ?? 0;
  }
}
