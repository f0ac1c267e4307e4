import {
  type AacPacketType,
  type AudioFourCc,
  type AudioPacketType,
  type AvcPacketType,
  type AvMultitrackType,
  decodeAudioBody,
  decodeVideoBody,
  encodeAudioBody,
  encodeVideoBody,
  type SoundFormat,
  type VideoCodecId,
  type VideoCommand,
  type VideoFourCc,
  type VideoFrameType,
  type VideoPacketType,
} from "@rtmp/flv";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

/**
 * One message for every value that a specification names, written down from its layout. The compiler asks for a row
 * when a name is added.
 */
interface Row {
  readonly bytes: string;
  readonly says: object;
}
type Rows<Names> = Readonly<Record<keyof Names, Row>>;

function inVideo(rows: Readonly<Record<string, Row>>): void {
  test.each(Object.entries(rows))("%s", (_, { bytes, says }) => {
    const body = decodeVideoBody(hex(bytes));
    expect(body).toMatchObject(says);
    expect(toHex(encodeVideoBody(body))).toBe(bytes);
  });
}

function inAudio(rows: Readonly<Record<string, Row>>): void {
  test.each(Object.entries(rows))("%s", (_, { bytes, says }) => {
    const body = decodeAudioBody(hex(bytes));
    expect(body).toMatchObject(says);
    expect(toHex(encodeAudioBody(body))).toBe(bytes);
  });
}

describe("FLV E.4.3.1 frame types", () => {
  inVideo({
    KeyFrame: { bytes: "17 01 00 00 00 aa", says: { form: "legacy", frameType: 1 } },
    InterFrame: { bytes: "27 01 00 00 00 aa", says: { form: "legacy", frameType: 2 } },
    DisposableInterFrame: { bytes: "32 aa", says: { form: "legacy", frameType: 3 } },
    GeneratedKeyFrame: { bytes: "42 aa", says: { form: "legacy", frameType: 4 } },
    Command: { bytes: "52 00", says: { form: "legacy-command" } },
  } satisfies Rows<typeof VideoFrameType>);
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
  } satisfies Rows<typeof VideoCodecId>);
});

describe("FLV E.4.3.1 AVC packet types", () => {
  inVideo({
    SequenceHeader: { bytes: "17 00 00 00 00 01", says: { packetType: 0 } },
    Nalu: { bytes: "27 01 ff ff ec aa", says: { packetType: 1, compositionTimeOffset: -20 } },
    EndOfSequence: { bytes: "17 02 00 00 00", says: { packetType: 2 } },
  } satisfies Rows<typeof AvcPacketType>);
});

describe("FLV E.4.3.1 video commands", () => {
  inVideo({
    StartSeek: { bytes: "52 00", says: { command: 0 } },
    EndSeek: { bytes: "52 01", says: { command: 1 } },
  } satisfies Rows<typeof VideoCommand>);
});

describe("E-RTMP ExVideoTagHeader: VideoCommand", () => {
  inVideo({
    StartSeek: { bytes: "d0 00", says: { form: "enhanced-command", command: 0 } },
    EndSeek: { bytes: "d0 01", says: { form: "enhanced-command", command: 1 } },
  } satisfies Rows<typeof VideoCommand>);
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
      bytes: "95 61 76 30 31 80 04",
      says: { packetType: 5, tracks: [{ trackId: 0, fourCc: "av01", data: hex("80 04") }] },
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
  } satisfies Rows<typeof VideoPacketType>);
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
  } satisfies Rows<typeof VideoFourCc>);
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
  } satisfies Rows<typeof AvMultitrackType>);
});

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
  } satisfies Rows<typeof SoundFormat>);
});

describe("FLV E.4.2.2 AAC packet types", () => {
  inAudio({
    SequenceHeader: { bytes: "af 00 12 10", says: { packetType: 0, data: hex("12 10") } },
    Raw: { bytes: "af 01 21", says: { packetType: 1, data: hex("21") } },
  } satisfies Rows<typeof AacPacketType>);
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
  } satisfies Rows<typeof AudioPacketType>);
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
  } satisfies Rows<typeof AudioFourCc>);
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
  } satisfies Rows<typeof AvMultitrackType>);
});
