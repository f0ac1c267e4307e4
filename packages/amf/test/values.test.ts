import { AmfDate } from "@rtmp/amf";
import { describe, expect, test } from "vitest";

describe("AMF0 §2.13 date", () => {
  test("has the time zone 0 unless told", () => {
    expect(new AmfDate(1111)).toMatchObject({ time: 1111, timeZone: 0 });
  });

  test("takes a time zone that fits the 16 signed bits of the wire", () => {
    expect(new AmfDate(0, -32_768).timeZone).toBe(-32_768);
    expect(new AmfDate(0, 32_767).timeZone).toBe(32_767);
    for (const timeZone of [-32_769, 32_768, 0.5, Number.NaN, 2 ** 32]) {
      expect(() => new AmfDate(0, timeZone)).toThrow(RangeError);
    }
  });
});
