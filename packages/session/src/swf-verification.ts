/**
 * How a player proves to a server that it holds a certain SWF file.
 *
 *   server  user control 26   UI8 type of the check, 1
 *   client  user control 27   UI8 1, UI8 1, UI32 size, UI32 size, 32 bytes of proof
 *
 *   hash    HMAC-SHA256("Genuine Adobe Flash Player 001", the SWF file, not compressed)
 *   proof   HMAC-SHA256(last 32 bytes of S1, hash)
 *
 * Servers ask for it after a handshake in the digest form. Whoever has the file, or only its hash, can prove it.
 *
 * RTMP §7.1.7 leaves these events out; the form of Flash Player.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** What a server knows of a SWF file. */
export interface SwfDigest {
  /** 32 bytes. */
  readonly hash: Uint8Array;
  /** Bytes of the file, not compressed; u32. */
  readonly size: number;
}

/** The one type of check that is known: the first byte of a request. */
export const swfCheckType = 1;

const digestBytes = 32;
const playerText = utf8ToBytes("Genuine Adobe Flash Player 001");

/**
 * Hashes a SWF file.
 *
 * @param file  the whole file, `FWS` first: one that begins with `CWS` or `ZWS` has to be inflated from byte 8 on, and
 *   its first byte changed to `F`
 * @throws RangeError when it does not begin with `FWS`
 */
export function hashSwf(file: Uint8Array): SwfDigest {
  const [f, w, s] = file;
  if (f !== 0x46 || w !== 0x57 || s !== 0x53) {
    throw new RangeError("not a SWF file, or one that is compressed");
  }
  return { hash: hmac(sha256, playerText, file), size: file.length };
}

/**
 * Answers a server that asks for the SWF file.
 *
 * @param swf  the file
 * @param key  the last 32 bytes of S1: `swfVerificationKey` of the handshake
 * @returns the data of user control event 27: 42 bytes
 * @throws RangeError when the hash or the key is not 32 bytes long, or the size is no u32
 */
export function swfVerification({ hash, size }: SwfDigest, key: Uint8Array): Uint8Array {
  if (hash.length !== digestBytes)
    throw new RangeError(`hash must be 32 bytes, not ${hash.length}`);
  if (key.length !== digestBytes) throw new RangeError(`key must be 32 bytes, not ${key.length}`);
  if (size !== size >>> 0) throw new RangeError(`size must be a u32, not ${size}`);

  const data = new Uint8Array(10 + digestBytes);
  const view = new DataView(data.buffer);
  data[0] = swfCheckType;
  data[1] = swfCheckType;
  view.setUint32(2, size);
  view.setUint32(6, size);
  data.set(hmac(sha256, key, hash), 10);
  return data;
}
