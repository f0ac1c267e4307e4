import { defaultFlvLimits, readAudioFrames, readVideoFrames } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { flvErrorOf, frame } from "./frame.ts";

const manyTracks = hex("a6 11 61 76 30 31 00 00 00 02 12 34 01 00 00 01 56");
const manyCodecs = hex("a6 23 68 76 63 31 00 00 00 01 aa 61 76 63 31 01 00 00 01 bb");

/** ManyTracks of AV1 with `count` tracks of no bytes, ids from 0. */
function tracks(count: number): Uint8Array {
  return Uint8Array.from([
    ...hex("a6 11 61763031"),
    ...Array.from({ length: count }, (_, id) => [id, 0, 0, 0]).flat(),
  ]);
}

describe("E-RTMP Multitrack", () => {
  test("ManyTracks: each track has its own size", () => {
    expect(readVideoFrames(manyTracks)).toEqual([
      frame({ role: "coded-frames", codec: "av01", view: "12 34" }),
      frame({ role: "coded-frames", track: 1, codec: "av01", view: "56" }),
    ]);
  });

  test("ManyTracksManyCodecs: each track has its own FourCC", () => {
    expect(readVideoFrames(manyCodecs)).toEqual([
      frame({ role: "coded-frames", codec: "hvc1", view: "aa" }),
      frame({ role: "coded-frames", track: 1, codec: "avc1", view: "bb" }),
    ]);
  });

  test("ManyTracksManyCodecs: only the codecs that have one have a composition offset", () => {
    const bytes = hex(
      `96 21 68766331 00 000005 000457 aa bb
             61763031 01 000004 000457 cc
             61766331 02 000003 ffffec`,
    );
    expect(readVideoFrames(bytes)).toEqual([
      frame({
        role: "coded-frames",
        keyframe: true,
        codec: "hvc1",
        compositionTimeOffset: 1111,
        view: "aa bb",
      }),
      frame({ role: "coded-frames", track: 1, keyframe: true, codec: "av01", view: "000457 cc" }),
      frame({
        role: "coded-frames",
        track: 2,
        keyframe: true,
        codec: "avc1",
        compositionTimeOffset: -20,
        view: "",
      }),
    ]);
  });

  test("a nanosecond offset holds for every track of the message", () => {
    const bytes = hex("a7 02 00 04 57 06 11 61763031 00 000000 01 000001 56");
    expect(readVideoFrames(bytes).map((each) => each.nanosecondOffset)).toEqual([1111, 1111]);
  });

  test("the same track may come twice", () => {
    const bytes = hex("a6 11 61763031 07 000001 aa 07 000001 bb");
    expect(readVideoFrames(bytes).map((each) => each.track)).toEqual([7, 7]);
  });

  test.each([
    { name: "ManyTracks", bytes: manyTracks, firstEnd: 12 },
    { name: "ManyTracksManyCodecs", bytes: manyCodecs, firstEnd: 11 },
  ])("$name cut short keeps the tracks that are whole", ({ bytes, firstEnd }) => {
    for (let length = 1; length < firstEnd; length++) {
      const error = flvErrorOf(() => readVideoFrames(bytes.subarray(0, length)));
      expect(error).toMatchObject({ code: "RTMP_ERR_FLV_TRUNCATED", fault: "malformed" });
      expect(error.offset).toBeLessThanOrEqual(length);
    }
    const [first] = readVideoFrames(bytes);
    for (let length = firstEnd; length < bytes.length; length++) {
      expect(readVideoFrames(bytes.subarray(0, length))).toEqual([first]);
    }
  });

  test("a size far past the end stops behind the tracks before it", () => {
    const second = hex("a6 11 61763031 00 000001 aa 01 ffffff bb");
    expect(readVideoFrames(second)).toEqual([
      frame({ role: "coded-frames", codec: "av01", view: "aa" }),
    ]);
    const first = hex("a6 11 61763031 00 ffffff bb");
    expect(flvErrorOf(() => readVideoFrames(first))).toMatchObject({
      code: "RTMP_ERR_FLV_TRUNCATED",
      offset: 10,
    });
  });

  test.each([3, 4, 8, 15])("multitrack type %i is reserved", (type) => {
    const reserved = {
      code: "RTMP_ERR_FLV_RESERVED_MULTITRACK_TYPE",
      fault: "unsupported",
      offset: 1,
    };
    const byte = (type << 4) | 1;
    expect(flvErrorOf(() => readVideoFrames(Uint8Array.of(0x96, byte)))).toMatchObject(reserved);
    expect(flvErrorOf(() => readAudioFrames(Uint8Array.of(0x95, byte)))).toMatchObject(reserved);
  });

  test("Multitrack inside Multitrack is malformed", () => {
    const nested = { code: "RTMP_ERR_FLV_NESTED_MULTITRACK", fault: "malformed", offset: 1 };
    expect(flvErrorOf(() => readVideoFrames(hex("96 06 68766331 00")))).toMatchObject(nested);
    expect(flvErrorOf(() => readAudioFrames(hex("95 15 4f707573 00")))).toMatchObject(nested);
  });

  test("more tracks than the limit throw", () => {
    expect(readVideoFrames(tracks(16))).toHaveLength(16);
    expect(flvErrorOf(() => readVideoFrames(tracks(17)))).toMatchObject({
      code: "RTMP_ERR_FLV_TOO_MANY_TRACKS",
      fault: "limit",
      offset: 6 + 16 * 4,
    });
    const limits = { ...defaultFlvLimits, maxTracksPerMessage: 2 };
    expect(readVideoFrames(tracks(2), limits)).toHaveLength(2);
    expect(flvErrorOf(() => readVideoFrames(tracks(3), limits)).fault).toBe("limit");
  });
});
