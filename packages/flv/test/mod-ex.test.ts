import {
  type AudioBodyInput,
  decodeAudioBody,
  decodeTimestampOffsetNano,
  defaultFlvLimits,
  encodeAudioBody,
  encodeTimestampOffsetNano,
  type ModExBlock,
  readAudioFrames,
  readVideoFrames,
} from "@rtmp/flv";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { flvErrorOf } from "./frame.ts";

const opus = "4f 70 75 73";
const zeros = (length: number) => "00".repeat(length);

function nanosecondsOf(blocks: string): number | undefined {
  return readAudioFrames(hex(`97 ${blocks} ${opus}`))[0]?.nanosecondOffset;
}

/** HEVC behind a chain of blocks of one byte each. */
function chain(blocks: number): Uint8Array {
  return hex(`a7 ${"00 00 07".repeat(blocks - 1)} 00 00 03 68766331`);
}

describe("E-RTMP ModEx", () => {
  test("a block of 300 bytes has a 16-bit size", () => {
    const [frame] = readAudioFrames(hex(`97 ff 01 2b ${zeros(300)} 01 ${opus} fc`));
    expect(frame).toMatchObject({ role: "coded-frames", codec: "Opus" });
    expect(frame?.view).toEqual(hex("fc"));
  });

  test("a block of 255 bytes has an 8-bit size, one of 256 a 16-bit size", () => {
    expect(readAudioFrames(hex(`97 fe ${zeros(255)} 01 ${opus}`))[0]?.codec).toBe("Opus");
    expect(readAudioFrames(hex(`97 ff 00 ff ${zeros(256)} 01 ${opus}`))[0]?.codec).toBe("Opus");
  });

  test("the largest nanosecond offset counts, one more is ignored", () => {
    expect(nanosecondsOf("02 0f 42 3f 01")).toBe(999_999);
    expect(nanosecondsOf("02 0f 42 40 01")).toBe(0);
  });

  test("a nanosecond offset of fewer than three bytes is ignored", () => {
    expect(nanosecondsOf("00 ff 01")).toBe(0);
    expect(nanosecondsOf("01 00 01 01")).toBe(0);
  });

  test("of a nanosecond offset of more than three bytes the first three count", () => {
    expect(nanosecondsOf("04 00 04 57 ff ff 01")).toBe(1111);
  });

  test("a block of unknown type is skipped", () => {
    expect(nanosecondsOf("02 00 04 57 11")).toBe(0);
    expect(nanosecondsOf("02 00 04 57 07 03 de ad be ef f1")).toBe(1111);
  });

  test("of two nanosecond offsets the last one counts", () => {
    expect(nanosecondsOf("02 00 04 57 07 02 00 08 ae 01")).toBe(2222);
  });

  test("a block that is cut short throws at every length", () => {
    const blocks = hex(`97 02 00 04 57 07 ff 00 ff ${zeros(256)} 01 ${opus}`);
    for (let length = 1; length < blocks.length; length++) {
      const error = flvErrorOf(() => readAudioFrames(blocks.subarray(0, length)));
      expect(error.code).toBe("RTMP_ERR_FLV_TRUNCATED");
      expect(error.offset).toBeLessThanOrEqual(length);
    }
  });

  test("more blocks than the limit throw", () => {
    expect(readVideoFrames(chain(16))).toHaveLength(1);
    expect(flvErrorOf(() => readVideoFrames(chain(17)))).toMatchObject({
      code: "RTMP_ERR_FLV_TOO_MANY_MOD_EX_BLOCKS",
      fault: "limit",
      offset: 1 + 16 * 3,
    });
    const limits = { ...defaultFlvLimits, maxModExBlocks: 2 };
    expect(readVideoFrames(chain(2), limits)).toHaveLength(1);
    expect(flvErrorOf(() => readVideoFrames(chain(3), limits)).fault).toBe("limit");
  });
});

/** CodedFrames of Opus behind blocks. */
function message(...modEx: ModExBlock[]): AudioBodyInput {
  return { form: "enhanced", packetType: 1, modEx, tracks: [{ fourCc: "Opus" }] };
}

describe("E-RTMP ModEx, written", () => {
  test("255 bytes have an 8-bit size, from 256 on a 16-bit size", () => {
    const written = [1, 255, 256, 300, 65_536].map((length) => {
      const bytes = encodeAudioBody(message({ type: 1, data: new Uint8Array(length) }));
      return [toHex(bytes.subarray(0, 4)), bytes.length, toHex(bytes.subarray(-5))];
    });
    expect(written).toEqual([
      ["97 00 00 11", 8, `11 ${opus}`],
      ["97 fe 00 00", 262, `11 ${opus}`],
      ["97 ff 00 ff", 265, `11 ${opus}`],
      ["97 ff 01 2b", 309, `11 ${opus}`],
      ["97 ff ff ff", 65_545, `11 ${opus}`],
    ]);
  });

  test("every length that needs the 16-bit size is read as it was written", () => {
    const bytes = hex(`97 ff 01 2b ${"ab".repeat(300)} 31 ${opus} fc`);
    const body = decodeAudioBody(bytes);
    if (body.form !== "enhanced") throw new Error(body.form);
    expect(body.modEx[0]?.hasLongSize).toBe(false);
    expect(body.modEx[0]?.data).toHaveLength(300);
    expect(encodeAudioBody(body)).toEqual(bytes);
  });

  test("blocks without data, with too much of it or of a type of five bits cannot be written", () => {
    for (const block of [
      { type: 0, data: new Uint8Array() },
      { type: 0, data: new Uint8Array(65_537) },
      { type: 16, data: hex("00") },
      { type: -1, data: hex("00") },
    ]) {
      expect(() => encodeAudioBody(message(block))).toThrow(RangeError);
    }
  });

  test("a nanosecond offset is three bytes", () => {
    expect(encodeTimestampOffsetNano(500_000)).toEqual({ type: 0, data: hex("07 a1 20") });
    expect(encodeTimestampOffsetNano(0).data).toEqual(hex("00 00 00"));
    expect(encodeTimestampOffsetNano(999_999).data).toEqual(hex("0f 42 3f"));
    for (const nanoseconds of [-1, 1_000_000, 0.5, Number.NaN]) {
      expect(() => encodeTimestampOffsetNano(nanoseconds)).toThrow(RangeError);
    }
  });

  test("the last nanosecond offset of a list counts, other types do not", () => {
    expect(decodeTimestampOffsetNano([])).toBe(0);
    const blocks = [
      encodeTimestampOffsetNano(1111),
      encodeTimestampOffsetNano(2222),
      { type: 1, data: hex("00 00 01") },
    ];
    expect(decodeTimestampOffsetNano(blocks)).toBe(2222);
  });
});
