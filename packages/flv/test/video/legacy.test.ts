import { readVideoFrames, VideoCodecId, VideoFrameType } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { decodeLegacyVideo } from "../../src/video/legacy.ts";
import { type ExpectedFrame, flvErrorOf, frame } from "../frame.ts";

const cases: readonly (ExpectedFrame & { name: string; bytes: string; header: number })[] = [
  {
    name: "an AVC sequence header",
    bytes: `17 00 00 00 00 01 4d 00 15 ff e1 00 0f 27 4d 00 15 ab 61 a3 7c b2 cd 40 40 40 40 80 01
      00 04 28 ee 3c 80`,
    header: 5,
    role: "sequence-start",
    codec: "avc1",
    view: "01 4d 00 15 ff e1 00 0f 27 4d 00 15 ab 61 a3 7c b2 cd 40 40 40 40 80 01 00 04 28 ee 3c 80",
  },
  {
    name: "an AVC key frame",
    bytes: "17 01 00 00 00 00 00 00 01 65",
    header: 5,
    role: "coded-frames",
    keyframe: true,
    codec: "avc1",
    view: "00 00 00 01 65",
  },
  {
    name: "an AVC inter frame shown 40 ms later",
    bytes: "27 01 00 00 28 aa",
    header: 5,
    role: "coded-frames",
    codec: "avc1",
    compositionTimeOffset: 40,
    view: "aa",
  },
  {
    name: "an AVC inter frame with a negative composition offset",
    bytes: "27 01 ff ff ec aa",
    header: 5,
    role: "coded-frames",
    codec: "avc1",
    compositionTimeOffset: -20,
    view: "aa",
  },
  {
    name: "an AVC end of sequence",
    bytes: "17 02 00 00 00",
    header: 5,
    role: "sequence-end",
    codec: "avc1",
    view: "",
  },
  {
    name: "a sequence header whose composition offset is not zero has none",
    bytes: "17 00 00 04 57 01",
    header: 5,
    role: "sequence-start",
    codec: "avc1",
    view: "01",
  },
  {
    name: "a generated key frame of HEVC under CodecID 12",
    bytes: "4c 01 00 08 ae 26",
    header: 5,
    role: "coded-frames",
    keyframe: true,
    codec: "hvc1",
    compositionTimeOffset: 2222,
    view: "26",
  },
  {
    name: "an HEVC sequence header under CodecID 12",
    bytes: "1c 00 00 00 00 01 01",
    header: 5,
    role: "sequence-start",
    codec: "hvc1",
    view: "01 01",
  },
  {
    name: "an AV1 sequence header under CodecID 13",
    bytes: "1d 00 00 00 00 81",
    header: 5,
    role: "sequence-start",
    codec: "av01",
    view: "81",
  },
  {
    name: "a Sorenson H.263 key frame, which has no packet type",
    bytes: "12 00 00 84",
    header: 1,
    role: "coded-frames",
    keyframe: true,
    codec: "sorenson-h263",
    view: "00 00 84",
  },
  {
    name: "a disposable VP6 frame",
    bytes: "34 11 22",
    header: 1,
    role: "coded-frames",
    codec: "vp6",
    view: "11 22",
  },
  {
    name: "a frame of a CodecID that nobody defined",
    bytes: "1e 11",
    header: 1,
    role: "coded-frames",
    keyframe: true,
    view: "11",
  },
  {
    name: "a command, start of client seek",
    bytes: "52 00",
    header: 2,
    role: "command",
    codec: "sorenson-h263",
    view: "00",
  },
  {
    name: "a command under AVC without the AVC header",
    bytes: "57 01",
    header: 2,
    role: "command",
    codec: "avc1",
    view: "01",
  },
  {
    name: "a command under AVC with too few bytes behind it for the AVC header",
    bytes: "57 01 00 00 00",
    header: 2,
    role: "command",
    codec: "avc1",
    view: "01",
  },
  {
    name: "a command under AVC behind the AVC header",
    bytes: "57 01 00 00 00 00",
    header: 2,
    role: "command",
    codec: "avc1",
    view: "00",
  },
];

describe("FLV E.4.3.1 video header", () => {
  test.each(cases)("$name", (each) => {
    expect(readVideoFrames(hex(each.bytes))).toEqual([frame(each)]);
  });

  test.each(cases)("$name, cut short inside its header", ({ bytes, header }) => {
    for (let length = 1; length < header; length++) {
      const error = flvErrorOf(() => readVideoFrames(hex(bytes).subarray(0, length)));
      expect(error).toMatchObject({ code: "RTMP_ERR_FLV_TRUNCATED", fault: "malformed" });
      expect(error.offset).toBeLessThanOrEqual(length);
    }
    expect(readVideoFrames(hex(bytes).subarray(0, header))).toHaveLength(1);
  });

  test.each([
    [VideoCodecId.Screen, "screen-video"],
    [VideoCodecId.Vp6Alpha, "vp6-alpha"],
    [VideoCodecId.Screen2, "screen-video-2"],
    [VideoCodecId.H263, "h263"],
    [VideoCodecId.Mpeg4Visual, "mpeg4-visual"],
  ])("CodecID %i is %s", (codecId, codec) => {
    expect(readVideoFrames(Uint8Array.of((2 << 4) | codecId))[0]?.codec).toBe(codec);
  });

  test("key and generated key frames are key frames, the other types are not", () => {
    const keyframes = [0, 1, 2, 3, 4, 6, 7].filter(
      (frameType) => readVideoFrames(Uint8Array.of((frameType << 4) | 7, 1, 0, 0, 0))[0]?.keyframe,
    );
    expect(keyframes).toEqual([VideoFrameType.KeyFrame, VideoFrameType.GeneratedKeyFrame]);
  });

  test.each([3, 4, 0x28, 0xff])("AVC packet type %i is reserved", (packetType) => {
    const error = flvErrorOf(() => readVideoFrames(Uint8Array.of(0x17, packetType, 0, 0, 0)));
    expect(error).toMatchObject({
      code: "RTMP_ERR_FLV_RESERVED_PACKET_TYPE",
      fault: "unsupported",
      offset: 1,
    });
  });

  test("a body of no bytes has no legacy header", () => {
    expect(flvErrorOf(() => decodeLegacyVideo(new Uint8Array())).offset).toBe(0);
  });
});
