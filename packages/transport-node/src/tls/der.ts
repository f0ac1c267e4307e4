/**
 * As much of the Distinguished Encoding Rules of ASN.1 as a certificate needs.
 *
 *   UI8    tag
 *   length one byte up to 127; beyond, 0x80 + the number of bytes that hold it
 *   value
 *
 * ITU-T X.690 §8, §10
 */

/** The tags of values. */
const Tag = {
  Boolean: 0x01,
  Integer: 0x02,
  BitString: 0x03,
  OctetString: 0x04,
  ObjectIdentifier: 0x06,
  Utf8String: 0x0c,
  GeneralizedTime: 0x18,
  Sequence: 0x30,
  Set: 0x31,
} as const;

const longForm = 0x80;

/** Encodes a value behind its tag and length. */
export function encodeValue(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const value = Buffer.concat(parts);
  if (value.length < longForm) return Buffer.concat([Uint8Array.of(tag, value.length), value]);

  const length = value.length > 0xff ? [value.length >> 8, value.length & 0xff] : [value.length];
  return Buffer.concat([Uint8Array.of(tag, longForm | length.length, ...length), value]);
}

/** Encodes values one after the other. */
export function encodeSequence(...values: readonly Uint8Array[]): Uint8Array {
  return encodeValue(Tag.Sequence, ...values);
}

/** Encodes a set of one value. */
export function encodeSet(value: Uint8Array): Uint8Array {
  return encodeValue(Tag.Set, value);
}

/** Encodes a positive integer, given as big-endian bytes. */
export function encodeInteger(bytes: Uint8Array): Uint8Array {
  // The highest bit would make it negative.
  return encodeValue(
    Tag.Integer,
    Uint8Array.of(0).subarray((bytes[0] ?? 0) < longForm ? 1 : 0),
    bytes,
  );
}

/** Encodes true; false is left out wherever it is the default. */
export function encodeTrue(): Uint8Array {
  return encodeValue(Tag.Boolean, Uint8Array.of(0xff));
}

/** Encodes bits; `unused` of the last byte's are none. */
export function encodeBits(bytes: Uint8Array, unused = 0): Uint8Array {
  return encodeValue(Tag.BitString, Uint8Array.of(unused), bytes);
}

/** Encodes bytes. */
export function encodeOctets(...parts: readonly Uint8Array[]): Uint8Array {
  return encodeValue(Tag.OctetString, ...parts);
}

/** Encodes text. */
export function encodeText(text: string): Uint8Array {
  return encodeValue(Tag.Utf8String, Buffer.from(text));
}

/** Encodes a time, in full seconds. */
export function encodeTime(time: Date): Uint8Array {
  const text = time
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:T]/g, "");
  return encodeValue(Tag.GeneralizedTime, Buffer.from(text));
}

/** Encodes an object identifier such as `2.5.4.3`. */
export function encodeObjectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...others] = dotted.split(".").map(Number);
  return encodeValue(
    Tag.ObjectIdentifier,
    Uint8Array.from([first * 40 + second, ...others].flatMap(base128)),
  );
}

function base128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) digits.unshift(longForm | (rest & 0x7f));
  return digits;
}
