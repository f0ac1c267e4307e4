import {
  AacPacketType,
  type AudioBody,
  type AudioBodyInput,
  AudioFourCc,
  AudioPacketType,
  AvMultitrackType,
  decodeAudioBody,
  encodeAudioBody,
  SoundFormat,
} from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bareEnhanced, type BodyCase, BodyTable, none } from "../body-table.ts";

const audioTable = new BodyTable<AudioBody, AudioBodyInput>({
  decode: decodeAudioBody,
  encode: encodeAudioBody,
});

function track(fourCc: string, data: string, trackId = 0) {
  return { trackId, fourCc, data: hex(data) };
}

type EnhancedAudioBody = Extract<AudioBody, { form: "enhanced" }>;

const enhanced = (fields: Partial<EnhancedAudioBody>): EnhancedAudioBody => ({
  ...bareEnhanced,
  ...fields,
});

/** Messages with all that stands in them. */
const cases: readonly BodyCase<AudioBody>[] = [
  { name: "no bytes", bytes: "", body: { form: "empty" } },
  {
    name: "legacy: an AAC sequence header",
    bytes: "af 00 12 10",
    body: {
      form: "legacy",
      soundFormat: 10,
      soundRate: 3,
      soundSize: 1,
      soundType: 1,
      packetType: 0,
      data: hex("12 10"),
    },
  },
  {
    name: "legacy: a raw AAC frame of an encoder that says mono, 8 bits, 5.5 kHz",
    bytes: "a0 01 21",
    body: {
      form: "legacy",
      soundFormat: 10,
      soundRate: 0,
      soundSize: 0,
      soundType: 0,
      packetType: 1,
      data: hex("21"),
    },
  },
  {
    name: "legacy: MP3, 44 kHz, 16 bits, stereo",
    bytes: "2f ff fb",
    body: {
      form: "legacy",
      soundFormat: 2,
      soundRate: 3,
      soundSize: 1,
      soundType: 1,
      packetType: undefined,
      data: hex("ff fb"),
    },
  },
  {
    name: "legacy: G.711 A-law, mono",
    bytes: "72 d5",
    body: {
      form: "legacy",
      soundFormat: 7,
      soundRate: 0,
      soundSize: 1,
      soundType: 0,
      packetType: undefined,
      data: hex("d5"),
    },
  },
  {
    name: "legacy: Speex, 11 kHz, mono",
    bytes: "b6",
    body: {
      form: "legacy",
      soundFormat: 11,
      soundRate: 1,
      soundSize: 1,
      soundType: 0,
      packetType: undefined,
      data: none,
    },
  },
  {
    name: "legacy: the reserved format 13",
    bytes: "d9 aa",
    body: {
      form: "legacy",
      soundFormat: 13,
      soundRate: 2,
      soundSize: 0,
      soundType: 1,
      packetType: undefined,
      data: hex("aa"),
    },
  },
  {
    name: "enhanced: SequenceStart of Opus",
    bytes: "90 4f 70 75 73 4f 70",
    body: enhanced({ packetType: 0, tracks: [track("Opus", "4f 70")] }),
  },
  {
    name: "enhanced: CodedFrames of Opus",
    bytes: "91 4f 70 75 73 fc",
    body: enhanced({ tracks: [track("Opus", "fc")] }),
  },
  {
    name: "enhanced: SequenceEnd of FLAC",
    bytes: "92 66 4c 61 43",
    body: enhanced({ packetType: 2, tracks: [track("fLaC", "")] }),
  },
  {
    name: "enhanced: MultichannelConfig of Opus",
    bytes: "94 4f 70 75 73 01 06 00 00 00 3f",
    body: enhanced({ packetType: 4, tracks: [track("Opus", "01 06 00 00 00 3f")] }),
  },
  {
    name: "enhanced: 1 ns, then CodedFrames of Opus",
    bytes: "97 02 00 00 01 01 4f 70 75 73",
    body: enhanced({
      modEx: [{ type: 0, data: hex("00 00 01"), hasLongSize: false }],
      tracks: [track("Opus", "")],
    }),
  },
  {
    name: "enhanced: OneTrack of AAC",
    bytes: "95 01 6d 70 34 61 01 21",
    body: enhanced({ multitrackType: 0, tracks: [track("mp4a", "21", 1)] }),
  },
  {
    name: "enhanced: ManyTracks of AAC with bytes left over",
    bytes: "95 11 6d 70 34 61 00 00 00 01 21 02 00 00 02 22 23 03",
    body: enhanced({
      multitrackType: 1,
      tracks: [track("mp4a", "21"), track("mp4a", "22 23", 2)],
      rest: hex("03"),
    }),
  },
  {
    name: "enhanced: ManyTracksManyCodecs behind ModEx",
    bytes: "97 00 ee f5 21 6d 70 34 61 00 00 00 01 21 4f 70 75 73 01 00 00 00",
    body: enhanced({
      modEx: [{ type: 15, data: hex("ee"), hasLongSize: false }],
      multitrackType: 2,
      tracks: [track("mp4a", "21"), track("Opus", "", 1)],
    }),
  },
];

