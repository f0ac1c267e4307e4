import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import {
  blockBytes,
  digestOffset,
  DigestScheme,
  fillBytes,
  handshakeBytes,
  publicKeyBytes,
  publicKeyOffset,
  writeEcho,
  writeFirstPart,
} from "../src/layout.ts";

describe("RTMP §5.2.2, §5.2.3 version and first block", () => {
  test("a version, a time, four zero bytes and the fill", () => {
    const target = new Uint8Array(1537).fill(0xee);
    writeFirstPart(target, 1111, new Uint8Array(fillBytes).fill(0xaa), 0);
    expect(target.subarray(0, 9)).toEqual(hex("03 00 00 04 57 00 00 00 00"));
    expect(target.subarray(9).every((byte) => byte === 0xaa)).toBe(true);
    expect([blockBytes, fillBytes, handshakeBytes]).toEqual([1536, 1528, 3073]);
  });

  test("the time wraps at 2^32 and loses its fraction", () => {
    const target = new Uint8Array(1537);
    writeFirstPart(target, 2 ** 32 + 2222.9, new Uint8Array(fillBytes), 0);
    expect(target.subarray(1, 5)).toEqual(hex("00 00 08 ae"));
  });
});

/** A block of 0xee with four bytes put into it. */
function blockWith(at: number, bytes: string): Uint8Array {
  const block = new Uint8Array(1536).fill(0xee);
  block.set(hex(bytes), at);
  return block;
}

describe("digest form", () => {
  test("the version of a program stands behind the time", () => {
    const target = new Uint8Array(1537);
    writeFirstPart(target, 1111, new Uint8Array(fillBytes), 0x80_00_07_02);
    expect(target.subarray(0, 9)).toEqual(hex("03 00 00 04 57 80 00 07 02"));
  });

  test.each([
    { bytes: "00 00 00 00", digestFirst: 12, keyFirst: 776 },
    { bytes: "01 02 03 04", digestFirst: 22, keyFirst: 786 },
    { bytes: "ff ff ff ff", digestFirst: 304, keyFirst: 1068 },
    { bytes: "b6 b6 b6 b6", digestFirst: 12, keyFirst: 776 },
    { bytes: "b6 b6 b6 b5", digestFirst: 739, keyFirst: 1503 },
  ])("offset bytes $bytes: the digest is inside of its half", (row) => {
    const { bytes, digestFirst, keyFirst } = row;
    expect(digestOffset(blockWith(8, bytes), DigestScheme.DigestFirst)).toBe(digestFirst);
    expect(digestOffset(blockWith(772, bytes), DigestScheme.KeyFirst)).toBe(keyFirst);
    expect(digestFirst + 32).toBeLessThanOrEqual(772);
    expect(keyFirst + 32).toBeLessThanOrEqual(1536);
  });

  test.each([
    { bytes: "00 00 00 00", digestFirst: 772, keyFirst: 8 },
    { bytes: "ff ff ff ff", digestFirst: 1160, keyFirst: 396 },
    { bytes: "9e 9e 9e 9d", digestFirst: 1403, keyFirst: 639 },
    { bytes: "9e 9e 9e 9e", digestFirst: 772, keyFirst: 8 },
  ])("offset bytes $bytes: the public key is in front of them", (row) => {
    const { bytes, digestFirst, keyFirst } = row;
    expect(publicKeyBytes).toBe(128);
    expect(publicKeyOffset(blockWith(1532, bytes), DigestScheme.DigestFirst)).toBe(digestFirst);
    expect(publicKeyOffset(blockWith(768, bytes), DigestScheme.KeyFirst)).toBe(keyFirst);
    expect(digestFirst + publicKeyBytes).toBeLessThanOrEqual(1532);
    expect(keyFirst + publicKeyBytes).toBeLessThanOrEqual(768);
  });
});

describe("RTMP §5.2.4 second block", () => {
  test("the peer's time, the own time, the peer's fill", () => {
    const first = new Uint8Array(1536).fill(0xbb);
    first.set(hex("01 02 03 04 09 00 7c 02"));
    const target = new Uint8Array(1600).subarray(10, 1546);
    writeEcho(target, first, 2222);
    expect(target.subarray(0, 8)).toEqual(hex("01 02 03 04 00 00 08 ae"));
    expect(target.subarray(8)).toEqual(first.subarray(8));
  });
});
