import { decodeEac3Frame } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, faultOf, notTruncated } from "./tracks.ts";

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
    expect(faultOf(() => decodeEac3Frame(hex(text)))).toEqual([
      "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset,
    ]);
  });
});
