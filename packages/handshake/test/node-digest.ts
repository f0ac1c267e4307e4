/** The digest form once more, by `node:crypto` and with every number written out. */

import { createHmac } from "node:crypto";
import { hex } from "@rtmp/testing";

const names = {
  player: "Genuine Adobe Flash Player 001",
  server: "Genuine Adobe Flash Media Server 001",
};
const tail = hex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae");

/** Whose keys sign. */
export type Role = keyof typeof names;

/** The 32 bytes where a C1 or S1 with the digest half first has its digest. */
export function digestOf(block: Uint8Array): Uint8Array {
  const [a = 0, b = 0, c = 0, d = 0] = block.subarray(8, 12);
  const offset = ((a + b + c + d) % 728) + 12;
  return block.subarray(offset, offset + 32);
}

/** Signs a C1 or S1 in place, with the digest half first. */
export function signedFirst(block: Uint8Array, role: Role): Uint8Array {
  const digest = digestOf(block);
  const offset = digest.byteOffset - block.byteOffset;
  const hmac = createHmac("sha256", names[role]);
  digest.set(
    hmac
      .update(block.subarray(0, offset))
      .update(block.subarray(offset + 32))
      .digest(),
  );
  return block;
}

/** Makes a C2 or S2 of 1504 bytes of fill. */
export function signedSecond(fill: Uint8Array, peerDigest: Uint8Array, role: Role): Uint8Array {
  const fullKey = Buffer.concat([Buffer.from(names[role]), tail]);
  const key = createHmac("sha256", fullKey).update(peerDigest).digest();
  return Buffer.concat([fill, createHmac("sha256", key).update(fill).digest()]);
}
