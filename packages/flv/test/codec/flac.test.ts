import { decodeFlacConfiguration } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, faultOf, notTruncated } from "./tracks.ts";

describe("RFC 9639 §8.2 STREAMINFO", () => {
  const info = bytesOf("flac-96-24");
  const fields = {
    codec: "flac",
    minBlockSize: 8192,
    maxBlockSize: 8192,
    minFrameBytes: 32,
    maxFrameBytes: 34,
    sampleRate: 96_000,
    channels: 6,
    bitDepth: 24,
    totalSamples: 28_800,
    md5: hex("5b 6f 87 a0 4a a0 4e 15 e6 70 3c 31 7c 4a 5c 85"),
  };

  test("34, 38 and 42 bytes", () => {
    expect(decodeFlacConfiguration(info)).toEqual(fields);
    const header = hex("80 00 00 22");
    expect(decodeFlacConfiguration(new Uint8Array([...header, ...info]))).toEqual(fields);
    const marked = new Uint8Array([...hex("66 4c 61 43"), ...header, ...info]);
    expect(decodeFlacConfiguration(marked)).toEqual(fields);
  });

  test("other blocks may follow", () => {
    const more = new Uint8Array([...hex("664c6143 00000022"), ...info, ...hex("84 00 00 00")]);
    expect(decodeFlacConfiguration(more)).toEqual(fields);
  });

  test("36 bits of samples", () => {
    const long = info.slice();
    long.set(hex("7f ff ff ff ff"), 13);
    expect(decodeFlacConfiguration(long).totalSamples).toBe(2 ** 36 - 1);
  });

  test("each form that is cut is truncated at every length", () => {
    expect(notTruncated(info, decodeFlacConfiguration)).toEqual([]);
    const whole = new Uint8Array([...hex("664c6143 80000022"), ...info]);
    expect(notTruncated(whole, decodeFlacConfiguration)).toEqual([]);
    expect(notTruncated(whole.subarray(4), decodeFlacConfiguration)).toEqual([]);
  });

  test.each([
    ["blocks of 15 samples", 0, "00 0f 00 10", 0],
    ["a minimum above the maximum", 0, "20 01 20 00", 0],
    ["a sample rate of 0", 10, "00 00 0b", 10],
    ["samples of 3 bits", 12, "00 20", 12],
  ])("%s: invalid", (_, at, text, offset) => {
    const changed = info.slice();
    changed.set(hex(text), at);
    expect(faultOf(() => decodeFlacConfiguration(changed))).toEqual([
      "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset,
    ]);
  });
});
