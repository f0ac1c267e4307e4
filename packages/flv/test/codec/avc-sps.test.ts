import { type AvcSps, decodeAvcConfiguration, decodeAvcSps } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bits, bytesOf, errorOf, neededBytes, notTruncated } from "./tracks.ts";

function spsOf(name: string): Uint8Array {
  const [first] = decodeAvcConfiguration(bytesOf(name)).sps;
  if (first === undefined) throw new Error(`no SPS in ${name}`);
  return first.nalUnit;
}

/** NAL unit header, profile, constraints and level, then bits. */
function sps(profile: string, text: string): Uint8Array {
  return new Uint8Array([...hex(`67 ${profile} 00 1e`), ...bits(text)]);
}

// id 0, frame_num 0, then type 1: offsets 0 and -1, a cycle of 1 and -1; one reference frame
const cycle = "1 1 010 0 1 011 011 010 011 010 0";
// 11 by 9 macroblocks, frames only, no cropping
const qcif = "0001011 0001001 1 1 0";

function withVui(vui: string): AvcSps {
  return decodeAvcSps(sps("42", `${cycle} ${qcif} 1 ${vui}`));
}

describe("H.264 §7.3.2.1.1 what x264 writes", () => {
  test.each([
    ["avc-baseline", { width: 176, height: 144, chromaFormat: 1, bitDepth: 8 }],
    ["avc-high", { width: 1920, height: 1080, chromaFormat: 1, bitDepth: 8 }],
    ["avc-high10", { width: 162, height: 94, chromaFormat: 1, bitDepth: 10 }],
    ["avc-high422", { width: 162, height: 94, chromaFormat: 2, bitDepth: 10 }],
    ["avc-odd444", { width: 163, height: 95, chromaFormat: 3, bitDepth: 8 }],
    ["avc-cqm", { width: 320, height: 180, chromaFormat: 1, bitDepth: 8 }],
  ])("%s", (name, format) => {
    expect(decodeAvcSps(spsOf(name))).toEqual({ ...format, progressive: true, frameRate: 25 });
  });

  test("a frame of two fields has the height of both", () => {
    expect(decodeAvcSps(spsOf("avc-interlaced1080"))).toEqual({
      width: 1920,
      height: 1080,
      chromaFormat: 1,
      bitDepth: 8,
      progressive: false,
      frameRate: 25,
    });
  });

  test("the frame rate stands behind aspect ratio, overscan, colours and chroma location", () => {
    expect(decodeAvcSps(spsOf("avc-odd420")).frameRate).toBe(25);
    expect(decodeAvcSps(spsOf("avc-ntsc")).frameRate).toBeCloseTo(29.97, 3);
  });

  test("an SPS that is cut is truncated at every length up to the frame rate", () => {
    for (const name of ["avc-high", "avc-cqm", "avc-odd420", "avc-interlaced1080"]) {
      const needed = neededBytes(spsOf(name), decodeAvcSps);
      expect(needed.length).toBeGreaterThan(15);
      expect(notTruncated(needed, decodeAvcSps)).toEqual([]);
    }
  });
});

describe("H.264 §7.3.2.1.1 what x264 never writes", () => {
  test("picture order counts of type 1", () => {
    expect(decodeAvcSps(sps("42", `${cycle} ${qcif} 0 1`))).toEqual({
      width: 176,
      height: 144,
      chromaFormat: 1,
      bitDepth: 8,
      progressive: true,
      frameRate: undefined,
    });
  });

  test("cropping counts luma samples where the planes of 4:4:4 are apart", () => {
    const format = "1 00100 1 1 1 0 0";
    const oneBlock = "1 1 1 010 0 1 1 1 1 1";
    const crop = "1 010 1 011";
    expect(decodeAvcSps(sps("f4", `${format} ${oneBlock} ${crop} 0 1`))).toMatchObject({
      width: 15,
      height: 14,
      chromaFormat: 3,
    });
  });

  test("a VUI without timing, or with a time of 0, tells no frame rate", () => {
    expect(withVui("0 0 0 0 0").frameRate).toBeUndefined();
    const zeros = "0".repeat(32);
    const one = "1".padStart(32, "0");
    expect(withVui(`0 0 0 0 1 ${zeros} ${one} 1`).frameRate).toBeUndefined();
    expect(withVui(`0 0 0 0 1 ${one} ${zeros} 1`).frameRate).toBeUndefined();
    expect(withVui(`1 11111111 ${zeros} 0 0 0 1 ${one} ${one} 1`).frameRate).toBe(0.5);
  });
});

describe("an SPS that cannot be", () => {
  const head = "1 1 1 1 010 0";

  test.each([
    ["a picture that is cropped away", `${head} 1 1 1 1 1 0001001 1 1 1 0`, 5],
    ["a picture of 4097 macroblocks", `${head} ${"0".repeat(12)}1000000000001 1 1 1 0 0`, 5],
    ["a cycle of 256 frames", `1 1 010 0 1 1 ${"0".repeat(8)}100000001`, 5],
    ["picture order counts of type 3", "1 1 00100", 4],
    ["sps id 32", "00000 100001", 4],
  ])("%s", (_, text, offset) => {
    expect(errorOf(() => decodeAvcSps(sps("42", text), 1000))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 1000 + offset,
    });
  });

  test("another NAL unit", () => {
    expect(errorOf(() => decodeAvcSps(hex("68 ee 3c 80"), 26))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 26,
    });
  });
});
