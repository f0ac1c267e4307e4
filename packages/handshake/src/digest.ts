/**
 * The signatures of the digest form: HMAC-SHA256 under keys that everybody knows.
 *
 *   C1 S1   digest = HMAC(own text key, the block without its digest)
 *   C2 S2   signature = HMAC(HMAC(own full key, digest of the peer's first block), the block without its signature)
 *
 * C1 and C2 are signed with the player's keys, S1 and S2 with the server's. The keys prove nothing about a peer. But
 * Flash Player is reported to play H.264 only from servers that sign, and FFmpeg as a player leaves when a signature is
 * wrong.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { digestBytes, digestOffset, DigestScheme, signedFillBytes } from "./layout.ts";
import { sealSignature } from "./rtmpe/sealed-signature.ts";

/** The keys of one role. */
export interface DigestKeys {
  /** Signs the first block. */
  readonly text: Uint8Array;
  /** Signs the second block: the text and the tail that both roles share. */
  readonly full: Uint8Array;
}

/** The digest of a C1 or S1. */
export interface Digest {
  readonly scheme: DigestScheme;
  /** 32 bytes. */
  readonly digest: Uint8Array;
}

// oxfmt-ignore
const keyTail = Uint8Array.of(
  0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68, 0xbe, 0xe8, 0x2e, 0x00, 0xd0, 0xd1, 0x02, 0x9e, 0x7e, 0x57,
  0x6e, 0xec, 0x5d, 0x2d, 0x29, 0x80, 0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae,
);

/** What clients sign with: 30 and 62 bytes. */
export const playerKeys: DigestKeys = keysOf("Genuine Adobe Flash Player 001");

/** What servers sign with: 36 and 68 bytes. */
export const serverKeys: DigestKeys = keysOf("Genuine Adobe Flash Media Server 001");

function keysOf(name: string): DigestKeys {
  const text = new TextEncoder().encode(name);
  return { text, full: Uint8Array.of(...text, ...keyTail) };
}

/**
 * Writes the digest into a C1 or S1 that is complete but for it.
 *
 * @param block  1536 bytes, a public key included; it must not change afterwards
 * @returns the digest, 32 bytes of the caller's own
 */
export function signFirst(block: Uint8Array, scheme: DigestScheme, keys: DigestKeys): Uint8Array {
  const offset = digestOffset(block, scheme);
  const digest = firstDigest(block, offset, keys);
  block.set(digest, offset);
  return digest;
}

/**
 * Finds the digest that the peer signed its C1 or S1 with.
 *
 * @param block  1536 bytes
 * @param keys   the peer's
 * @returns the digest as a view of `block`, or undefined when none is valid in either scheme
 */
export function findDigest(block: Uint8Array, keys: DigestKeys): Digest | undefined {
  for (const scheme of Object.values(DigestScheme)) {
    const offset = digestOffset(block, scheme);
    const digest = block.subarray(offset, offset + digestBytes);
    if (isSame(digest, firstDigest(block, offset, keys))) return { scheme, digest };
  }
  return undefined;
}

/**
 * Writes C2 or S2 of the digest form.
 *
 * @param target      1536 bytes
 * @param fill        1504 bytes
 * @param peerDigest  the digest of the peer's first block
 * @param keys        the own ones
 * @param sealed      whether the signature is encrypted, as in version 8
 */
export function writeSignedSecond(
  target: Uint8Array,
  fill: Uint8Array,
  peerDigest: Uint8Array,
  keys: DigestKeys,
  sealed = false,
): void {
  target.set(fill);
  target.set(secondSignature(target, peerDigest, keys, sealed), signedFillBytes);
}

/**
 * Whether the peer signed its C2 or S2 in answer to the own first block.
 *
 * @param block      1536 bytes
 * @param ownDigest  the digest of the own first block
 * @param keys       the peer's
 * @param sealed     whether the signature is encrypted, as in version 8
 */
export function isSignedSecond(
  block: Uint8Array,
  ownDigest: Uint8Array,
  keys: DigestKeys,
  sealed = false,
): boolean {
  const signature = secondSignature(block, ownDigest, keys, sealed);
  return isSame(block.subarray(signedFillBytes), signature);
}

function firstDigest(block: Uint8Array, offset: number, keys: DigestKeys): Uint8Array {
  return hmac
    .create(sha256, keys.text)
    .update(block.subarray(0, offset))
    .update(block.subarray(offset + digestBytes))
    .digest();
}

function secondSignature(
  block: Uint8Array,
  digest: Uint8Array,
  keys: DigestKeys,
  sealed: boolean,
): Uint8Array {
  const key = hmac(sha256, keys.full, digest);
  const signature = hmac(sha256, key, block.subarray(0, signedFillBytes));
  return sealed ? sealSignature(signature, key) : signature;
}

/** Compares 32 bytes, in a time that does not depend on them. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < digestBytes; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
