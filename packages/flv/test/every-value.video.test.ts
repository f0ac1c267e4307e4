import {
  type AvcPacketType,
  type AvMultitrackType,
  decodeVideoBody,
  encodeVideoBody,
  type VideoCodecId,
  type VideoCommand,
  type VideoFourCc,
  type VideoFrameType,
  type VideoPacketType,
} from "@rtmp/flv";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import type { ValueRow, ValueRows } from "./value-rows.ts";

function inVideo(rows: Readonly<Record<string, ValueRow>>): void {
  test.each(Object.entries(rows))("%s", (_, { bytes, says }) => {
    const body = decodeVideoBody(hex(bytes));
    expect(body).toMatchObject(says);
    expect(toHex(encodeVideoBody(body))).toBe(bytes);
  });
}

describe("FLV E.4.3.1 frame types", () => {
  inVideo({
    KeyFrame: { bytes: "17 01 00 00 00 aa", says: { form: "legacy", frameType: 1 } },
    InterFrame: { bytes: "27 01 00 00 00 aa", says: { form: "legacy", frameType: 2 } },
    DisposableInterFrame: { bytes: "32 aa", says: { form: "legacy", frameType: 3 } },
    GeneratedKeyFrame: { bytes: "42 aa", says: { form: "legacy", frameType: 4 } },
    Command: { bytes: "52 00", says: { form: "legacy-command" } },
  } satisfies ValueRows<typeof VideoFrameType>);
});

describe("FLV E.4.3.1 video codecs, and those that came later", () => {
  inVideo({
    SorensonH263: { bytes: "12 aa", says: { codecId: 2, data: hex("aa") } },
    Screen: { bytes: "13 aa", says: { codecId: 3, data: hex("aa") } },
    Vp6: { bytes: "14 aa", says: { codecId: 4, data: hex("aa") } },
    Vp6Alpha: { bytes: "15 aa", says: { codecId: 5, data: hex("aa") } },
    Screen2: { bytes: "16 aa", says: { codecId: 6, data: hex("aa") } },
    Avc: { bytes: "17 01 00 00 00 aa", says: { codecId: 7, data: hex("aa") } },
    H263: { bytes: "18 aa", says: { codecId: 8, data: hex("aa") } },
    Mpeg4Visual: { bytes: "19 aa", says: { codecId: 9, data: hex("aa") } },
    Hevc: { bytes: "1c 01 00 00 00 aa", says: { codecId: 12, data: hex("aa") } },
    Av1: { bytes: "1d 01 00 00 00 aa", says: { codecId: 13, data: hex("aa") } },
  } satisfies ValueRows<typeof VideoCodecId>);
});

describe("FLV E.4.3.1 AVC packet types", () => {
  inVideo({
    SequenceHeader: { bytes: "17 00 00 00 00 01", says: { packetType: 0 } },
    Nalu: { bytes: "27 01 ff ff ec aa", says: { packetType: 1, compositionTimeOffset: -20 } },
    EndOfSequence: { bytes: "17 02 00 00 00", says: { packetType: 2 } },
  } satisfies ValueRows<typeof AvcPacketType>);
});

describe("FLV E.4.3.1 video commands", () => {
  inVideo({
    StartSeek: { bytes: "52 00", says: { command: 0 } },
    EndSeek: { bytes: "52 01", says: { command: 1 } },
  } satisfies ValueRows<typeof VideoCommand>);
});

describe("E-RTMP ExVideoTagHeader: VideoCommand", () => {
  inVideo({
    StartSeek: { bytes: "d0 00", says: { form: "enhanced-command", command: 0 } },
    EndSeek: { bytes: "d0 01", says: { form: "enhanced-command", command: 1 } },
  } satisfies ValueRows<typeof VideoCommand>);
});

