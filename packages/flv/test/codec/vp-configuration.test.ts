import { decodeVpConfiguration } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, errorOf, notTruncated } from "./tracks.ts";

const read = (bytes: Uint8Array) => decodeVpConfiguration("vp09", bytes);

describe("VP Codec ISO Media File Format Binding §2.2 VPCodecConfigurationRecord", () => {
  const bare = hex("02 1f a5 09 10 09 0003 aabbcc");
  const fields = {
    codec: "vp09.02.31.10.02.09.16.09.01",
    profile: 2,
    level: 31,
    bitDepth: 10,
    chromaSubsampling: 2,
    fullRange: true,
    colorPrimaries: 9,
    transferCharacteristics: 16,
    matrixCoefficients: 9,
  };
  test("with and without the version and flags of a box", () => {
    expect(read(bare)).toEqual(fields);
    expect(read(new Uint8Array([...hex("01 000000"), ...bare]))).toEqual(fields);
    expect(read(new Uint8Array([...hex("00 000000"), ...bare]))).toEqual(fields);
  });

  test("profile 1 alone is no version", () => {
    expect(read(hex("01 1f 86 01 01 01 0000")).codec).toBe("vp09.01.31.08.03.01.01.01.00");
    expect(read(hex("01 00 82 00 00 00 0000"))).toMatchObject({ profile: 1, level: 0 });
  });

  test("what is usual is not named", () => {
    expect(read(hex("01000000 00 1f 82 01 01 01 0000")).codec).toBe("vp09.00.31.08");
    expect(read(hex("01000000 00 1f 82 02 02 02 0000")).codec).toBe("vp09.00.31.08");
    expect(decodeVpConfiguration("vp08", hex("00 1f 82 01 01 01 0000")).codec).toBe(
      "vp08.00.31.08",
    );
  });

  test("a record that is cut is truncated at every length", () => {
    expect(notTruncated(bare, read)).toEqual([]);
    expect(notTruncated(bytesOf("vp9-2"), read)).toEqual([]);
  });

  test("profile 4 and samples of 9 bits are invalid", () => {
    expect(errorOf(() => read(hex("04 1f 82 01 01 01 0000")))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 0,
    });
    expect(errorOf(() => read(hex("01000000 00 1f 92 01 01 01 0000")))?.offset).toBe(6);
  });
});
