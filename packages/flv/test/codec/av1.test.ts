import { decodeAv1Configuration, decodeAv1SequenceHeader, findAv1SequenceHeader } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bits, bytesOf, errorOf, neededBytes, notTruncated } from "./tracks.ts";

const payloadOf = (name: string): Uint8Array => bytesOf(name).subarray(6);

/** A sequence header of zeros, whose timing has a code of so many zeros and a one. */
function timing(zeros: number): Uint8Array {
  return bits(`000 0 0 1 ${"0".repeat(64)} 1 ${"0".repeat(zeros)} 1 ${"0".repeat(99)}`);
}

describe("AV1-ISOBMFF §2.3 AV1CodecConfigurationRecord", () => {
  test("what libaom writes for 12 bits of 4:2:2", () => {
    expect(decodeAv1Configuration(bytesOf("av1-422-12"))).toEqual({
      codec: "av01.2.00M.12.0.100.01.01.01.0",
      profile: 2,
      level: 0,
      highTier: false,
      bitDepth: 12,
      monochrome: false,
      subsamplingX: 1,
      subsamplingY: 0,
      chromaSamplePosition: 0,
      sequenceHeader: {
        profile: 2,
        level: 0,
        highTier: false,
        maxWidth: 162,
        maxHeight: 94,
        bitDepth: 12,
        monochrome: false,
        colorPrimaries: 2,
        transferCharacteristics: 2,
        matrixCoefficients: 2,
        fullRange: false,
        subsamplingX: 1,
        subsamplingY: 0,
        chromaSamplePosition: 0,
      },
    });
  });

  test("every field in its place; no configOBUs", () => {
    expect(decodeAv1Configuration(hex("81 0d ce 10"))).toEqual({
      codec: "av01.0.13H.10.0.112.01.01.01.0",
      profile: 0,
      level: 13,
      highTier: true,
      bitDepth: 10,
      monochrome: false,
      subsamplingX: 1,
      subsamplingY: 1,
      chromaSamplePosition: 2,
      sequenceHeader: undefined,
    });
    expect(decodeAv1Configuration(hex("81 1f 1c 00")).codec).toBe("av01.0.31M.08.1.110.01.01.01.0");
  });

  test("a head that is cut, and configOBUs that are cut, are truncated", () => {
    const record = bytesOf("av1-main");
    for (const length of [0, 1, 2, 3, 5, 6, 9, 15]) {
      expect(errorOf(() => decodeAv1Configuration(record.subarray(0, length)))).toMatchObject({
        code: "RTMP_ERR_FLV_TRUNCATED",
      });
    }
    expect(errorOf(() => decodeAv1Configuration(record.subarray(0, 9)))?.offset).toBe(6);
  });

  test("an OBU is no record, version 2 is unsupported", () => {
    expect(errorOf(() => decodeAv1Configuration(hex("0a 0a 00 00")))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 0,
    });
    expect(errorOf(() => decodeAv1Configuration(hex("82 08 0c 00")))?.fault).toBe("unsupported");
  });
});

describe("AV1 §5.3 open bitstream units", () => {
  // 64 by 32, all else as simple as can be: a reduced still picture.
  const header = bits("000 1 1 00000 0101 0100 111111 11111 000 000 0 0 0 0 00 0");
  const unit = (head: string) => new Uint8Array([...hex(head), ...header]);

  test("the sequence header is found behind other units", () => {
    const found = findAv1SequenceHeader(unit("12 00 7a 03 aabbcc 0a 06"));
    expect(found).toMatchObject({ maxWidth: 64, maxHeight: 32 });
  });

  test("with an extension, without a size, with a size of more bytes than needed", () => {
    expect(header).toHaveLength(6);
    for (const head of ["0e 00 06", "08", "0c 00", "0a 86 00", "0a 86 80 80 80 00"]) {
      expect(findAv1SequenceHeader(unit(head))?.maxWidth).toBe(64);
    }
  });

  test("there may be none", () => {
    expect(findAv1SequenceHeader(new Uint8Array())).toBeUndefined();
    expect(findAv1SequenceHeader(hex("12 00 32 02 30 00"))).toBeUndefined();
  });

  test("the forbidden bit and a size without an end are invalid, at the offset of the caller", () => {
    expect(errorOf(() => findAv1SequenceHeader(hex("12 00 8a 00"), 1000))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 1002,
    });
    expect(errorOf(() => findAv1SequenceHeader(hex("12 ffffffffffffffff 00"), 1000))).toMatchObject(
      {
        code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
        offset: 1001,
      },
    );
  });

  test("a size past the end is truncated", () => {
    expect(errorOf(() => findAv1SequenceHeader(hex("12 ff ff ff 7f 00"), 1000))).toMatchObject({
      code: "RTMP_ERR_FLV_TRUNCATED",
      offset: 1005,
    });
    expect(errorOf(() => findAv1SequenceHeader(hex("12"), 1000))?.offset).toBe(1001);
  });
});

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
