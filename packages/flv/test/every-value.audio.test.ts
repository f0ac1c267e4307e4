import {
  type AacPacketType,
  type AudioChannel,
  type AudioChannelOrder,
  type AudioFourCc,
  type AudioPacketType,
  type AvMultitrackType,
  decodeAudioBody,
  decodeMultichannelConfig,
  encodeAudioBody,
  encodeMultichannelConfig,
  type ModExType,
  type SoundFormat,
} from "@rtmp/flv";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import type { ValueRow, ValueRows } from "./value-rows.ts";

function inAudio(rows: Readonly<Record<string, ValueRow>>): void {
  test.each(Object.entries(rows))("%s", (_, { bytes, says }) => {
    const body = decodeAudioBody(hex(bytes));
    expect(body).toMatchObject(says);
    expect(toHex(encodeAudioBody(body))).toBe(bytes);
  });
}

function inMultichannelConfig(rows: Readonly<Record<string, ValueRow>>): void {
  test.each(Object.entries(rows))("%s", (_, { bytes, says }) => {
    const config = decodeMultichannelConfig(hex(bytes));
    expect(config).toMatchObject(says);
    expect(toHex(encodeMultichannelConfig(config))).toBe(bytes);
  });
}

describe("FLV E.4.2.1 sound formats", () => {
  inAudio({
    LpcmPlatformEndian: {
      bytes: "0b aa",
      says: { soundFormat: 0, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    Adpcm: {
      bytes: "1b aa",
      says: { soundFormat: 1, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    Mp3: {
      bytes: "2b aa",
      says: { soundFormat: 2, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    LpcmLittleEndian: {
      bytes: "3b aa",
      says: { soundFormat: 3, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    Nellymoser16kMono: {
      bytes: "4b aa",
      says: { soundFormat: 4, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    Nellymoser8kMono: {
      bytes: "5b aa",
      says: { soundFormat: 5, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    Nellymoser: {
      bytes: "6b aa",
      says: { soundFormat: 6, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    G711ALaw: {
      bytes: "7b aa",
      says: { soundFormat: 7, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    G711MuLaw: {
      bytes: "8b aa",
      says: { soundFormat: 8, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    ExHeader: {
      bytes: "91 4f 70 75 73 aa",
      says: {
        form: "enhanced",
        packetType: 1,
        tracks: [{ trackId: 0, fourCc: "Opus", data: hex("aa") }],
      },
    },
    Aac: { bytes: "af 01 aa", says: { soundFormat: 10, packetType: 1, data: hex("aa") } },
    Speex: {
      bytes: "bb aa",
      says: { soundFormat: 11, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    Mp3At8k: {
      bytes: "eb aa",
      says: { soundFormat: 14, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
    DeviceSpecific: {
      bytes: "fb aa",
      says: { soundFormat: 15, soundRate: 2, soundSize: 1, soundType: 1, data: hex("aa") },
    },
  } satisfies ValueRows<typeof SoundFormat>);
});

describe("FLV E.4.2.2 AAC packet types", () => {
  inAudio({
    SequenceHeader: { bytes: "af 00 12 10", says: { packetType: 0, data: hex("12 10") } },
    Raw: { bytes: "af 01 21", says: { packetType: 1, data: hex("21") } },
  } satisfies ValueRows<typeof AacPacketType>);
});

describe("E-RTMP AudioPacketType", () => {
  inAudio({
    SequenceStart: {
      bytes: "90 4f 70 75 73 4f 70",
      says: { packetType: 0, tracks: [{ trackId: 0, fourCc: "Opus", data: hex("4f 70") }] },
    },
    CodedFrames: {
      bytes: "91 4f 70 75 73 aa",
      says: { packetType: 1, tracks: [{ trackId: 0, fourCc: "Opus", data: hex("aa") }] },
    },
    SequenceEnd: {
      bytes: "92 4f 70 75 73",
      says: { packetType: 2, tracks: [{ trackId: 0, fourCc: "Opus", data: hex("") }] },
    },
    MultichannelConfig: {
      bytes: "94 4f 70 75 73 01 02 00 00 00 03",
      says: {
        packetType: 4,
        tracks: [{ trackId: 0, fourCc: "Opus", data: hex("01 02 00 00 00 03") }],
      },
    },
    Multitrack: {
      bytes: "95 01 4f 70 75 73 07 aa",
      says: {
        multitrackType: 0,
        packetType: 1,
        tracks: [{ trackId: 7, fourCc: "Opus", data: hex("aa") }],
      },
    },
    ModEx: {
      bytes: "97 02 00 03 e8 01 4f 70 75 73 aa",
      says: {
        modEx: [{ type: 0, data: hex("00 03 e8") }],
        packetType: 1,
        tracks: [{ trackId: 0, fourCc: "Opus", data: hex("aa") }],
      },
    },
  } satisfies ValueRows<typeof AudioPacketType>);
});

describe("E-RTMP AudioFourCc", () => {
  inAudio({
    Ac3: {
      bytes: "91 61 63 2d 33 aa",
      says: { tracks: [{ trackId: 0, fourCc: "ac-3", data: hex("aa") }] },
    },
    Eac3: {
      bytes: "91 65 63 2d 33 aa",
      says: { tracks: [{ trackId: 0, fourCc: "ec-3", data: hex("aa") }] },
    },
    Opus: {
      bytes: "91 4f 70 75 73 aa",
      says: { tracks: [{ trackId: 0, fourCc: "Opus", data: hex("aa") }] },
    },
    Mp3: {
      bytes: "91 2e 6d 70 33 aa",
      says: { tracks: [{ trackId: 0, fourCc: ".mp3", data: hex("aa") }] },
    },
    Flac: {
      bytes: "91 66 4c 61 43 aa",
      says: { tracks: [{ trackId: 0, fourCc: "fLaC", data: hex("aa") }] },
    },
    Aac: {
      bytes: "91 6d 70 34 61 aa",
      says: { tracks: [{ trackId: 0, fourCc: "mp4a", data: hex("aa") }] },
    },
  } satisfies ValueRows<typeof AudioFourCc>);
});

describe("E-RTMP AvMultitrackType, in audio", () => {
  inAudio({
    OneTrack: {
      bytes: "95 01 4f 70 75 73 07 aa",
      says: { multitrackType: 0, tracks: [{ trackId: 7, fourCc: "Opus", data: hex("aa") }] },
    },
    ManyTracks: {
      bytes: "95 11 4f 70 75 73 00 00 00 01 aa 01 00 00 02 bb cc",
      says: {
        multitrackType: 1,
        tracks: [
          { trackId: 0, fourCc: "Opus", data: hex("aa") },
          { trackId: 1, fourCc: "Opus", data: hex("bb cc") },
        ],
      },
    },
    ManyTracksManyCodecs: {
      bytes: "95 21 4f 70 75 73 00 00 00 01 aa 66 4c 61 43 01 00 00 02 bb cc",
      says: {
        multitrackType: 2,
        tracks: [
          { trackId: 0, fourCc: "Opus", data: hex("aa") },
          { trackId: 1, fourCc: "fLaC", data: hex("bb cc") },
        ],
      },
    },
  } satisfies ValueRows<typeof AvMultitrackType>);
});

describe("E-RTMP AudioChannelOrder", () => {
  inMultichannelConfig({
    Unspecified: { bytes: "00 02", says: { order: 0, channelCount: 2 } },
    Native: { bytes: "01 02 00 00 00 03", says: { order: 1, channelMask: 3 } },
    Custom: { bytes: "02 02 01 00", says: { order: 2, channelMapping: [1, 0] } },
  } satisfies ValueRows<typeof AudioChannelOrder>);
});

describe("E-RTMP AudioChannel", () => {
  inMultichannelConfig({
    FrontLeft: { bytes: "02 01 00", says: { channelMapping: [0] } },
    FrontRight: { bytes: "02 01 01", says: { channelMapping: [1] } },
    FrontCenter: { bytes: "02 01 02", says: { channelMapping: [2] } },
    LowFrequency1: { bytes: "02 01 03", says: { channelMapping: [3] } },
    BackLeft: { bytes: "02 01 04", says: { channelMapping: [4] } },
    BackRight: { bytes: "02 01 05", says: { channelMapping: [5] } },
    FrontLeftCenter: { bytes: "02 01 06", says: { channelMapping: [6] } },
    FrontRightCenter: { bytes: "02 01 07", says: { channelMapping: [7] } },
    BackCenter: { bytes: "02 01 08", says: { channelMapping: [8] } },
    SideLeft: { bytes: "02 01 09", says: { channelMapping: [9] } },
    SideRight: { bytes: "02 01 0a", says: { channelMapping: [10] } },
    TopCenter: { bytes: "02 01 0b", says: { channelMapping: [11] } },
    TopFrontLeft: { bytes: "02 01 0c", says: { channelMapping: [12] } },
    TopFrontCenter: { bytes: "02 01 0d", says: { channelMapping: [13] } },
    TopFrontRight: { bytes: "02 01 0e", says: { channelMapping: [14] } },
    TopBackLeft: { bytes: "02 01 0f", says: { channelMapping: [15] } },
    TopBackCenter: { bytes: "02 01 10", says: { channelMapping: [16] } },
    TopBackRight: { bytes: "02 01 11", says: { channelMapping: [17] } },
    LowFrequency2: { bytes: "02 01 12", says: { channelMapping: [18] } },
    TopSideLeft: { bytes: "02 01 13", says: { channelMapping: [19] } },
    TopSideRight: { bytes: "02 01 14", says: { channelMapping: [20] } },
    BottomFrontCenter: { bytes: "02 01 15", says: { channelMapping: [21] } },
    BottomFrontLeft: { bytes: "02 01 16", says: { channelMapping: [22] } },
    BottomFrontRight: { bytes: "02 01 17", says: { channelMapping: [23] } },
    Unused: { bytes: "02 01 fe", says: { channelMapping: [254] } },
    Unknown: { bytes: "02 01 ff", says: { channelMapping: [255] } },
  } satisfies ValueRows<typeof AudioChannel>);
});

describe("E-RTMP ModExType", () => {
  inAudio({
    TimestampOffsetNano: {
      bytes: "97 02 00 03 e8 01 4f 70 75 73 aa",
      says: { modEx: [{ type: 0, data: hex("00 03 e8") }], packetType: 1 },
    },
  } satisfies ValueRows<typeof ModExType>);
});
