/**
 * What both sides send: a version byte and two blocks of 1536 bytes.
 *
 *   C0 S0   UI8 version
 *   C1 S1   UI32 own time, UI32 zero, 1528 bytes of fill
 *   C2 S2   UI32 time of the peer's first block, UI32 own time, fill of the peer's first block
 *
 * A non-zero second field of C1 or S1 is the version of a program and speaks of the digest form, where the fill is two
 * halves of 764 bytes in either order, the schemes:
 *
 *   digest half   4 offset bytes, fill, 32 bytes of digest, fill
 *   key half      fill, 128 bytes of public key (RTMPE), fill, 4 offset bytes
 *
 * and C2 and S2 are 1504 bytes of fill and a signature of 32 bytes.
 *
 * RTMP §5.2.2, §5.2.3, §5.2.4; the digest form has no specification
 */

/** The version of plain RTMP. */
export const plainVersion = 3;

/** The version of RTMPE. */
export const encryptedVersion = 6;

/** The version of RTMPE whose second blocks have encrypted signatures. */
export const sealedVersion = 8;

/** Bytes of each of C1, C2, S1 and S2. */
export const blockBytes = 1536;

/** Bytes of the version and the first block. */
export const firstPartBytes = 1 + blockBytes;

/** Bytes that each side sends in all. */
export const handshakeBytes = firstPartBytes + blockBytes;

/** Where the version of a program stands in C1 and S1; its first byte is the major version. */
export const programOffset = 4;

/** Where the fill of a block begins. */
const fillOffset = 8;

/** Bytes of fill in a block. */
export const fillBytes = blockBytes - fillOffset;

/** Bytes of an HMAC-SHA256: a digest or a signature. */
export const digestBytes = 32;

/** Bytes of C2 or S2 in front of its signature. */
export const signedFillBytes = blockBytes - digestBytes;

/** Bytes of a public key in a key half. */
export const publicKeyBytes = 128;

/** Which half of a signed C1 or S1 comes first; the values are the customary numbers of the schemes. */
export const DigestScheme = {
  /** Digest half, then key half: what players and encoders send. */
  DigestFirst: 0,
  /** Key half, then digest half: what RTMPE clients send. */
  KeyFirst: 1,
} as const;

/** Which half of a signed C1 or S1 comes first. */
export type DigestScheme = (typeof DigestScheme)[keyof typeof DigestScheme];

const halfBytes = fillBytes / 2;
const offsetBytes = 4;
// Each offset is taken modulo the room that what it points to has to move in.
const digestRoom = halfBytes - offsetBytes - digestBytes;
const publicKeyRoom = halfBytes - offsetBytes - publicKeyBytes;

/** Says where the digest of a C1 or S1 is, 12 to 739 or 776 to 1503. */
export function digestOffset(block: Uint8Array, scheme: DigestScheme): number {
  const half = scheme === DigestScheme.DigestFirst ? fillOffset : fillOffset + halfBytes;
  return half + offsetBytes + (sumOfOffsetBytes(block, half) % digestRoom);
}

/** Says where the public key of a C1 or S1 is, 8 to 639 or 772 to 1403. */
export function publicKeyOffset(block: Uint8Array, scheme: DigestScheme): number {
  const half = scheme === DigestScheme.DigestFirst ? fillOffset + halfBytes : fillOffset;
  return half + (sumOfOffsetBytes(block, half + halfBytes - offsetBytes) % publicKeyRoom);
}

function sumOfOffsetBytes(block: Uint8Array, at: number): number {
  let sum = 0;
  for (let i = at; i < at + offsetBytes; i++) sum += block[i] ?? 0;
  return sum;
}

/**
 * Writes C0 and C1, or S0 and S1, to the start of `target`.
 *
 * @param time     own time in milliseconds, taken modulo 2^32
 * @param fill     1528 bytes
 * @param program  0 for the simple form. Clients read byte 4 of S1 as the server's major version: from 3 on, FFmpeg
 *                 demands a digest.
 */
export function writeFirstPart(
  target: Uint8Array,
  time: number,
  fill: Uint8Array,
  program: number,
  version: number = plainVersion,
): void {
  target[0] = version;
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  view.setUint32(1, time);
  view.setUint32(1 + programOffset, program);
  target.set(fill, 1 + fillOffset);
}

/**
 * Writes C2 or S2 of the simple form, the echo of the peer's first block.
 *
 * @param target  1536 bytes
 * @param first   the peer's C1 or S1
 * @param time    own time in milliseconds, taken modulo 2^32
 */
export function writeEcho(target: Uint8Array, first: Uint8Array, time: number): void {
  target.set(first);
  new DataView(target.buffer, target.byteOffset, target.byteLength).setUint32(4, time);
}
