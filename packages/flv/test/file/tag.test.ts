import { encodeFlvTag, type FlvTag, FlvTagType } from "@rtmp/flv";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

const data = new Uint8Array();

describe("FLV E.4.1 tag, written", () => {
  test("the high byte of the timestamp comes behind the low ones", () => {
    const header = hex("17 00 00 00 00");
    const tag = { type: FlvTagType.Video, timestamp: 0x01_02_03_04, data: header };
    expect(toHex(encodeFlvTag(tag))).toBe(
      "09 00 00 05 02 03 04 01 00 00 00 17 00 00 00 00 00 00 00 10",
    );
  });

  test.each([
    [8, "08"],
    [9, "09"],
    [15, "0f"],
    [18, "12"],
  ] as const)("type %i without data, at the last timestamp", (type, first) => {
    expect(toHex(encodeFlvTag({ type, timestamp: 0xffff_ffff, data }))).toBe(
      `${first} 00 00 00 ff ff ff ff 00 00 00 00 00 00 0b`,
    );
  });

  test("the size is a UI24", () => {
    const bytes = encodeFlvTag({ type: 8, timestamp: 0, data: new Uint8Array(0xff_ffff) });
    expect(toHex(bytes.subarray(0, 4))).toBe("08 ff ff ff");
    expect(toHex(bytes.subarray(-4))).toBe("01 00 00 0a");
    const tooLong = { type: 8, timestamp: 0, data: new Uint8Array(0x100_0000) } as const;
    expect(() => encodeFlvTag(tooLong)).toThrow(RangeError);
  });

  test.each([-1, 2 ** 32, 0.5, Number.NaN])("%d is no timestamp", (timestamp) => {
    expect(() => encodeFlvTag({ type: 8, timestamp, data })).toThrow(RangeError);
  });

  test("a tag of another type cannot be written", () => {
    const tag: FlvTag = JSON.parse('{ "type": 20, "timestamp": 0 }');
    expect(() => encodeFlvTag({ ...tag, data })).toThrow(RangeError);
  });
});
