import {
  decodeAc3Frame,
  decodeEac3Frame,
  decodeFlacConfiguration,
  decodeMp3Frame,
  decodeOpusConfiguration,
} from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, errorOf, notTruncated } from "./tracks.ts";

function codeAndOffset(decode: () => unknown): [string | undefined, number | undefined] {
  const error = errorOf(decode);
  return [error?.code, error?.offset];
}

const invalid = "RTMP_ERR_FLV_INVALID_CONFIGURATION";

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
    expect(codeAndOffset(() => read("10 01 0000 00000000 0000 00"))).toEqual([
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
    expect(codeAndOffset(() => read(text))).toEqual([invalid, offset]);
  });

  test("dOps of MP4 is no OpusHead", () => {
    expect(
      codeAndOffset(() => decodeOpusConfiguration(hex("00 02 0138 0000bb80 0000 00"))),
    ).toEqual([invalid, 0]);
  });
});

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
    expect(codeAndOffset(() => decodeFlacConfiguration(changed))).toEqual([invalid, offset]);
  });
});

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
    expect(codeAndOffset(() => decodeAc3Frame(hex(text)))).toEqual([invalid, offset]);
  });
});

describe("ETSI TS 102 366 §E.1.2 E-AC-3 syncframe", () => {
  test("what ffmpeg writes for 5.1", () => {
    expect(decodeEac3Frame(bytesOf("eac3-5.1"))).toEqual({
      codec: "ec-3",
      sampleRate: 44_100,
      channels: 6,
      channelMode: 7,
      lfe: true,
      bitstreamId: 16,
      frameBytes: 1950,
    });
  });

  test("half rates have a second index", () => {
    expect(decodeEac3Frame(hex("0b77 0040 c4 80"))).toMatchObject({ sampleRate: 24_000 });
    expect(decodeEac3Frame(hex("0b77 0040 e4 80"))).toMatchObject({ sampleRate: 16_000 });
  });

  test("a head that is cut is truncated at every length", () => {
    expect(notTruncated(bytesOf("eac3-5.1").subarray(0, 6), decodeEac3Frame)).toEqual([]);
  });

  test.each([
    ["another sync word", "0b78 0040 34 80", 0],
    ["stream type 3", "0b77 c040 34 80", 2],
    ["second index 3", "0b77 0040 f4 80", 4],
    ["AC-3", "0b77 0040 34 40", 5],
    ["bsid 17", "0b77 0040 34 88", 5],
  ])("%s: invalid", (_, text, offset) => {
    expect(codeAndOffset(() => decodeEac3Frame(hex(text)))).toEqual([invalid, offset]);
  });
});

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
    expect(codeAndOffset(() => decodeMp3Frame(hex(text)))).toEqual([invalid, offset]);
  });
});
