/**
 * Version 8 of RTMPE: the signatures of C2 and S2 are encrypted, each block of 8 bytes by a key of its own.
 *
 *   block i of 4   XTEA(table[digest key byte 8i mod 15], block)    32 rounds, words little-endian
 *
 * The digest key is the HMAC that the signature was made with. The table is the same in every player and server, and so
 * public: this keeps nothing secret.
 *
 * No specification; the table is as librtmp and FFmpeg know it.
 */

const blockBytes = 8;
const rounds = 32;
const delta = 0x9e3779b9;

/** The keys of XTEA, four words each. The sixteenth that others list is never used. */
// oxfmt-ignore
const keys: readonly Uint32Array[] = [
  [0xbff034b2, 0x11d9081f, 0xccdfb795, 0x748de732], [0x086a5eb6, 0x1743090e, 0x6ef05ab8, 0xfe5a39e2],
  [0x7b10956f, 0x76ce0521, 0x2388a73a, 0x440149a1], [0xa943f317, 0xebf11bb2, 0xa691a5ee, 0x17f36339],
  [0x7a30e00a, 0xb529e22c, 0xa087aea5, 0xc0cb79ac], [0xbdce0c23, 0x2febdeff, 0x1cfaae16, 0x1123239d],
  [0x55dd3f7b, 0x77e7e62e, 0x9bb8c499, 0xc9481ee4], [0x407bb6b4, 0x71e89136, 0xa7aebf55, 0xca33b839],
  [0xfcf6bdc3, 0xb63c3697, 0x7ce4f825, 0x04d959b2], [0x28e091fd, 0x41954c4c, 0x7fb7db00, 0xe3a066f8],
  [0x57845b76, 0x4f251b03, 0x46d45bcd, 0xa2c30d29], [0x0acceef8, 0xda55b546, 0x03473452, 0x5863713b],
  [0xb82075dc, 0xa75f1fee, 0xd84268e8, 0xa72a44cc], [0x07cf6e9e, 0xa16d7b25, 0x9fa7ae6c, 0xd92f5629],
  [0xfeb1eae4, 0x8c8c3ce1, 0x4e0064a7, 0x6a387c2a],
].map((words) => Uint32Array.from(words));

/**
 * Encrypts a signature in place.
 *
 * @param signature  32 bytes
 * @param digestKey  the 32 bytes that it was made with
 * @returns `signature`
 */
export function sealSignature(signature: Uint8Array, digestKey: Uint8Array): Uint8Array {
  for (let at = 0; at < signature.length; at += blockBytes) {
    const key = keys[(digestKey[at] ?? 0) % keys.length];
    if (key !== undefined) encryptBlock(signature.subarray(at, at + blockBytes), key);
  }
  return signature;
}

function encryptBlock(block: Uint8Array, key: Uint32Array): void {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  let a = view.getUint32(0, true);
  let b = view.getUint32(4, true);
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    a = (a + (mixed(b) ^ (sum + (key[sum & 3] ?? 0)))) >>> 0;
    sum = (sum + delta) >>> 0;
    b = (b + (mixed(a) ^ (sum + (key[(sum >>> 11) & 3] ?? 0)))) >>> 0;
  }
  view.setUint32(0, a, true);
  view.setUint32(4, b, true);
}

function mixed(word: number): number {
  return ((word << 4) ^ (word >>> 5)) + word;
}
