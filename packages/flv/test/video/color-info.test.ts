import { AmfError } from "@rtmp/amf";
import { type ColorInfo, decodeColorInfo, encodeColorInfo } from "@rtmp/flv";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

const name = "02 00 09 63 6f 6c 6f 72 49 6e 66 6f";
const colorConfig = "00 0b 63 6f 6c 6f 72 43 6f 6e 66 69 67";
const hdrCll = "00 06 68 64 72 43 6c 6c";
const hdrMdcv = "00 07 68 64 72 4d 64 63 76";
const bitDepth = "00 08 62 69 74 44 65 70 74 68";
const maxFall = "00 07 6d 61 78 46 61 6c 6c";
const maxCll = "00 06 6d 61 78 43 4c 4c";
const maxLuminance = "00 0c 6d 61 78 4c 75 6d 69 6e 61 6e 63 65";
const end = "00 00 09";
const ten = "00 40 24 00 00 00 00 00 00";
const thousand = "00 40 8f 40 00 00 00 00 00";

const cases: readonly { name: string; bytes: string; info: ColorInfo }[] = [
  {
    name: "10 bits",
    bytes: `${name} 03 ${colorConfig} 03 ${bitDepth} ${ten} ${end} ${end}`,
    info: { colorConfig: { bitDepth: 10 } },
  },
  {
    name: "light levels and a display",
    bytes: `${name} 03 ${hdrCll} 03 ${maxFall} ${ten} ${maxCll} ${thousand} ${end} ${hdrMdcv} 03 ${maxLuminance} ${thousand} ${end} ${end}`,
    info: { hdrCll: { maxFall: 10, maxCLL: 1000 }, hdrMdcv: { maxLuminance: 1000 } },
  },
  {
    name: "an empty colorConfig, as FFmpeg 8 sends it",
    bytes: "02 0009 636f6c6f72496e666f 03 000b 636f6c6f72436f6e666967 03 000009 000009",
    info: { colorConfig: {} },
  },
  {
    name: "every member",
    bytes: `02 0009 "colorInfo" 03
      000b "colorConfig" 03
        0008 "bitDepth" 00 4024000000000000
        000e "colorPrimaries" 00 4022000000000000
        0017 "transferCharacteristics" 00 4030000000000000
        0012 "matrixCoefficients" 00 4026000000000000 000009
      0006 "hdrCll" 03
        0007 "maxFall" 00 4079000000000000
        0006 "maxCLL" 00 408f400000000000 000009
      0007 "hdrMdcv" 03
        0004 "redX" 00 3fe6a7ef9db22d0e
        0004 "redY" 00 3fd2b020c49ba5e3
        0006 "greenX" 00 3fc5c28f5c28f5c3
        0006 "greenY" 00 3fe9810624dd2f1b
        0005 "blueX" 00 3fc0c49ba5e353f8
        0005 "blueY" 00 3fa78d4fdf3b645a
        000b "whitePointX" 00 3fd40346dc5d6388
        000b "whitePointY" 00 3fd50e5604189375
        000c "maxLuminance" 00 409f400000000000
        000c "minLuminance" 00 3f747ae147ae147b 000009 000009`,
    info: {
      colorConfig: {
        bitDepth: 10,
        colorPrimaries: 9,
        transferCharacteristics: 16,
        matrixCoefficients: 11,
      },
      hdrCll: { maxFall: 400, maxCLL: 1000 },
      hdrMdcv: {
        redX: 0.708,
        redY: 0.292,
        greenX: 0.17,
        greenY: 0.797,
        blueX: 0.131,
        blueY: 0.046,
        whitePointX: 0.3127,
        whitePointY: 0.329,
        maxLuminance: 2000,
        minLuminance: 0.005,
      },
    },
  },
  { name: "undefined: all is withdrawn", bytes: `${name} 06`, info: {} },
];

describe("E-RTMP Metadata Frame: colorInfo", () => {
  test.each(cases)("reads $name", ({ bytes, info }) => {
    expect(decodeColorInfo(hex(bytes))).toEqual(info);
  });

  test.each(cases)("writes $name", ({ bytes, info }) => {
    expect(toHex(encodeColorInfo(info))).toBe(toHex(hex(bytes)));
  });

  test.each(["03 00 00 09", "05", "00 00 00 00 00 00 00 00 00", "02 00 01 61"])(
    "colorInfo %s withdraws what was known too",
    (value) => {
      expect(decodeColorInfo(hex(`${name} ${value}`))).toEqual({});
    },
  );

  test("an ECMA array is an object", () => {
    const bytes = hex(
      `${name} 08 00000001 ${colorConfig} 08 00000001 ${bitDepth} ${ten} ${end} ${end}`,
    );
    expect(decodeColorInfo(bytes)).toEqual({ colorConfig: { bitDepth: 10 } });
  });

  test("members of another type or name are left out", () => {
    const bytes =
      hex(`${name} 03 ${hdrCll} 03 ${maxFall} 02 00 01 31 ${maxCll} 00 7f f8 00 00 00 00 00 00
      ${bitDepth} ${ten} ${end} ${colorConfig} 05 ${end}`);
    expect(decodeColorInfo(bytes)).toEqual({ hdrCll: {} });
  });

  test("the last colorInfo counts, other names do not", () => {
    expect(decodeColorInfo(hex(`${name} 06 ${name} 03 ${hdrCll} 03 ${end} ${end}`))).toEqual({
      hdrCll: {},
    });
    expect(decodeColorInfo(hex("02 00 01 61 06"))).toBeUndefined();
    expect(decodeColorInfo(hex(name))).toBeUndefined();
    expect(decodeColorInfo(new Uint8Array())).toBeUndefined();
  });

  test("a value that is cut short is refused", () => {
    const whole = hex(`${name} 03 ${colorConfig} 03 ${bitDepth} ${ten} ${end} ${end}`);
    expect(() => decodeColorInfo(whole.subarray(0, 5))).toThrow(AmfError);
    expect(() => decodeColorInfo(whole.subarray(0, 40))).toThrow(AmfError);
  });

  test("what is no finite number cannot be written", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => encodeColorInfo({ colorConfig: { bitDepth: value } })).toThrow(RangeError);
      expect(() => encodeColorInfo({ hdrMdcv: { redX: value } })).toThrow(/redX/);
    }
  });
});
