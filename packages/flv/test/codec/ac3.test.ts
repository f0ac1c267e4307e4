import { decodeAc3Frame } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, faultOf, notTruncated } from "./tracks.ts";

describe("ETSI TS 102 366 §4.3 AC-3 syncframe", () => {
  test("what ffmpeg writes for 5.1", () => {
    expect(decodeAc3Frame(bytesOf("ac3-5.1"))).toEqual({
      codec: "ac-3",
      sampleRate: 48_000,
      channels: 6,
      channelMode: 7,
      lfe: true,
      bitstreamId: 8,
    });
  });

  test("bsid 9 and 10 have a half and a quarter of the rate", () => {
    expect(decodeAc3Frame(hex("0b77 5052 14 48 43")).sampleRate).toBe(24_000);
    expect(decodeAc3Frame(hex("0b77 5052 14 50 43")).sampleRate).toBe(12_000);
  });

  test("a head that is cut is truncated at every length", () => {
    expect(notTruncated(bytesOf("ac3-5.1").subarray(0, 7), decodeAc3Frame)).toEqual([]);
  });

  test.each([
    ["another sync word", "0b78 5052 14 40 43", 0],
    ["sample rate 3", "0b77 5052 d4 40 43", 4],
    ["frame size 38", "0b77 5052 26 40 43", 4],
    ["E-AC-3", "0b77 0cef 7f 87 c0", 4],
    ["bsid 11", "0b77 5052 14 58 43", 5],
  ])("%s: invalid", (_, text, offset) => {
    expect(faultOf(() => decodeAc3Frame(hex(text)))).toEqual([
      "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset,
    ]);
  });
});
