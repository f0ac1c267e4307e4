import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { copyBytes, moveBytes } from "../src/copy-bytes.ts";
import { hexOf } from "./reading.ts";

describe("copyBytes", () => {
  test("copies all bytes to the offset and leaves the others alone", () => {
    const target = hex("00 01 02 03 04 05");
    copyBytes(hex("aa bb cc"), target, 2);
    expect(hexOf(target)).toBe("0001aabbcc05");
  });

  test("takes a Buffer, and nothing at all", () => {
    const target = hex("00 01 02");
    copyBytes(Buffer.from("xyz").subarray(1), target, 1);
    copyBytes(new Uint8Array(0), target, 3);
    expect(hexOf(target)).toBe("00797a");
  });

  test("never writes behind the end", () => {
    const target = hex("00 01 02");
    expect(() => copyBytes(hex("aa bb"), target, 2)).toThrow(RangeError);
    expect(hexOf(target)).toBe("000102");
  });
});

describe("moveBytes", () => {
  test.each([
    ["down, over themselves", 1, 2, 5, "000203040405"],
    ["up, over themselves", 3, 2, 5, "000102020304"],
    ["away", 0, 4, 6, "040502030405"],
    ["nowhere, when there are none", 0, 3, 3, "000102030405"],
  ])("moves bytes %s", (_, target, start, end, result) => {
    const bytes = hex("00 01 02 03 04 05");
    moveBytes(bytes, target, start, end);
    expect(hexOf(bytes)).toBe(result);
  });

  test("moves within a view alone", () => {
    const whole = Buffer.from([0, 1, 2, 3, 4, 5]);
    moveBytes(whole.subarray(2, 5), 0, 1, 3);
    expect(hexOf(whole)).toBe("000103040405");
  });
});
