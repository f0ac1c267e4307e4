/**
 * Digest handshakes that were computed apart from this code, by Python's `hmac` and by Node's `crypto`.
 *
 * The blocks follow rules, so that only their digests and checksums need to be written down.
 */

import { createHash } from "node:crypto";
import { hex } from "@rtmp/testing";
import { DigestScheme } from "../src/layout.ts";

function ruled(length: number, factor: number, term: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => factor * i + term);
}

function blockOf(start: string, factor: number, term: number): Uint8Array {
  const block = ruled(1536, factor, term);
  block.set(hex(start));
  return block;
}

/** C1 without its digest. */
export const unsignedC1 = (): Uint8Array => blockOf("00 00 00 00 80 00 07 02", 31, 7);
/** S1 without its digest. */
export const unsignedS1 = (): Uint8Array => blockOf("00 00 ab cd 04 05 00 01", 57, 101);
/** S2 in front of its signature. */
export const s2Fill = (): Uint8Array => ruled(1504, 19, 3);
/** C2 in front of its signature. */
export const c2Fill = (): Uint8Array => ruled(1504, 23, 11);

/** The SHA-256 of some bytes, in hex. */
export function checksum(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What comes out of the blocks in one scheme, in hex. */
export interface DigestVector {
  readonly scheme: DigestScheme;
  readonly c1: SignedBlock;
  readonly s1: SignedBlock;
  readonly s2: { readonly signature: string; readonly checksum: string };
  readonly c2: { readonly signature: string; readonly checksum: string };
}

interface SignedBlock {
  readonly digestOffset: number;
  readonly digest: string;
  readonly checksum: string;
  readonly publicKeyOffset: number;
}

/** One vector for each scheme. */
export const digestVectors: readonly DigestVector[] = [
  {
    scheme: DigestScheme.DigestFirst,
    c1: {
      digestOffset: 450,
      digest: "881e5e62d39a04067e5b416cff5d71da1ade0c7b7c5164adb00436674ea7aaef",
      checksum: "fb0a430436cae64eb8fa475feefd1a5d0c5b62b38a0ebb10c6b09058f4d395e5",
      publicKeyOffset: 882,
    },
    s1: {
      digestOffset: 534,
      digest: "67c56fa25a55f66fa938126b71c7349ab6689167a605a79f54f3c2da98cdd318",
      checksum: "33fc7ed3b4e1170f92cf3cdf686af8cdb3e4dbd9012e7cce57100c2b4ca00cdd",
      publicKeyOffset: 1374,
    },
    s2: {
      signature: "e96fd69dfbd345060d25e98e4d3f5d9053aef808b555735b5cdf9d6f796837fe",
      checksum: "324a6cb0afcd5b6418147fb8ebb85b68bf22605ad46398f1611de1548f50aa93",
    },
    c2: {
      signature: "40a0837a550159cb2942e6fafc7f321da3ab9839656ce63efb195c8332ac18e4",
      checksum: "f1ca64e2ac3d588ef7fcff228394758e97db97caea1b28c9d3a1bc902e69608d",
    },
  },
  {
    scheme: DigestScheme.KeyFirst,
    c1: {
      digestOffset: 1486,
      digest: "3ec6a11071608ce7770b8df3fec4a0a48f366bb95b4e66485506bbbcbaaf1e5d",
      checksum: "60d3d31c1924bf05e53f9cc557ee25de8d8167cb994b0e1289fa2bd0062ad78b",
      publicKeyOffset: 222,
    },
    s1: {
      digestOffset: 1410,
      digest: "aa5f0ec05b0e3b320af19c45fc271a1751154d5af1486b0bef6c0c22de072b96",
      checksum: "267415dc749d6f75a513a4aaa523ca2b5bf43814db18ea6eb91d0d852b54c4ee",
      publicKeyOffset: 498,
    },
    s2: {
      signature: "30e3296cbd602836d40316b319cd9d22f471dbeae4c05b7950bda4159e48bc66",
      checksum: "a84f27dd37e8709640acaaffb11456667557de413d3fad2dfbf93fc11c39c986",
    },
    c2: {
      signature: "13dd6ef98dfc30c496a9d3412c3942792b3b7b99fc9c411648c33beb76ade2da",
      checksum: "75387610ab67c294cd5236b8f629d68241c0e66196b37e9f7b29fe0cde7908ff",
    },
  },
];

/** A block with its digest written into it. */
export function withDigest(block: Uint8Array, { digestOffset, digest }: SignedBlock): Uint8Array {
  block.set(hex(digest), digestOffset);
  return block;
}
