import {
  AudioChannel,
  decodeMultichannelConfig,
  encodeMultichannelConfig,
  type MultichannelConfig,
} from "@rtmp/flv";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { flvErrorOf } from "../frame.ts";

const cases: readonly { name: string; bytes: string; config: MultichannelConfig }[] = [
  { name: "unspecified, 2 channels", bytes: "00 02", config: { order: 0, channelCount: 2 } },
  {
    name: "5.1 in native order",
    bytes: "01 06 00 00 00 3f",
    config: { order: 1, channelCount: 6, channelMask: 0x3f },
  },
  {
    name: "mono as FFmpeg 8 sends it",
    bytes: "01 01 00 00 00 04",
    config: { order: 1, channelCount: 1, channelMask: 1 << AudioChannel.FrontCenter },
  },
  {
    name: "every bit of the mask",
    bytes: "01 20 ff ff ff ff",
    config: { order: 1, channelCount: 32, channelMask: 0xffff_ffff },
  },
  {
    name: "right and left changed",
    bytes: "02 02 01 00",
    config: {
      order: 2,
      channelCount: 2,
      channelMapping: [AudioChannel.FrontRight, AudioChannel.FrontLeft],
    },
  },
  {
    name: "channels that are not used and not known",
    bytes: "02 03 17 fe ff",
    config: { order: 2, channelCount: 3, channelMapping: [23, 0xfe, 0xff] },
  },
];

describe("E-RTMP Enhanced Audio: MultichannelConfig", () => {
  test.each(cases)("reads $name", ({ bytes, config }) => {
    expect(decodeMultichannelConfig(hex(bytes))).toEqual(config);
    expect(decodeMultichannelConfig(hex(`${bytes} aa`))).toEqual(config);
  });

  test.each(cases)("writes $name", ({ bytes, config }) => {
    expect(toHex(encodeMultichannelConfig(config))).toBe(bytes);
  });

  test.each(cases)("$name, cut short", ({ bytes }) => {
    const whole = hex(bytes);
    for (let length = 0; length < whole.length; length++) {
      const error = flvErrorOf(() => decodeMultichannelConfig(whole.subarray(0, length)));
      expect(error.code).toBe("RTMP_ERR_FLV_TRUNCATED");
    }
  });

  test.each([3, 255])("order %i is reserved", (order) => {
    const error = flvErrorOf(() => decodeMultichannelConfig(Uint8Array.of(order, 2)));
    expect(error).toMatchObject({
      code: "RTMP_ERR_FLV_RESERVED_CHANNEL_ORDER",
      fault: "unsupported",
      offset: 0,
    });
  });

  const wrong: readonly [string, MultichannelConfig][] = [
    ["256 channels", { order: 0, channelCount: 256 }],
    ["a mask of 33 bits", { order: 1, channelCount: 1, channelMask: 2 ** 32 }],
    ["a negative mask", { order: 1, channelCount: 1, channelMask: -1 }],
    ["a mapping that is too short", { order: 2, channelCount: 2, channelMapping: [0] }],
    ["a speaker above UI8", { order: 2, channelCount: 1, channelMapping: [256] }],
  ];

  test.each(wrong)("%s cannot be written", (_, config) => {
    expect(() => encodeMultichannelConfig(config)).toThrow(RangeError);
  });
});
