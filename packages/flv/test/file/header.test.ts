import { decodeFlvFileHeader, encodeFlvFileHeader } from "@rtmp/flv";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { flvErrorOf } from "../frame.ts";

describe("FLV E.2 file header", () => {
  test.each([
    ["00", false, false],
    ["01", false, true],
    ["04", true, false],
    ["05", true, true],
  ])("flags %s: audio %s, video %s", (flags, hasAudio, hasVideo) => {
    const bytes = hex(`46 4c 56 01 ${flags} 00 00 00 09 00 00 00 00`);
    expect(decodeFlvFileHeader(bytes)).toEqual({ hasAudio, hasVideo, dataOffset: 9 });
    expect(toHex(encodeFlvFileHeader({ hasAudio, hasVideo }))).toBe(toHex(bytes));
  });

  test("reserved flags are ignored, and the tags may begin later", () => {
    expect(decodeFlvFileHeader(hex("46 4c 56 01 fa 00 00 04 57"))).toEqual({
      hasAudio: false,
      hasVideo: false,
      dataOffset: 1111,
    });
  });

  test.each(["46 4c 57 01 05 00 00 00 09", "00 00 00 18 66 74 79 70 69"])(
    "%s is no FLV",
    (bytes) => {
      expect(flvErrorOf(() => decodeFlvFileHeader(hex(bytes)))).toMatchObject({
        code: "RTMP_ERR_FLV_INVALID_FILE_HEADER",
        fault: "malformed",
        offset: 0,
      });
    },
  );

  test("version 2 is not known", () => {
    const bytes = hex("46 4c 56 02 05 00 00 00 09");
    expect(flvErrorOf(() => decodeFlvFileHeader(bytes))).toMatchObject({
      code: "RTMP_ERR_FLV_UNKNOWN_FILE_VERSION",
      fault: "unsupported",
      offset: 3,
    });
  });

  test("the tags cannot begin within the header", () => {
    const bytes = hex("46 4c 56 01 05 00 00 00 08");
    expect(flvErrorOf(() => decodeFlvFileHeader(bytes))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_FILE_HEADER",
      offset: 5,
    });
  });

  test("a header that is cut short throws at every length", () => {
    const bytes = hex("46 4c 56 01 05 00 00 00 09");
    for (let length = 0; length < bytes.length; length++) {
      const error = flvErrorOf(() => decodeFlvFileHeader(bytes.subarray(0, length)));
      expect(error.code).toBe("RTMP_ERR_FLV_TRUNCATED");
    }
  });
});
