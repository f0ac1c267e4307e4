import { decodeHevcConfiguration, defaultFlvLimits } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, errorOf, notTruncated } from "./tracks.ts";

// Main 4:4:4 still picture of profile space 2, no sets.
const head = hex("01 a3 70000000 000000000000 5d f000 fc ff fa f9 1900 6b 00");

/** The name of `head` with other constraints. */
function named(constraints: string): string {
  const changed = head.slice();
  changed.set(hex(constraints), 6);
  return decodeHevcConfiguration(changed).codec;
}

describe("ISO/IEC 14496-15 §8.3.3.1 HEVCDecoderConfigurationRecord", () => {
  test("what x265 writes for Main 10", () => {
    const { arrays, ...fields } = decodeHevcConfiguration(bytesOf("hevc-main10"));
    expect(fields).toEqual({
      codec: "hvc1.2.4.L90.90",
      profileSpace: 0,
      profile: 2,
      compatibility: 0x2000_0000,
      constraints: hex("90 00 00 00 00 00"),
      highTier: false,
      level: 90,
      chromaFormat: 1,
      bitDepth: 10,
      averageFrameRate: 0,
      temporalLayers: 1,
      nalLengthBytes: 4,
    });
    expect(arrays.map(({ type, complete, sets }) => [type, complete, sets.length])).toEqual([
      [32, true, 1],
      [33, true, 1],
      [34, true, 1],
    ]);
    expect(arrays[2]?.sets[0]?.nalUnit).toEqual(hex("44 01 c1 72 b4 62 40"));
  });

  test("every field in its place", () => {
    expect(decodeHevcConfiguration(head)).toMatchObject({
      codec: "hvc1.B3.E.H93",
      profileSpace: 2,
      profile: 3,
      highTier: true,
      chromaFormat: 3,
      bitDepth: 10,
      averageFrameRate: 6400,
      temporalLayers: 5,
      nalLengthBytes: 4,
      arrays: [],
    });
  });

  test("constraints are named up to the last that is not 0", () => {
    expect(named("b0 00 00 00 00 00")).toBe("hvc1.B3.E.H93.B0");
    expect(named("00 00 00 00 00 0a")).toBe("hvc1.B3.E.H93.0.0.0.0.0.A");
  });

  test("sets of no bytes are left out, an array may be empty", () => {
    const record = new Uint8Array([...head, ...hex("a1 0002 0000 0001 42 22 0000")]);
    record[22] = 2;
    expect(decodeHevcConfiguration(record).arrays).toEqual([
      { type: 33, complete: true, sets: [{ nalUnit: hex("42"), offset: 30 }] },
      { type: 34, complete: false, sets: [] },
    ]);
  });

  test("a record that is cut is truncated at every length", () => {
    expect(notTruncated(bytesOf("hevc-main"), decodeHevcConfiguration)).toEqual([]);
  });

  test("version 0 passes, version 2 is unsupported", () => {
    expect(decodeHevcConfiguration(head.with(0, 0)).codec).toBe("hvc1.B3.E.H93");
    expect(errorOf(() => decodeHevcConfiguration(head.with(0, 2)))?.fault).toBe("unsupported");
  });

  test("65535 sets of no bytes are too many", () => {
    const record = new Uint8Array([...head, 0xa1, 0xff, 0xff, ...new Uint8Array(131_070)]);
    record[22] = 1;
    expect(errorOf(() => decodeHevcConfiguration(record))).toMatchObject({
      code: "RTMP_ERR_FLV_TOO_MANY_PARAMETER_SETS",
      offset: 26 + 256 * 2,
    });
    const limits = { ...defaultFlvLimits, maxParameterSets: 65_535 };
    expect(decodeHevcConfiguration(record, limits).arrays[0]?.sets).toEqual([]);
  });
});