describe("FLV E.4.2.1 and E-RTMP Enhanced Audio: every field", () => {
  audioTable.readsAndWrites(cases);

  audioTable.keepsLimits({
    tracks: "95 11 4f707573 00 000000 01 000000",
    modExBlocks: "97 00 00 07 00 00 01 4f707573",
  });
});

describe("what may be left out", () => {
  audioTable.writes([
    [
      "af 01 21",
      {
        form: "legacy",
        soundFormat: SoundFormat.Aac,
        packetType: AacPacketType.Raw,
        data: hex("21"),
      },
    ],
    ["2e", { form: "legacy", soundFormat: SoundFormat.Mp3, soundType: 0 }],
    [
      "90 61 63 2d 33",
      {
        form: "enhanced",
        packetType: AudioPacketType.SequenceStart,
        tracks: [{ fourCc: AudioFourCc.Ac3 }],
      },
    ],
    [
      "95 12 66 4c 61 43 00 00 00 00",
      {
        form: "enhanced",
        packetType: AudioPacketType.SequenceEnd,
        multitrackType: AvMultitrackType.ManyTracks,
        tracks: [{ fourCc: AudioFourCc.Flac }],
      },
    ],
  ]);
});

describe("what cannot be written", () => {
  const aac = { form: "legacy", soundFormat: SoundFormat.Aac, packetType: 1 } as const;
  const opus = { fourCc: "Opus" };
  const frame = { form: "enhanced", packetType: 1, tracks: [opus] } as const;

  audioTable.refuses([
    ["a sound format of five bits", { ...aac, soundFormat: 16 }],
    ["ExHeader as a legacy format", { form: "legacy", soundFormat: SoundFormat.ExHeader }],
    ["a sound rate of three bits", { ...aac, soundRate: 4 }],
    ["a sample size of two bits", { ...aac, soundSize: 2 }],
    ["three channels", { ...aac, soundType: 2 }],
    ["AAC without a packet type", { form: "legacy", soundFormat: SoundFormat.Aac }],
    ["AAC with a reserved packet type", { ...aac, packetType: 2 }],
    ["MP3 with a packet type", { ...aac, soundFormat: SoundFormat.Mp3 }],
    ["the reserved packet type 3", { ...frame, packetType: 3 }],
    ["the reserved packet type 8", { ...frame, packetType: 8 }],
    ["Multitrack as a packet type", { ...frame, packetType: AudioPacketType.Multitrack }],
    ["track 1 without Multitrack", { ...frame, tracks: [{ ...opus, trackId: 1 }] }],
    ["no track", { ...frame, tracks: [] }],
  ]);

  test("a FourCC of three characters", () => {
    expect(() => encodeAudioBody({ ...frame, tracks: [{ fourCc: "ac3" }] })).toThrow(TypeError);
  });
});
