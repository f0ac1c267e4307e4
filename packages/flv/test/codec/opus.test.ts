import { decodeOpusConfiguration } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, faultOf, notTruncated } from "./tracks.ts";

describe("RFC 7845 §5.1 OpusHead", () => {
  const magic = "4f 70 75 73 48 65 61 64";
  const read = (text: string) => decodeOpusConfiguration(hex(`${magic} ${text}`));

  test("integers have their low byte first", () => {
    expect(read("01 02 3801 80bb0000 00ff 00")).toEqual({
      codec: "opus",
      channels: 2,
      sampleRate: 48_000,
      preSkip: 312,
      inputSampleRate: 48_000,
      outputGain: -256,
      mappingFamily: 0,
      streams: 1,
      coupledStreams: 1,
      mapping: new Uint8Array(),
    });
  });

  test("surround has a table of its channels", () => {
    expect(decodeOpusConfiguration(bytesOf("opus-51"))).toMatchObject({
      channels: 6,
      mappingFamily: 1,
      streams: 4,
      coupledStreams: 2,
      mapping: hex("00 04 01 02 03 05"),
    });
  });

  test("a header that is cut is truncated at every length", () => {
    expect(notTruncated(bytesOf("opus-stereo"), decodeOpusConfiguration)).toEqual([]);
    expect(notTruncated(bytesOf("opus-51"), decodeOpusConfiguration)).toEqual([]);
  });

  test("version 15 can be read, version 16 is unsupported", () => {
    expect(read("0f 01 0000 00000000 0000 00").streams).toBe(1);
    expect(faultOf(() => read("10 01 0000 00000000 0000 00"))).toEqual([
      "RTMP_ERR_FLV_UNKNOWN_CONFIGURATION_VERSION",
      8,
    ]);
  });

  test.each([
    ["no channels", "01 00 0000 00000000 0000 00", 9],
    ["three channels without a table", "01 03 0000 00000000 0000 00", 9],
    ["no streams", "01 01 0000 00000000 0000 01 00 00 00", 19],
    ["more coupled streams than streams", "01 01 0000 00000000 0000 01 01 02 00", 19],
    ["256 decoded channels", "01 01 0000 00000000 0000 ff 80 80 00", 19],
  ])("%s: invalid", (_, text, offset) => {
    expect(faultOf(() => read(text))).toEqual(["RTMP_ERR_FLV_INVALID_CONFIGURATION", offset]);
  });

  test("dOps of MP4 is no OpusHead", () => {
    expect(faultOf(() => decodeOpusConfiguration(hex("00 02 0138 0000bb80 0000 00")))).toEqual([
      "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      0,
    ]);
  });
});
