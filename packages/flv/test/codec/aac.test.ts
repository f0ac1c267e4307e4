import { decodeAacConfiguration } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bits, bytesOf, errorOf, notTruncated } from "./tracks.ts";

const read = (text: string) => decodeAacConfiguration(hex(text));

describe("ISO/IEC 14496-3 §1.6.2.1 AudioSpecificConfig", () => {
  test("AAC-LC of two bytes says nothing of SBR", () => {
    expect(read("12 10")).toEqual({
      codec: "mp4a.40.2",
      objectType: 2,
      sampleRate: 44_100,
      coreSampleRate: 44_100,
      channelConfiguration: 2,
      channels: 2,
      sbr: undefined,
      ps: undefined,
    });
  });

  test.each([
    ["11 90", 48_000, 2],
    ["14 08", 16_000, 1],
    ["11 88", 48_000, 1],
    ["11 b8", 48_000, 8],
    ["11 d8", 48_000, 7],
    ["11 e0", 48_000, 8],
    ["11 e8", 48_000, 24],
    ["11 f0", 48_000, 8],
    ["11 c0", 48_000, undefined],
  ])("%s", (text, sampleRate, channels) => {
    expect(read(text)).toMatchObject({ codec: "mp4a.40.2", sampleRate, channels });
  });

  test("a sample rate without an index stands in 24 bits", () => {
    expect(read("17 80 56 22 10")).toMatchObject({ sampleRate: 44_100, channels: 2 });
    expect(errorOf(() => read("17 80 00 00 10"))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 0,
    });
  });

  test("object types from 32 stand in 6 more bits", () => {
    expect(read("f9 46 40")).toEqual({
      codec: "mp4a.40.42",
      objectType: 42,
      sampleRate: 48_000,
      coreSampleRate: 48_000,
      channelConfiguration: 2,
      channels: 2,
      sbr: undefined,
      ps: undefined,
    });
  });

  test("object type 0 and the reserved rates are invalid", () => {
    for (const text of ["02 10", "16 90", "17 10"]) {
      expect(errorOf(() => read(text))?.code).toBe("RTMP_ERR_FLV_INVALID_CONFIGURATION");
    }
  });

  test("a configuration that is cut is truncated at every length", () => {
    for (const text of ["12 10", "2b 92 08", "17 80 56 22 10", "f9 46 40"]) {
      expect(notTruncated(hex(text), decodeAacConfiguration)).toEqual([]);
    }
  });
});

describe("ISO/IEC 14496-3 §1.6.5 SBR and PS", () => {
  test("SBR in front: the name is that of HE-AAC, the rate that of the output", () => {
    expect(read("2b 92 08 00")).toEqual({
      codec: "mp4a.40.5",
      objectType: 2,
      sampleRate: 44_100,
      coreSampleRate: 22_050,
      channelConfiguration: 2,
      channels: 2,
      sbr: true,
      ps: undefined,
    });
  });

  test("PS in front: two channels from one", () => {
    expect(read("eb 09 88 00")).toEqual({
      codec: "mp4a.40.29",
      objectType: 2,
      sampleRate: 48_000,
      coreSampleRate: 24_000,
      channelConfiguration: 1,
      channels: 2,
      sbr: true,
      ps: true,
    });
  });

  test("compatible SBR behind the core: the name is that of the core", () => {
    expect(read("13 10 56 e5 98")).toMatchObject({
      codec: "mp4a.40.2",
      sampleRate: 48_000,
      coreSampleRate: 24_000,
      channels: 2,
      sbr: true,
      ps: undefined,
    });
  });

  test("compatible SBR and PS", () => {
    expect(read("13 08 56 e5 9d 48 80")).toMatchObject({
      codec: "mp4a.40.2",
      sampleRate: 48_000,
      channels: 2,
      sbr: true,
      ps: true,
    });
    expect(read("13 08 56 e5 9d 48 00")).toMatchObject({ channels: 1, sbr: true, ps: false });
  });

  test("ffmpeg says that there is none", () => {
    expect(decodeAacConfiguration(bytesOf("aac-44100"))).toMatchObject({
      sampleRate: 44_100,
      sbr: false,
      ps: false,
    });
  });

  test("other bytes behind the core are ignored", () => {
    for (const text of ["12 10 00", "12 10 00 00 00", "12 10 56 e2 98", "12 10 56"]) {
      expect(read(text)).toMatchObject({ sampleRate: 44_100, sbr: undefined });
    }
  });
});

describe("ISO/IEC 14496-3 §4.4.1 GASpecificConfig", () => {
  test.each([
    ["aac-48000-2.1", 3],
    ["aac-48000-quad", 4],
    ["aac-48000-6.1", 7],
  ])("the program config element of %s lists the channels", (name, channels) => {
    expect(decodeAacConfiguration(bytesOf(name))).toMatchObject({
      channelConfiguration: 0,
      channels,
      sbr: false,
    });
  });

  test("a program config element that is cut is truncated", () => {
    const whole = bytesOf("aac-48000-6.1");
    // Without the last five bytes, which are about SBR.
    expect(notTruncated(whole.subarray(0, -3), decodeAacConfiguration)).toEqual([]);
  });

  test("mixdowns, data and coupling elements are passed over", () => {
    const element =
      "0000 01 0011 0001 0000 0000 01 001 0001 1 0000 1 0001 1 010 1 0000 0000 0000 00000";
    const configuration = bits(`00010 0011 0000 000 ${element}`);
    const comment = new Uint8Array([...configuration, 2, 0x61, 0x62, ...hex("56 e5 00")]);
    expect(decodeAacConfiguration(comment)).toMatchObject({ channels: 3, sbr: false });
  });

  test("core coder delay, and the flags of error resilient types, are passed over", () => {
    // Object type 2 with a core coder delay of 14 bits, then no SBR.
    const delayed = bits("00010 0100 0010 0 1 00000000000011 0 01010110111 00101 0");
    expect(decodeAacConfiguration(delayed)).toMatchObject({ channels: 2, sbr: false });
    const resilient = bits("10001 0011 0010 0 0 1 000 0 00 01010110111 00101 0");
    expect(decodeAacConfiguration(resilient)).toMatchObject({ objectType: 17, sbr: false });
    const scalable = bits("00110 0011 0010 0 0 0 111 01010110111 00101 0");
    expect(decodeAacConfiguration(scalable)).toMatchObject({ objectType: 6, sbr: false });
    const bsac = bits("10110 0011 0010 0 0 1 00000 00000000000 0 00 01010110111 00101 0");
    expect(decodeAacConfiguration(bsac)).toMatchObject({ objectType: 22, sbr: false });
  });

  test("BSAC with SBR in front has its channels again", () => {
    const configuration = bits("00101 0110 0010 0011 10110 0010 0 0 0 00");
    expect(decodeAacConfiguration(configuration)).toMatchObject({ objectType: 22, sbr: true });
  });
});
