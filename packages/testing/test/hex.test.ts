import { hex, toHex } from "@rtmp/testing";
import { expect, test } from "vitest";

test("two digits are a byte, whatever their case and the white space between", () => {
  expect(hex("00 fF\n\t7a8B")).toEqual(Uint8Array.of(0, 255, 0x7a, 0x8b));
  expect(hex("0 0")).toEqual(Uint8Array.of(0));
  expect(hex("")).toEqual(new Uint8Array(0));
});

test("text in quotes stands for itself, white space too", () => {
  expect(hex('02 0004 "play"')).toEqual(hex("02 00 04 70 6c 61 79"));
  expect(hex('"a b" 00 "" "~"')).toEqual(hex("61 20 62 00 7e"));
});

test.each(["0", "00 1", "0g", "0x00", "-1", '"play', '00 "a" "b', '"é"'])(
  "%j is refused",
  (text) => {
    expect(() => hex(text)).toThrow(TypeError);
  },
);

test("bytes become lower-case digits with spaces, and come back", () => {
  expect(toHex(Uint8Array.of(0, 10, 255))).toBe("00 0a ff");
  expect(toHex(new Uint8Array(0))).toBe("");
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect(hex(toHex(all))).toEqual(all);
});
