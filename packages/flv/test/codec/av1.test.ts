import { decodeAv1Configuration } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, errorOf } from "./tracks.ts";

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

describe("AV1-MPEG2-TS AV1 video descriptor", () => {
  const record = hex("81 0d ce 10");

  test("says what the record says behind tag and length", () => {
    const descriptor = Uint8Array.of(0x80, 4, ...record);
    expect(decodeAv1Configuration(descriptor)).toEqual(decodeAv1Configuration(record));
  });

  test("ends where its length says", () => {
    const descriptor = Uint8Array.of(0x80, 4, ...record, ...hex("0a 0a 00"));
    expect(decodeAv1Configuration(descriptor).sequenceHeader).toBeUndefined();
  });

  test("that is cut, or too short, is truncated", () => {
    const descriptor = Uint8Array.of(0x80, 4, ...record);
    for (let length = 0; length < descriptor.length; length++) {
      expect(errorOf(() => decodeAv1Configuration(descriptor.subarray(0, length)))?.code).toBe(
        "RTMP_ERR_FLV_TRUNCATED",
      );
    }
    expect(errorOf(() => decodeAv1Configuration(hex("80 03 81 0d ce 10")))).toMatchObject({
      code: "RTMP_ERR_FLV_TRUNCATED",
      offset: 5,
    });
  });

  test("in another descriptor there is no record", () => {
    expect(errorOf(() => decodeAv1Configuration(hex("80 04 0a 0a 00 00")))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 2,
    });
    expect(errorOf(() => decodeAv1Configuration(hex("80 04 80 04 81 0d")))?.fault).toBe(
      "unsupported",
    );
  });
});