describe("E-RTMP VideoPacketType", () => {
  inVideo({
    SequenceStart: {
      bytes: "90 68 76 63 31 01 60",
      says: { packetType: 0, tracks: [{ trackId: 0, fourCc: "hvc1", data: hex("01 60") }] },
    },
    CodedFrames: {
      bytes: "91 68 76 63 31 00 00 28 aa",
      says: {
        packetType: 1,
        tracks: [{ fourCc: "hvc1", compositionTimeOffset: 40, data: hex("aa") }],
      },
    },
    SequenceEnd: {
      bytes: "92 68 76 63 31",
      says: { packetType: 2, tracks: [{ trackId: 0, fourCc: "hvc1", data: hex("") }] },
    },
    CodedFramesX: {
      bytes: "a3 68 76 63 31 aa",
      says: {
        packetType: 3,
        frameType: 2,
        tracks: [{ trackId: 0, fourCc: "hvc1", data: hex("aa") }],
      },
    },
    Metadata: {
      bytes: "94 68 76 63 31 02 00 01 78 05",
      says: {
        packetType: 4,
        tracks: [{ trackId: 0, fourCc: "hvc1", data: hex("02 00 01 78 05") }],
      },
    },
    Mpeg2TsSequenceStart: {
      bytes: "95 61 76 30 31 80 04 81 08 0c 00",
      says: {
        packetType: 5,
        tracks: [{ trackId: 0, fourCc: "av01", data: hex("80 04 81 08 0c 00") }],
      },
    },
    Multitrack: {
      bytes: "96 03 68 76 63 31 07 aa",
      says: {
        multitrackType: 0,
        packetType: 3,
        tracks: [{ trackId: 7, fourCc: "hvc1", data: hex("aa") }],
      },
    },
    ModEx: {
      bytes: "97 02 00 03 e8 03 68 76 63 31 aa",
      says: {
        modEx: [{ type: 0, data: hex("00 03 e8") }],
        packetType: 3,
        tracks: [{ trackId: 0, fourCc: "hvc1", data: hex("aa") }],
      },
    },
  } satisfies ValueRows<typeof VideoPacketType>);
});

describe("E-RTMP VideoFourCc", () => {
  inVideo({
    Vp8: {
      bytes: "93 76 70 30 38 aa",
      says: { tracks: [{ trackId: 0, fourCc: "vp08", data: hex("aa") }] },
    },
    Vp9: {
      bytes: "93 76 70 30 39 aa",
      says: { tracks: [{ trackId: 0, fourCc: "vp09", data: hex("aa") }] },
    },
    Av1: {
      bytes: "93 61 76 30 31 aa",
      says: { tracks: [{ trackId: 0, fourCc: "av01", data: hex("aa") }] },
    },
    Avc: {
      bytes: "93 61 76 63 31 aa",
      says: { tracks: [{ trackId: 0, fourCc: "avc1", data: hex("aa") }] },
    },
    Hevc: {
      bytes: "93 68 76 63 31 aa",
      says: { tracks: [{ trackId: 0, fourCc: "hvc1", data: hex("aa") }] },
    },
    Vvc: {
      bytes: "93 76 76 63 31 aa",
      says: { tracks: [{ trackId: 0, fourCc: "vvc1", data: hex("aa") }] },
    },
  } satisfies ValueRows<typeof VideoFourCc>);
});

describe("E-RTMP AvMultitrackType, in video", () => {
  inVideo({
    OneTrack: {
      bytes: "96 03 68 76 63 31 07 aa",
      says: { multitrackType: 0, tracks: [{ trackId: 7, fourCc: "hvc1", data: hex("aa") }] },
    },
    ManyTracks: {
      bytes: "96 13 68 76 63 31 00 00 00 01 aa 01 00 00 02 bb cc",
      says: {
        multitrackType: 1,
        tracks: [
          { trackId: 0, fourCc: "hvc1", data: hex("aa") },
          { trackId: 1, fourCc: "hvc1", data: hex("bb cc") },
        ],
      },
    },
    ManyTracksManyCodecs: {
      bytes: "96 23 68 76 63 31 00 00 00 01 aa 61 76 30 31 01 00 00 02 bb cc",
      says: {
        multitrackType: 2,
        tracks: [
          { trackId: 0, fourCc: "hvc1", data: hex("aa") },
          { trackId: 1, fourCc: "av01", data: hex("bb cc") },
        ],
      },
    },
  } satisfies ValueRows<typeof AvMultitrackType>);
});
