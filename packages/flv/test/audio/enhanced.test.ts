import { AudioPacketType, readAudioFrames } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { type ExpectedFrame, flvErrorOf, frame } from "../frame.ts";

const opus = "4f 70 75 73";

const cases: readonly (ExpectedFrame & { name: string; header: string; body?: string })[] = [
  {
    name: "SequenceStart of Opus",
    header: `90 ${opus}`,
    body: "4f 70 75 73 48 65 61 64 01 02 38 01 80 bb 00 00 00 00 00",
    role: "sequence-start",
    codec: "Opus",
    view: "4f 70 75 73 48 65 61 64 01 02 38 01 80 bb 00 00 00 00 00",
  },
  {
    name: "SequenceStart of AC-3, which has no record",
    header: "90 61 63 2d 33",
    role: "sequence-start",
    codec: "ac-3",
    view: "",
  },
  {
    name: "SequenceStart of AAC by its FourCC",
    header: "90 6d 70 34 61",
    body: "12 10",
    role: "sequence-start",
    codec: "mp4a",
    view: "12 10",
  },
  {
    name: "CodedFrames of Opus",
    header: `91 ${opus}`,
    body: "fc ff fe",
    role: "coded-frames",
    codec: "Opus",
    view: "fc ff fe",
  },
  {
    name: "SequenceEnd of FLAC",
    header: "92 66 4c 61 43",
    role: "sequence-end",
    codec: "fLaC",
    view: "",
  },
  {
    name: "MultichannelConfig of Opus in native order",
    header: `94 ${opus}`,
    body: "01 06 00 00 00 3f",
    role: "metadata",
    codec: "Opus",
    view: "01 06 00 00 00 3f",
  },
  {
    name: "MultichannelConfig of AC-3 in custom order",
    header: "94 61 63 2d 33",
    body: "02 02 01 00",
    role: "metadata",
    codec: "ac-3",
    view: "02 02 01 00",
  },
  {
    name: "Multitrack with one AAC track",
    header: "95 01 6d 70 34 61 01",
    body: "21 1a",
    role: "coded-frames",
    track: 1,
    codec: "mp4a",
    view: "21 1a",
  },
  {
    name: "Multitrack with the MultichannelConfig of one track",
    header: `95 04 ${opus} 01`,
    body: "01 01 00 00 00 04",
    role: "metadata",
    track: 1,
    codec: "Opus",
    view: "01 01 00 00 00 04",
  },
  {
    name: "ModEx with 1 ns in front of CodedFrames",
    header: `97 02 00 00 01 01 ${opus}`,
    body: "fc",
    role: "coded-frames",
    codec: "Opus",
    nanosecondOffset: 1,
    view: "fc",
  },
  {
    name: "ModEx in front of Multitrack",
    header: `97 02 00 04 57 05 01 ${opus} 03`,
    body: "fc",
    role: "coded-frames",
    track: 3,
    codec: "Opus",
    nanosecondOffset: 1111,
    view: "fc",
  },
];

describe("E-RTMP Enhanced Audio", () => {
  test.each(cases)("$name", (each) => {
    const bytes = hex(each.header + (each.body ?? ""));
    expect(readAudioFrames(bytes)).toEqual([frame(each)]);
  });

  test.each(cases)("$name, cut short inside its header", ({ header }) => {
    const bytes = hex(header);
    for (let length = 1; length < bytes.length; length++) {
      const error = flvErrorOf(() => readAudioFrames(bytes.subarray(0, length)));
      expect(error).toMatchObject({ code: "RTMP_ERR_FLV_TRUNCATED", fault: "malformed" });
      expect(error.offset).toBeLessThanOrEqual(length);
    }
    expect(readAudioFrames(bytes)).toHaveLength(1);
  });

  test("Multitrack with many tracks gives each its frame", () => {
    const bytes = hex(`95 11 ${opus} 00 00 00 02 aa bb 01 00 00 01 cc`);
    expect(readAudioFrames(bytes)).toEqual([
      frame({ role: "coded-frames", codec: "Opus", view: "aa bb" }),
      frame({ role: "coded-frames", track: 1, codec: "Opus", view: "cc" }),
    ]);
  });

  test.each([3, 6, 8, 9, 10, 11, 12, 13, 14, 15])("packet type %i is reserved", (packetType) => {
    const unsupported = { code: "RTMP_ERR_FLV_RESERVED_PACKET_TYPE", fault: "unsupported" };
    const alone = Uint8Array.of(0x90 | packetType);
    expect(flvErrorOf(() => readAudioFrames(alone))).toMatchObject({ ...unsupported, offset: 0 });
    const inTracks = Uint8Array.of(0x95, packetType);
    expect(flvErrorOf(() => readAudioFrames(inTracks))).toMatchObject({
      ...unsupported,
      offset: 1,
    });
  });

  test("ModEx does not stand behind Multitrack", () => {
    const bytes = Uint8Array.of(0x95, AudioPacketType.ModEx, 0, 0, 1);
    expect(flvErrorOf(() => readAudioFrames(bytes)).fault).toBe("unsupported");
  });
});
