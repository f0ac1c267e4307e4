/**
 * U29: a number of 29 bits in one to four bytes.
 *
 *   0xxxxxxx                                 0..7f
 *   1xxxxxxx 0xxxxxxx                        80..3fff
 *   1xxxxxxx 1xxxxxxx 0xxxxxxx               4000..1fffff
 *   1xxxxxxx 1xxxxxxx 1xxxxxxx xxxxxxxx      200000..1fffffff; the last byte holds 8 bits
 *
 * AMF3 §1.3.1
 */
import type { ByteReader, ByteWriter } from "@rtmp/wire";

/** The smallest number that an AMF3 integer holds. */
export const minInteger = -0x10000000;
/** The largest number that an AMF3 integer holds. */
export const maxInteger = 0xfffffff;

/** Reads an unsigned number; forms that are longer than they need be are taken. */
export function readU29(reader: ByteReader): number {
  let value = 0;
  for (let i = 0; i < 3; i++) {
    const byte = reader.u8();
    value = (value << 7) | (byte & 0x7f);
    if (byte < 0x80) return value;
  }
  return (value << 8) | reader.u8();
}

/** Takes the 29 bits of a U29 for a number in two's complement. */
export function toInteger(u29: number): number {
  return (u29 << 3) >> 3;
}

/** Writes the low 29 bits of a number in their shortest form. */
export function writeU29(writer: ByteWriter, value: number): void {
  const bits = value & 0x1fffffff;
  if (bits < 0x80) {
    writer.u8(bits);
  } else if (bits < 0x4000) {
    writer.u16(((bits << 1) & 0x7f00) | (bits & 0x7f) | 0x8000);
  } else if (bits < 0x200000) {
    writer.u24(((bits << 2) & 0x7f0000) | ((bits << 1) & 0x7f00) | (bits & 0x7f) | 0x808000);
  } else {
    const high = ((bits << 2) & 0x7f000000) | ((bits << 1) & 0x7f0000) | (bits & 0x7f00);
    writer.u32(high | (bits & 0xff) | 0x80808000);
  }
}
