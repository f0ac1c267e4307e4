import { decodeAv1SequenceHeader } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bits, bytesOf, errorOf, neededBytes, notTruncated } from "./tracks.ts";

const payloadOf = (name: string): Uint8Array => bytesOf(name).subarray(6);

/** A sequence header of zeros, whose timing has a code of so many zeros and a one. */
function timing(zeros: number): Uint8Array {
  return bits(`000 0 0 1 ${"0".repeat(64)} 1 ${"0".repeat(zeros)} 1 ${"0".repeat(99)}`);
}

describe("AV1 §5.5 sequence header", () => {
  test("a header that is cut is truncated at every length", () => {
    for (const name of ["av1-main", "av1-hdr", "av1-still", "av1-rav1e"]) {
      const needed = neededBytes(payloadOf(name), decodeAv1SequenceHeader);
      expect(needed.length).toBeGreaterThan(5);
      expect(notTruncated(needed, decodeAv1SequenceHeader)).toEqual([]);
    }
  });

  test("sRGB is full range 4:4:4 without saying so", () => {
    expect(decodeAv1SequenceHeader(payloadOf("av1-rgb"))).toMatchObject({
      colorPrimaries: 1,
      transferCharacteristics: 13,
      matrixCoefficients: 0,
      fullRange: true,
      subsamplingX: 0,
      subsamplingY: 0,
    });
  });

  // aomenc 3.6.0 --timing-info=constant and =model, 320x180
  test.each([
    ["timing", "040000000400000067400000bc3cfecf81b5f20080"],
    ["timing and decoder model", "040000000400000065780000000a530000035f915f90bc3cfecf81b5f20080"],
  ])("%s stand in front of the size", (_, text) => {
    const header = hex(text);
    const size = { profile: 0, level: 0, maxWidth: 320, maxHeight: 180, bitDepth: 8 };
    expect(decodeAv1SequenceHeader(header)).toMatchObject(size);
    expect(
      notTruncated(neededBytes(header, decodeAv1SequenceHeader), decodeAv1SequenceHeader),
    ).toEqual([]);
  });

  test("of several operating points the first one tells level and tier", () => {
    const points = "0 1 00001 000000000000 01000 1 1 0011 000000000000 00101 0";
    const size = "0111 0111 01100011 00110001";
    const tools = "1 0000000 000 0000 0 0 1 0 1 000";
    const color = "0 0 0 0 01 0";
    expect(decodeAv1SequenceHeader(bits(`000 0 0 ${points} ${size} ${tools} ${color}`))).toEqual({
      profile: 0,
      level: 8,
      highTier: true,
      maxWidth: 100,
      maxHeight: 50,
      bitDepth: 8,
      monochrome: false,
      colorPrimaries: 2,
      transferCharacteristics: 2,
      matrixCoefficients: 2,
      fullRange: false,
      subsamplingX: 1,
      subsamplingY: 1,
      chromaSamplePosition: 1,
    });
  });

  test.each([
    ["1 1 0 0 1 0 0", { bitDepth: 12, subsamplingX: 0, subsamplingY: 0, fullRange: true }],
    ["1 1 0 0 0 1 0 0", { bitDepth: 12, subsamplingX: 1, subsamplingY: 0 }],
    ["1 1 0 0 0 1 1 10 0", { bitDepth: 12, subsamplingY: 1, chromaSamplePosition: 2 }],
    ["1 0 0 0 0 0", { bitDepth: 10, subsamplingX: 1, subsamplingY: 0 }],
    ["0 1 0 1", { bitDepth: 8, monochrome: true, subsamplingX: 1, fullRange: true }],
  ])("the colours %s of profile 2", (color, told) => {
    const still = "010 1 1 00000 0101 0100 111111 11111 000 000";
    expect(decodeAv1SequenceHeader(bits(`${still} ${color}`))).toMatchObject(told);
  });

  test("profile 3 is reserved", () => {
    expect(errorOf(() => decodeAv1SequenceHeader(hex("60"), 1111))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 1111,
    });
  });

  test("an interval of 32 zeros is a code, of 33 it is none", () => {
    expect(errorOf(() => decodeAv1SequenceHeader(timing(32)))).toBeUndefined();
    expect(errorOf(() => decodeAv1SequenceHeader(timing(33)))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 8,
    });
  });
});
