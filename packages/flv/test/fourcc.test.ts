import { AudioFourCc, fourCcNumber, fourCcText, VideoFourCc } from "@rtmp/flv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeFourCc, encodeFourCc, printableFourCc } from "../src/fourcc.ts";

const numbers: readonly [text: string, value: number][] = [
  ["av01", 1635135537],
  ["hvc1", 1752589105],
  ["avc1", 1635148593],
  ["vp09", 1987063865],
  ["vp08", 1987063864],
  ["vvc1", 1987470129],
  ["Opus", 1332770163],
  ["fLaC", 1716281667],
  ["mp4a", 1836069985],
  [".mp3", 778924083],
  ["ac-3", 1633889587],
  ["ec-3", 1700998451],
];

describe("E-RTMP FourCC", () => {
  test.each(numbers)("%s is %i in onMetaData", (text, value) => {
    expect(fourCcNumber(text)).toBe(value);
    expect(fourCcText(value)).toBe(text);
  });

  test("the table above has every named codec", () => {
    const named = [...Object.values(VideoFourCc), ...Object.values(AudioFourCc)];
    expect(numbers.map(([text]) => text).toSorted()).toEqual(named.toSorted());
  });

  test("an unknown FourCC keeps its four characters", () => {
    expect(fourCcText(0x61_70_76_31)).toBe("apv1");
    expect(fourCcText(0xff_ff_ff_ff)).toBe("");
  });

  test.each([0x00_00_00_00, 0x61_62_63_0a, 0x1b_5b_33_31, 0x61_62_7f_63])(
    "a FourCC with a character that cannot be printed (%i) has no text",
    (value) => {
      expect(fourCcText(value)).toBe("");
    },
  );

  test.each(["", "abc", "abcde", "ab\nc", "äbcd"])("%j is not a FourCC", (text) => {
    expect(() => fourCcNumber(text)).toThrow(TypeError);
  });

  test("every text of four printable characters comes back from its number", () => {
    const printable = fc.integer({ min: 0x20, max: 0x7e }).map((unit) => String.fromCharCode(unit));
    fc.assert(
      fc.property(fc.array(printable, { minLength: 4, maxLength: 4 }), (units) => {
        expect(fourCcText(fourCcNumber(units.join("")))).toBe(units.join(""));
      }),
    );
  });
});

describe("a FourCC as it stands in a header", () => {
  test.each([
    [0x68_76_63_31, "hvc1"],
    [0x61_70_76_31, "apv1"],
    [0x00_ff_0a_80, "\u0000\u00ff\n\u0080"],
    [0xff_ff_ff_ff, "\u00ff\u00ff\u00ff\u00ff"],
  ])("%i is %j and comes back", (value, text) => {
    expect(decodeFourCc(value)).toBe(text);
    expect(encodeFourCc(text)).toBe(value);
  });

  test.each(["", "abc", "abcde", "abc\u0100"])("%j is not a FourCC", (text) => {
    expect(() => encodeFourCc(text)).toThrow(TypeError);
  });

  test("only four printable characters are shown", () => {
    expect(printableFourCc(" ~.1")).toBe(" ~.1");
    for (const text of ["", "abc", "abcde", "abc\u001f", "\u007fbcd", "ab\u00e9d"]) {
      expect(printableFourCc(text)).toBe("");
    }
  });
});
