import { decodeMp3Frame } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, faultOf, notTruncated } from "./tracks.ts";

describe("ISO/IEC 11172-3 §2.4.1.3 MPEG audio frame", () => {
  test.each([
    ["mp3-44100", { codec: "mp4a.40.34", version: 1, layer: 3, sampleRate: 44_100, channels: 2 }],
    ["mp3-22050", { codec: "mp4a.40.34", version: 2, layer: 3, sampleRate: 22_050, channels: 2 }],
    ["mp3-8000", { codec: "mp4a.40.34", version: 2.5, layer: 3, sampleRate: 8_000, channels: 2 }],
    ["mp3-mono", { codec: "mp4a.40.34", version: 1, layer: 3, sampleRate: 44_100, channels: 1 }],
    ["mp2", { codec: "mp4a.40.33", version: 1, layer: 2, sampleRate: 48_000, channels: 2 }],
  ])("%s", (name, told) => {
    expect(decodeMp3Frame(bytesOf(name))).toEqual(told);
  });

  test("layer I is object type 32", () => {
    expect(decodeMp3Frame(hex("ff ff 94 64")).codec).toBe("mp4a.40.32");
  });

  test("a header that is cut is truncated at every length", () => {
    expect(notTruncated(hex("ff fb 90 64"), decodeMp3Frame)).toEqual([]);
  });

  test.each([
    ["another sync word", "ff db 90 64", 0],
    ["a tag of ID3", "49 44 33 04", 0],
    ["version 1", "ff eb 90 64", 1],
    ["layer 0", "ff f9 90 64", 1],
    ["sample rate 3", "ff fb 9c 64", 2],
    ["bit rate 15", "ff fb f0 64", 2],
  ])("%s: invalid", (_, text, offset) => {
    expect(faultOf(() => decodeMp3Frame(hex(text)))).toEqual([
      "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset,
    ]);
  });
});
