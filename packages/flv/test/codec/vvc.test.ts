import { decodeVvcConfiguration } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { errorOf, notTruncated } from "./tracks.ts";

// Three sub-layers, of which the lowest has a level; two sub-profiles; DCI without a count, then SPS.
const record = hex(`
  ff 00b6 5f
  02 43 33 c001 40 2d 02 00000019 0000000a
  0780 0438 1900
  02
  8d 0002 aabb
  0f 0002 0001 79 0003 790011
`);

const named = (constraints: string) => {
  const length = hex(constraints).length.toString(16).padStart(2, "0");
  return decodeVvcConfiguration(
    hex(`ff 0011 1f ${length} 02 33 ${constraints} 00 0000 0000 0000 00`),
  ).codec;
};

describe("ISO/IEC 14496-15 §11.2.4.2 VvcDecoderConfigurationRecord", () => {
  test("every field in its place", () => {
    expect(decodeVvcConfiguration(record)).toEqual({
      codec: "vvc1.33.H51.CYAAQ",
      nalLengthBytes: 4,
      stream: {
        outputLayerSet: 1,
        subLayers: 3,
        chromaFormat: 2,
        bitDepth: 10,
        profile: 33,
        highTier: true,
        level: 51,
        constraints: hex("c0 01"),
        subProfiles: [25, 10],
        maxWidth: 1920,
        maxHeight: 1080,
        averageFrameRate: 6400,
      },
      arrays: [
        { type: 13, complete: true, sets: [{ nalUnit: hex("aa bb"), offset: 30 }] },
        {
          type: 15,
          complete: false,
          sets: [
            { nalUnit: hex("79"), offset: 37 },
            { nalUnit: hex("79 00 11"), offset: 40 },
          ],
        },
      ],
    });
  });

  test("a record that is cut is truncated at every length", () => {
    expect(notTruncated(record, decodeVvcConfiguration)).toEqual([]);
  });

  test("one sub-layer has no levels", () => {
    const { stream } = decodeVvcConfiguration(hex("ff 0011 1f 01 02 69 00 00 02d0 0500 0000 00"));
    expect(stream).toMatchObject({ subLayers: 1, profile: 1, level: 105, bitDepth: 8 });
    expect(stream).toMatchObject({ maxWidth: 720, maxHeight: 1280 });
  });

  test("a record without a profile has parameter sets only", () => {
    expect(decodeVvcConfiguration(hex("fc 01 8f 0001 0001 79"))).toEqual({
      codec: "vvc1",
      nalLengthBytes: 3,
      stream: undefined,
      arrays: [{ type: 15, complete: true, sets: [{ nalUnit: hex("79"), offset: 7 }] }],
    });
  });

  test("the version and flags of an MP4 box are no record", () => {
    expect(errorOf(() => decodeVvcConfiguration(hex("00 000000 fe 00")))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 0,
    });
  });

  test("a profile without constraint bytes is invalid", () => {
    expect(errorOf(() => decodeVvcConfiguration(record.with(4, 0)))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 4,
    });
  });
});

describe("ISO/IEC 14496-15 Annex E names of VVC", () => {
  test.each([
    ["80", "vvc1.1.L51.CQA"],
    ["00", "vvc1.1.L51.CAA"],
    ["c0 00 00", "vvc1.1.L51.CYA"],
    ["00 00 00", "vvc1.1.L51.CAA"],
    // RFC 4648 §10
    ["66 6f", "vvc1.1.L51.CMZXQ"],
    ["66 6f 6f", "vvc1.1.L51.CMZXW6"],
    ["66 6f 6f 62", "vvc1.1.L51.CMZXW6YQ"],
    ["66 6f 6f 62 61", "vvc1.1.L51.CMZXW6YTB"],
    ["66 6f 6f 62 61 72", "vvc1.1.L51.CMZXW6YTBOI"],
  ])("constraints %s", (constraints, codec) => {
    expect(named(constraints)).toBe(codec);
  });
});
