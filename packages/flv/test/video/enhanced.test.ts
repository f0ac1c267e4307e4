import { readVideoFrames, VideoPacketType } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { type ExpectedFrame, flvErrorOf, frame } from "../frame.ts";

const hvc1 = "68 76 63 31";

const cases: readonly (ExpectedFrame & { name: string; header: string; body?: string })[] = [
  {
    name: "SequenceStart of HEVC is no key frame",
    header: `90 ${hvc1}`,
    body: "01 01 60",
    role: "sequence-start",
    codec: "hvc1",
    view: "01 01 60",
  },
  {
    name: "CodedFrames of an HEVC key frame, shown 40 ms later",
    header: `91 ${hvc1} 00 00 28`,
    body: "aa bb",
    role: "coded-frames",
    keyframe: true,
    codec: "hvc1",
    compositionTimeOffset: 40,
    view: "aa bb",
  },
  {
    name: "CodedFrames of an HEVC inter frame with a negative offset",
    header: `a1 ${hvc1} ff ff ec`,
    body: "aa",
    role: "coded-frames",
    codec: "hvc1",
    compositionTimeOffset: -20,
    view: "aa",
  },
  {
    name: "CodedFrames of AVC has a composition offset",
    header: "91 61 76 63 31 00 04 57",
    body: "aa",
    role: "coded-frames",
    keyframe: true,
    codec: "avc1",
    compositionTimeOffset: 1111,
    view: "aa",
  },
  {
    name: "CodedFrames of VVC has a composition offset",
    header: "a1 76 76 63 31 00 08 ae",
    body: "aa",
    role: "coded-frames",
    codec: "vvc1",
    compositionTimeOffset: 2222,
    view: "aa",
  },
  {
    name: "CodedFramesX of an HEVC inter frame has none",
    header: `a3 ${hvc1}`,
    body: "00 00 28 aa",
    role: "coded-frames",
    codec: "hvc1",
    view: "00 00 28 aa",
  },
  {
    name: "CodedFramesX of a key frame",
    header: `93 ${hvc1}`,
    role: "coded-frames",
    keyframe: true,
    codec: "hvc1",
    view: "",
  },
  {
    name: "CodedFrames of a generated key frame",
    header: "c1 61 76 30 31",
    body: "12",
    role: "coded-frames",
    keyframe: true,
    codec: "av01",
    view: "12",
  },
  {
    name: "SequenceEnd of AV1 with frame type key",
    header: "92 61 76 30 31",
    role: "sequence-end",
    codec: "av01",
    view: "",
  },
  {
    name: "CodedFrames of AV1 has no composition offset",
    header: "a1 61 76 30 31",
    body: "0a 0b 0c 0d",
    role: "coded-frames",
    codec: "av01",
    view: "0a 0b 0c 0d",
  },
  {
    name: "CodedFrames of VP9 has no composition offset",
    header: "91 76 70 30 39",
    body: "82",
    role: "coded-frames",
    keyframe: true,
    codec: "vp09",
    view: "82",
  },
  {
    name: "CodedFrames of a codec of a later version",
    header: "91 61 70 76 31",
    body: "01 02 03 04",
    role: "coded-frames",
    keyframe: true,
    codec: "apv1",
    view: "01 02 03 04",
  },
  {
    name: "MPEG2TSSequenceStart of AV1",
    header: "95 61 76 30 31",
    body: "80 04",
    role: "sequence-start",
    codec: "av01",
    view: "80 04",
  },
  {
    name: "Metadata with frame type 0, as OBS sends it",
    header: "84 61 76 30 31",
    body: "02 00 09",
    role: "metadata",
    codec: "av01",
    view: "02 00 09",
  },
  {
    name: "Metadata with frame type 5, as ffmpeg sends it, is no command",
    header: `d4 ${hvc1}`,
    body: "02 00 09 63 6f 6c 6f 72 49 6e 66 6f 06",
    role: "metadata",
    codec: "hvc1",
    view: "02 00 09 63 6f 6c 6f 72 49 6e 66 6f 06",
  },
  {
    name: "Metadata with frame type key is no key frame",
    header: `94 ${hvc1}`,
    body: "02",
    role: "metadata",
    codec: "hvc1",
    view: "02",
  },
  {
    name: "a command, start of seek, without FourCC",
    header: "d1 00",
    role: "command",
    view: "00",
  },
  {
    name: "a command whose packet type says Multitrack",
    header: "d6 01",
    body: "68 76 63 31",
    role: "command",
    view: "01",
  },
  {
    name: "ModEx with 500000 ns in front of CodedFramesX",
    header: `a7 02 07 a1 20 03 ${hvc1}`,
    body: "aa",
    role: "coded-frames",
    codec: "hvc1",
    nanosecondOffset: 500000,
    view: "aa",
  },
  {
    name: "ModEx in front of a command",
    header: "d7 02 00 04 57 01 01",
    role: "command",
    nanosecondOffset: 1111,
    view: "01",
  },
  {
    name: "ModEx that turns frame type 5 into Metadata",
    header: `d7 02 00 04 57 04 ${hvc1}`,
    body: "06",
    role: "metadata",
    codec: "hvc1",
    nanosecondOffset: 1111,
    view: "06",
  },
  {
    name: "Multitrack with one HEVC track, CodedFramesX",
    header: `a6 03 ${hvc1} 01`,
    body: "aa bb",
    role: "coded-frames",
    track: 1,
    codec: "hvc1",
    view: "aa bb",
  },
  {
    name: "Multitrack with one HEVC track, CodedFrames of a key frame",
    header: `96 01 ${hvc1} 07 00 04 57`,
    body: "aa",
    role: "coded-frames",
    track: 7,
    keyframe: true,
    codec: "hvc1",
    compositionTimeOffset: 1111,
    view: "aa",
  },
  {
    name: "Multitrack with the Metadata of one track, frame type 0 as OBS sends it",
    header: `86 04 ${hvc1} 02`,
    body: "06",
    role: "metadata",
    track: 2,
    codec: "hvc1",
    view: "06",
  },
  {
    name: "Multitrack with the SequenceStart of one track behind ModEx",
    header: `97 02 00 00 01 06 00 ${hvc1} ff`,
    body: "01",
    role: "sequence-start",
    track: 255,
    codec: "hvc1",
    nanosecondOffset: 1,
    view: "01",
  },
];

