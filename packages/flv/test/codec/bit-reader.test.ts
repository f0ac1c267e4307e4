import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { BitReader } from "../../src/codec/bit-reader.ts";
import { errorOf } from "./tracks.ts";

const read = (text: string, isNalUnit = true) => {
  const reader = new BitReader(hex(text), { isNalUnit });
  const bytes: number[] = [];
  while (errorOf(() => bytes.push(reader.u(8))) === undefined);
  return bytes;
};

describe("fields of bits", () => {
  test("high bits come first, across bytes", () => {
    const reader = new BitReader(hex("a5 0f f0"));
    expect([reader.u(1), reader.u(3), reader.u(8), reader.u(0), reader.u(12)]).toEqual([
      1, 2, 0x50, 0, 0xff0,
    ]);
    expect(reader.bitsLeft).toBe(0);
  });

  test("32 bits are unsigned, also where they begin within a byte", () => {
    expect(new BitReader(hex("ff ff ff fe")).u(32)).toBe(4_294_967_294);
    const reader = new BitReader(hex("7f ff ff ff 80"));
    expect(reader.flag()).toBe(false);
    expect(reader.u(32)).toBe(4_294_967_295);
    expect(reader.bitsLeft).toBe(7);
  });

  test("skip passes over any number of bits, align to the next byte", () => {
    const reader = new BitReader(hex("00 00 00 00 00 07 c3"));
    reader.skip(45);
    expect(reader.u(2)).toBe(3);
    reader.align();
    expect(reader.u(8)).toBe(0xc3);
    reader.align();
    expect(reader.bitsLeft).toBe(0);
  });

  test("a read past the end is truncated, at an offset of the caller's input", () => {
    const reader = new BitReader(hex("ff"), { offset: 1111 });
    expect(reader.offset).toBe(1111);
    reader.u(3);
    expect(reader.offset).toBe(1111);
    expect(errorOf(() => reader.u(6))).toMatchObject({
      code: "RTMP_ERR_FLV_TRUNCATED",
      fault: "malformed",
      offset: 1112,
    });
    expect(errorOf(() => new BitReader(new Uint8Array()).skip(1))?.offset).toBe(0);
  });
});

describe("H.264 §9.1 exponential Golomb codes", () => {
  // 1 010 011 00100 00101
  const codes = hex("a6 42 80");

  test("unsigned", () => {
    const reader = new BitReader(codes);
    expect(Array.from({ length: 5 }, () => reader.ue(9, "field"))).toEqual([0, 1, 2, 3, 4]);
  });

  test("signed", () => {
    const reader = new BitReader(codes);
    expect(Array.from({ length: 5 }, () => reader.se("field"))).toEqual([0, 1, -1, 2, -2]);
  });

  test("the largest code has 31 zeros", () => {
    const largest = hex("00 00 00 01 ff ff ff fe");
    expect(new BitReader(largest).ue(2 ** 32, "field")).toBe(4_294_967_294);
    expect(new BitReader(largest).se("field")).toBe(-2_147_483_647);
  });

  test("32 zeros are no code", () => {
    expect(errorOf(() => new BitReader(hex("00 00 00 00 80 00")).ue(9, "field"))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      message: "field has no end",
      offset: 0,
    });
  });

  test("a value above the largest that is allowed is invalid where it begins", () => {
    const reader = new BitReader(hex("ff 28"), { offset: 2222 });
    reader.skip(8);
    expect(errorOf(() => reader.ue(3, "field"))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      message: "field is 4, more than 3",
      offset: 2223,
    });
  });

  test("a code that is cut is truncated", () => {
    expect(errorOf(() => new BitReader(hex("00")).ue(9, "field"))?.code).toBe(
      "RTMP_ERR_FLV_TRUNCATED",
    );
    expect(errorOf(() => new BitReader(hex("01")).ue(999, "field"))?.code).toBe(
      "RTMP_ERR_FLV_TRUNCATED",
    );
  });
});

describe("H.264 §7.3.1 emulation prevention", () => {
  test("the third byte of 00 00 03 is left out", () => {
    expect(read("00 00 03 01 02")).toEqual([0, 0, 1, 2]);
    expect(read("11 00 00 03 00 00 03 02")).toEqual([0x11, 0, 0, 0, 0, 2]);
    expect(read("00 00 03 03")).toEqual([0, 0, 3]);
    expect(read("00 00 03 00 03")).toEqual([0, 0, 0, 3]);
  });

  test("other bytes stay", () => {
    expect(read("00 03 00 01 03")).toEqual([0, 3, 0, 1, 3]);
    expect(read("00 00 02 00 00 03")).toEqual([0, 0, 2, 0, 0]);
    expect(read("00 00 03 01", false)).toEqual([0, 0, 3, 1]);
  });

  test("the offset counts the bytes that are left out", () => {
    const reader = new BitReader(hex("00 00 03 00"), { isNalUnit: true });
    reader.skip(24);
    expect(errorOf(() => reader.flag())?.offset).toBe(4);
  });
});
