import { decodeAvcConfiguration, defaultFlvLimits } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, errorOf, notTruncated } from "./tracks.ts";

// A published record of Main profile, level 2.1.
const main = hex(
  "01 4d 00 15 ff e1 00 0f 27 4d 00 15 ab 61 a3 7c b2 cd 40 40 40 40 80 01 00 04 28 ee 3c 80",
);

const high = (tail: string) => decodeAvcConfiguration(hex(`01 64 00 1f ff e0 00 ${tail}`));

const sets = (text: string) => decodeAvcConfiguration(hex(`01 42 00 1e fd ${text}`));

describe("ISO/IEC 14496-15 §5.3.3.1 AVCDecoderConfigurationRecord", () => {
  test("profile, level, length of lengths and parameter sets", () => {
    expect(decodeAvcConfiguration(main)).toEqual({
      codec: "avc1.4d0015",
      profile: 77,
      constraints: 0,
      level: 21,
      nalLengthBytes: 4,
      sps: [{ nalUnit: hex("27 4d 00 15 ab 61 a3 7c b2 cd 40 40 40 40 80"), offset: 8 }],
      pps: [{ nalUnit: hex("28 ee 3c 80"), offset: 26 }],
      spsExtensions: [],
    });
  });

  test("parameter sets are views", () => {
    expect(decodeAvcConfiguration(main).sps[0]?.nalUnit.buffer).toBe(main.buffer);
  });

  test("a record that is cut is truncated at every length", () => {
    expect(notTruncated(main, decodeAvcConfiguration)).toEqual([]);
  });

  test("several sets pass, no set passes, sets of no bytes are left out", () => {
    const several = sets("e2 0001 67 0002 6711 03 0001 68 0000 0001 69");
    expect(several.nalLengthBytes).toBe(2);
    expect(several.sps.map(({ nalUnit }) => nalUnit)).toEqual([hex("67"), hex("67 11")]);
    expect(several.pps).toEqual([
      { nalUnit: hex("68"), offset: 16 },
      { nalUnit: hex("69"), offset: 21 },
    ]);
    expect(sets("e1 0001 67 00").pps).toEqual([]);
    expect(sets("e0 00").sps).toEqual([]);
  });

  test("another version is unsupported", () => {
    expect(errorOf(() => decodeAvcConfiguration(hex("00 00 00 01 67 42 00 1e")))).toMatchObject({
      code: "RTMP_ERR_FLV_UNKNOWN_CONFIGURATION_VERSION",
      fault: "unsupported",
      offset: 0,
    });
  });

  test("more sets than the limit throw before the next one is read", () => {
    const limits = { ...defaultFlvLimits, maxParameterSets: 2 };
    const record = hex("01 42 00 1e ff e1 0001 67 02 0001 68 0001 68");
    expect(decodeAvcConfiguration(record).pps).toHaveLength(2);
    expect(errorOf(() => decodeAvcConfiguration(record, limits))).toMatchObject({
      code: "RTMP_ERR_FLV_TOO_MANY_PARAMETER_SETS",
      fault: "limit",
      offset: 13,
    });
    expect(decodeAvcConfiguration(record.subarray(0, 13).with(9, 1), limits).pps).toHaveLength(1);
  });
});

describe("the tail of the profiles above Main", () => {
  test("SPS extensions are read", () => {
    expect(high("fd f8 f8 01 0002 6d aa").spsExtensions).toEqual([
      { nalUnit: hex("6d aa"), offset: 13 },
    ]);
    expect(errorOf(() => high("fd f8 f8 01 0002 6d"))?.code).toBe("RTMP_ERR_FLV_TRUNCATED");
  });

  test("x264 through ffmpeg writes it, OBS leaves it out: both pass", () => {
    const withTail = decodeAvcConfiguration(bytesOf("avc-high"));
    const without = decodeAvcConfiguration(bytesOf("obs-publish-h264-aac video 0 sequence-start"));
    expect(withTail).toMatchObject({ profile: 100, spsExtensions: [] });
    expect(without).toMatchObject({ profile: 100, spsExtensions: [] });
  });

  test("half a tail, and other bytes in its place, are ignored", () => {
    for (const tail of ["fd", "fd f8 f8", "00 00 00 05", "fd 00 f8 05", "fd f8 00 05"]) {
      expect(high(tail).spsExtensions).toEqual([]);
    }
  });

  test("what follows in Main profile is no tail", () => {
    const record = hex("01 4d 00 1f ff e0 00 fd f8 f8 05");
    expect(decodeAvcConfiguration(record).spsExtensions).toEqual([]);
  });
});
