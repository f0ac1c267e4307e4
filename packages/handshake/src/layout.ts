/**
 * What both sides send: a version byte and two blocks of 1536 bytes.
 *
 *   C0 S0   UI8 version
 *   C1 S1   UI32 own time, UI32 zero, 1528 bytes of fill
 *   C2 S2   UI32 time of the peer's first block, UI32 own time, fill of the peer's first block
 *
 * A non-zero second field of C1 or S1 is the version of a program and speaks of the digest form.
 *
 * RTMP §5.2.2, §5.2.3, §5.2.4
 */

/** The version of plain RTMP. */
export const plainVersion = 3;

/** Bytes of each of C1, C2, S1 and S2. */
export const blockBytes = 1536;

/** Bytes of the version and the first block. */
export const firstPartBytes = 1 + blockBytes;

/** Bytes that each side sends in all. */
export const handshakeBytes = firstPartBytes + blockBytes;

/** Where the fill of a block begins. */
const fillOffset = 8;

/** Bytes of fill in a block. */
export const fillBytes = blockBytes - fillOffset;

/**
 * Writes C0 and C1, or S0 and S1, to the start of `target`.
 *
 * @param time  own time in milliseconds, taken modulo 2^32
 * @param fill  1528 bytes
 */
export function writeFirstPart(target: Uint8Array, time: number, fill: Uint8Array): void {
  target[0] = plainVersion;
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  view.setUint32(1, time);
  // Clients read byte 4 of S1 as the server's major version: from 3 on, FFmpeg demands a digest.
  view.setUint32(5, 0);
  target.set(fill, 1 + fillOffset);
}

/**
 * Writes C2 or S2, the echo of the peer's first block.
 *
 * @param target  1536 bytes
 * @param first   the peer's C1 or S1
 * @param time    own time in milliseconds, taken modulo 2^32
 */
export function writeEcho(target: Uint8Array, first: Uint8Array, time: number): void {
  target.set(first);
  new DataView(target.buffer, target.byteOffset, target.byteLength).setUint32(4, time);
}