describe("E-RTMP Enhanced Video", () => {
  test.each(cases)("$name", (each) => {
    const bytes = hex(each.header + (each.body ?? ""));
    expect(readVideoFrames(bytes)).toEqual([frame(each)]);
  });

  test.each(cases)("$name, cut short inside its header", ({ header }) => {
    const bytes = hex(header);
    for (let length = 1; length < bytes.length; length++) {
      const error = flvErrorOf(() => readVideoFrames(bytes.subarray(0, length)));
      expect(error).toMatchObject({ code: "RTMP_ERR_FLV_TRUNCATED", fault: "malformed" });
      expect(error.offset).toBeLessThanOrEqual(length);
    }
    expect(readVideoFrames(bytes)).toHaveLength(1);
  });

  test("a composition offset is missing from the second track, at the place where that track begins", () => {
    const bytes = hex(`a6 11 ${hvc1} 00 00 00 03 00 00 00 01 00 00 02 00 00`);
    expect(flvErrorOf(() => readVideoFrames(bytes))).toMatchObject({
      code: "RTMP_ERR_FLV_TRUNCATED",
      offset: 17,
    });
  });

  test.each([8, 9, 10, 11, 12, 13, 14, 15])("packet type %i is reserved", (packetType) => {
    const unsupported = { code: "RTMP_ERR_FLV_RESERVED_PACKET_TYPE", fault: "unsupported" };
    const alone = Uint8Array.of(0x90 | packetType);
    expect(flvErrorOf(() => readVideoFrames(alone))).toMatchObject({ ...unsupported, offset: 0 });
    const inTracks = Uint8Array.of(0x96, packetType);
    expect(flvErrorOf(() => readVideoFrames(inTracks))).toMatchObject({
      ...unsupported,
      offset: 1,
    });
    const behindModEx = Uint8Array.of(0x97, 0, 0, packetType);
    expect(flvErrorOf(() => readVideoFrames(behindModEx))).toMatchObject({
      ...unsupported,
      offset: 3,
    });
  });

  test("frame type 5 is a command even with a reserved packet type", () => {
    expect(readVideoFrames(hex("d8 01"))).toEqual([frame({ role: "command", view: "01" })]);
  });

  test("ModEx does not stand behind Multitrack", () => {
    const bytes = Uint8Array.of(0x96, VideoPacketType.ModEx, 0, 0, 3);
    expect(flvErrorOf(() => readVideoFrames(bytes)).fault).toBe("unsupported");
  });
});
