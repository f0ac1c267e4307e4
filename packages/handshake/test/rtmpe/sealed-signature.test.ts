import { createHmac } from "node:crypto";
import { hex, toHex } from "@rtmp/testing";
import { expect, test } from "vitest";
import { sealSignature } from "../../src/rtmpe/sealed-signature.ts";
import { signedSecond } from "../node-digest.ts";
import { readSession } from "./sessions.ts";

// 00 01 02 03 04 05 06 07 under each key of the table, by a Python XTEA that encrypts "ABCDEFGH" with 00 to 0f, words
// big-endian, to 497df3d072612cb5 as everybody's does.
const blocks = [
  "c7c82aca95daa419",
  "56db83e87bb6c03f",
  "83e79d336fe13cf4",
  "3f6995e8db8eff4b",
  "461421c5e9476b9e",
  "b4cb855c172482f6",
  "125fd128ad5d3482",
  "462cb97d43c6dca1",
  "f50041d2a536667c",
  "84f660b627880e23",
  "58d64861f02e38fa",
  "ebb7e02f45c30c73",
  "252099840f5d0952",
  "c6036f28cfa4256e",
  "b7eecfdda2307f55",
];
const clear = hex("00 01 02 03 04 05 06 07");

/** A signature of four such blocks, sealed with these bytes at 0, 8, 16 and 24 of the digest key. */
function sealed(...bytes: readonly [number, number, number, number]): string[] {
  const digestKey = new Uint8Array(32).fill(0xff);
  for (const [i, byte] of bytes.entries()) digestKey[8 * i] = byte;
  const signature = Uint8Array.from([...clear, ...clear, ...clear, ...clear]);
  expect(sealSignature(signature, digestKey)).toBe(signature);
  const digits = toHex(signature).replaceAll(" ", "");
  return [0, 16, 32, 48].map((at) => digits.slice(at, at + 16));
}

test("each block has the key of one byte of the digest key", () => {
  expect(sealed(0, 1, 2, 3)).toEqual([blocks[0], blocks[1], blocks[2], blocks[3]]);
  expect(sealed(4, 5, 6, 7)).toEqual([blocks[4], blocks[5], blocks[6], blocks[7]]);
  expect(sealed(8, 9, 10, 11)).toEqual([blocks[8], blocks[9], blocks[10], blocks[11]]);
  expect(sealed(12, 13, 14, 14)).toEqual([blocks[12], blocks[13], blocks[14], blocks[14]]);
});

test("the byte counts modulo 15, so that a sixteenth key is never used", () => {
  expect(sealed(15, 16, 255, 30)).toEqual([blocks[0], blocks[1], blocks[0], blocks[0]]);
});

test("S2 of librtmp in version 8 has the signature of the digest form, sealed", () => {
  const server = readSession("rtmpsrv", "s2c");
  const c1 = readSession("rtmpsrv", "c2s").subarray(1, 1537);
  // With the key half first.
  const [a = 0, b = 0, c = 0, d = 0] = c1.subarray(772, 776);
  const offset = ((a + b + c + d) % 728) + 776;
  const digest = c1.subarray(offset, offset + 32);
  const s2 = signedSecond(server.subarray(1537, 3041), digest, "server");
  const fullKey = Buffer.concat([
    Buffer.from("Genuine Adobe Flash Media Server 001"),
    hex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae"),
  ]);
  const digestKey = createHmac("sha256", fullKey).update(digest).digest();
  expect(toHex(sealSignature(s2.slice(1504), digestKey))).toBe(toHex(server.slice(3041, 3073)));
});
