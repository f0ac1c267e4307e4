/**
 * Bits of a codec's own syntax, high bit first, with the exponential Golomb codes of the NAL unit codecs.
 *
 *   ue(v)   n zeros, a one, n bits:   1 = 0, 010 = 1, 011 = 2, 00100 = 3 …
 *   se(v)   0, 1, -1, 2, -2 … for the ue(v) 0, 1, 2, 3, 4 …
 *
 * Inside a NAL unit the sequence 00 00 03 stands for 00 00: the third byte keeps start codes from appearing.
 *
 * H.264 §7.3.1, §9.1
 */

import { truncatedMessage } from "../errors.ts";
import { invalidConfiguration } from "./configuration-error.ts";

/** What a {@link BitReader} reads, beside the bytes themselves. */
export interface BitReaderOptions {
  /**
   * Where the bytes begin in the caller's input; added to the offset of every error.
   *
   * @default 0
   */
  readonly offset?: number;
  /**
   * Whether the third byte of 00 00 03 is left out, as in NAL units.
   *
   * @default false
   */
  readonly isNalUnit?: boolean;
}

const maxGolombZeros = 31;

/** Reads fields of any number of bits, never past the end. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #isNalUnit: boolean;
  /** Index of the byte behind the one that is being read. */
  #next = 0;
  #byte = 0;
  #bitsLeft = 0;
  #zeros = 0;

  /** @param bytes the complete input; kept, not copied */
  constructor(bytes: Uint8Array, { offset = 0, isNalUnit = false }: BitReaderOptions = {}) {
    this.#bytes = bytes;
    this.#start = offset;
    this.#isNalUnit = isNalUnit;
  }

  /** Where the next bit is in the caller's input, in whole bytes. */
  get offset(): number {
    return this.#start + this.#next - (this.#bitsLeft > 0 ? 1 : 0);
  }

  /** Bits that are left, those that a NAL unit leaves out included. */
  get bitsLeft(): number {
    return (this.#bytes.length - this.#next) * 8 + this.#bitsLeft;
  }

  /**
   * Reads an unsigned integer.
   *
   * @param bits  0 to 32
   * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`
   */
  u(bits: number): number {
    let value = 0;
    for (let wanted = bits; wanted > 0;) {
      if (this.#bitsLeft === 0) this.#load(wanted);
      const taken = Math.min(wanted, this.#bitsLeft);
      this.#bitsLeft -= taken;
      wanted -= taken;
      // A shift would make a signed number of 32 bits.
      value = value * 2 ** taken + ((this.#byte >> this.#bitsLeft) & (2 ** taken - 1));
    }
    return value;
  }

  /**
   * Reads one bit as true or false.
   *
   * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`
   */
  flag(): boolean {
    return this.u(1) === 1;
  }

  /**
   * Passes over bits.
   *
   * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`
   */
  skip(bits: number): void {
    for (let left = bits; left > 0; left -= 32) this.u(Math.min(left, 32));
  }

  /** Passes over the rest of a byte that was begun. */
  align(): void {
    this.#bitsLeft = 0;
  }

  /**
   * Reads an unsigned exponential Golomb code, 0 to 2^32 - 2.
   *
   * @param max  the largest value that the syntax allows
   * @param name  what the field is called in errors
   * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION` when the value is larger
   */
  ue(max: number, name: string): number {
    const at = this.offset;
    let zeros = 0;
    while (!this.flag()) {
      if (++zeros > maxGolombZeros) throw invalidConfiguration(`${name} has no end`, at);
    }

    const value = 2 ** zeros - 1 + this.u(zeros);
    if (value > max) throw invalidConfiguration(`${name} is ${value}, more than ${max}`, at);
    return value;
  }

  /**
   * Reads a signed exponential Golomb code, -(2^31 - 1) to 2^31 - 1.
   *
   * @param name  what the field is called in errors
   * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
   */
  se(name: string): number {
    const code = this.ue(2 ** 32 - 2, name);
    const magnitude = Math.ceil(code / 2);
    return code % 2 === 1 || magnitude === 0 ? magnitude : -magnitude;
  }

  #load(wantedBits: number): void {
    if (this.#isNalUnit && this.#zeros >= 2 && this.#bytes[this.#next] === 0x03) {
      this.#next++;
      this.#zeros = 0;
    }
    const byte = this.#bytes[this.#next];
    if (byte === undefined) {
      throw truncatedMessage(this.#start + this.#next, Math.ceil(wantedBits / 8), 0);
    }
    this.#next++;
    this.#byte = byte;
    this.#bitsLeft = 8;
    this.#zeros = byte === 0 ? this.#zeros + 1 : 0;
  }
}
