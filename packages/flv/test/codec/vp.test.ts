import { decodeVp8KeyFrame, decodeVp9KeyFrame, decodeVpConfiguration } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bits, bytesOf, errorOf, neededBytes, notTruncated } from "./tracks.ts";

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

describe("RFC 6386 §9.1 VP8 key frame", () => {
  test("what libvpx writes", () => {
    expect(decodeVp8KeyFrame(bytesOf("vp8-odd-key-frame"))).toEqual({
      codec: "vp08.00.00.08",
      profile: 0,
      width: 853,
      height: 481,
      bitDepth: 8,
    });
    expect(decodeVp8KeyFrame(bytesOf("vp8-176-key-frame"))).toMatchObject({
      profile: 3,
      width: 176,
    });
  });

  test("the high two bits of a side ask for scaling", () => {
    const frame = hex("10 00 00 9d 01 2a 40 41 f0 c0");
    expect(decodeVp8KeyFrame(frame)).toMatchObject({ width: 320, height: 240 });
  });

  test("an inter frame tells nothing", () => {
    expect(decodeVp8KeyFrame(hex("11"))).toBeUndefined();
  });

  test("a head that is cut is truncated at every length", () => {
    expect(notTruncated(bytesOf("vp8-odd-key-frame").subarray(0, 10), decodeVp8KeyFrame)).toEqual(
      [],
    );
  });

  test.each([
    ["another start code", "10 00 00 9d 01 2b 40 01 f0 00", 3],
    ["version 4", "18 00 00 9d 01 2a 40 01 f0 00", 0],
    ["a width of 0", "10 00 00 9d 01 2a 00 40 f0 00", 6],
  ])("%s is invalid", (_, frame, offset) => {
    expect(errorOf(() => decodeVp8KeyFrame(hex(frame)))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset,
    });
  });
});

describe("VP9 §6.2 key frame", () => {
  const sync = "01001001 10000011 01000010";
  const size = "0000001111111111 0000000011111111";

  test("what libvpx writes", () => {
    expect(decodeVp9KeyFrame(bytesOf("vp9-3-key-frame"))).toEqual({
      codec: "vp09.03.00.12.02.01.01.01.00",
      profile: 3,
      width: 162,
      height: 94,
      bitDepth: 12,
    });
  });

  test.each([
    ["profile 0", `10 0 0 0 0 1 0 ${sync} 001 0`, "vp09.00.00.08"],
    ["full range", `10 0 0 0 0 1 0 ${sync} 001 1`, "vp09.00.00.08.01.01.01.01.01"],
    ["4:4:4", `10 1 0 0 0 1 0 ${sync} 001 0 0 0 0`, "vp09.01.00.08.03.01.01.01.00"],
    ["4:2:2", `10 1 0 0 0 1 0 ${sync} 001 0 1 0 0`, "vp09.01.00.08.02.01.01.01.00"],
    ["RGB", `10 1 0 0 0 1 0 ${sync} 111 0`, "vp09.01.00.08.03.01.01.00.01"],
    ["10 bits", `10 0 1 0 0 1 0 ${sync} 0 001 0`, "vp09.02.00.10"],
    ["12 bits", `10 1 1 0 0 0 1 0 ${sync} 1 111 0`, "vp09.03.00.12.03.01.01.00.01"],
  ])("%s", (_, head, codec) => {
    expect(decodeVp9KeyFrame(bits(`${head} ${size}`))).toMatchObject({
      codec,
      width: 1024,
      height: 256,
    });
  });

  test("a frame that shows another one, and an inter frame, tell nothing", () => {
    expect(decodeVp9KeyFrame(bits("10 0 0 1 000"))).toBeUndefined();
    expect(decodeVp9KeyFrame(bits("10 0 0 0 1 1 0"))).toBeUndefined();
  });

  test("a head that is cut is truncated at every length", () => {
    for (const name of ["vp9-0-key-frame", "vp9-3-key-frame", "vp9-rgb-key-frame"]) {
      const needed = neededBytes(bytesOf(name), decodeVp9KeyFrame);
      expect(needed.length).toBeGreaterThan(7);
      expect(notTruncated(needed, decodeVp9KeyFrame)).toEqual([]);
    }
  });

  test.each([
    ["no frame marker", "01 0 0 0 0 1 0", 0],
    ["reserved profile", "10 1 1 1 0 0 1 0", 0],
    ["no sync code", `10 0 0 0 0 1 0 ${"0".repeat(24)}`, 1],
    ["RGB in profile 0", `10 0 0 0 0 1 0 ${sync} 111 0`, 4],
  ])("%s is invalid", (_, head, offset) => {
    expect(errorOf(() => decodeVp9KeyFrame(bits(head)))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset,
    });
  });
});
