import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { blockBytes, fillBytes, handshakeBytes, writeEcho, writeFirstPart } from "../src/layout.ts";

describe("RTMP §5.2.2, §5.2.3 version and first block", () => {
  test("a version, a time, four zero bytes and the fill", () => {
    const target = new Uint8Array(1537).fill(0xee);
    writeFirstPart(target, 1111, new Uint8Array(fillBytes).fill(0xaa));
    expect(target.subarray(0, 9)).toEqual(hex("03 00 00 04 57 00 00 00 00"));
    expect(target.subarray(9).every((byte) => byte === 0xaa)).toBe(true);
    expect([blockBytes, fillBytes, handshakeBytes]).toEqual([1536, 1528, 3073]);
  });

  test("the time wraps at 2^32 and loses its fraction", () => {
    const target = new Uint8Array(1537);
    writeFirstPart(target, 2 ** 32 + 2222.9, new Uint8Array(fillBytes));
    expect(target.subarray(1, 5)).toEqual(hex("00 00 08 ae"));
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
