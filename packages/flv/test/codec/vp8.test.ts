import { decodeVp8KeyFrame } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, errorOf, notTruncated } from "./tracks.ts";

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
