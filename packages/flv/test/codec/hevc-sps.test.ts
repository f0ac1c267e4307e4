import { decodeHevcConfiguration, decodeHevcSps, type ParameterSet } from "@rtmp/flv";
import { describe, expect, test } from "vitest";
import { bytesOf, errorOf, notTruncated } from "./tracks.ts";

function spsOf(name: string): ParameterSet {
  const { arrays } = decodeHevcConfiguration(bytesOf(name));
  const set = arrays.find(({ type }) => type === 33)?.sets[0];
  if (set === undefined) throw new Error(`no SPS in ${name}`);
  return set;
}

describe("H.265 §7.3.2.2.1 sequence parameter set", () => {
  test.each([
    ["hevc-main", { width: 1920, height: 1080, chromaFormat: 1, bitDepth: 8 }],
    ["hevc-main10", { width: 854, height: 482, chromaFormat: 1, bitDepth: 10 }],
    ["hevc-422-10", { width: 162, height: 94, chromaFormat: 2, bitDepth: 10 }],
    ["hevc-odd444", { width: 163, height: 95, chromaFormat: 3, bitDepth: 8 }],
    ["hevc-444-12", { width: 162, height: 94, chromaFormat: 3, bitDepth: 12 }],
    ["hevc-gray", { width: 162, height: 94, chromaFormat: 0, bitDepth: 8 }],
  ])("%s", (name, told) => {
    expect(decodeHevcSps(spsOf(name).nalUnit)).toEqual(told);
  });

  test("the flags of temporal sub-layers stand in front of the size", () => {
    const { nalUnit } = spsOf("hevc-layers");
    expect((nalUnit[2] ?? 0) & 0x0e).toBeGreaterThan(0);
    expect(decodeHevcSps(nalUnit)).toMatchObject({ width: 320, height: 180 });
  });

  test("an SPS that is cut before the size is truncated", () => {
    const { nalUnit } = spsOf("hevc-main");
    expect(notTruncated(nalUnit.subarray(0, 24), decodeHevcSps)).toEqual([]);
  });

  test("another NAL unit, and the SPS of another layer, are invalid", () => {
    const { nalUnit, offset } = spsOf("hevc-main");
    for (const changed of [nalUnit.with(0, 0x44), nalUnit.with(1, 0x09)]) {
      expect(errorOf(() => decodeHevcSps(changed, offset))).toMatchObject({
        code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
        offset,
      });
    }
  });
});
