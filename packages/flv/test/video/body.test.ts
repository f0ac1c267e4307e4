import {
  AvcPacketType,
  AvMultitrackType,
  decodeVideoBody,
  encodeTimestampOffsetNano,
  encodeVideoBody,
  type VideoBody,
  type VideoBodyInput,
  VideoCodecId,
  VideoCommand,
  VideoFourCc,
  VideoFrameType,
  VideoPacketType,
} from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bareEnhanced, type BodyCase, BodyTable, none } from "../body-table.ts";

const videoTable = new BodyTable<VideoBody, VideoBodyInput>({
  decode: decodeVideoBody,
  encode: encodeVideoBody,
});

function track(fourCc: string, data: string, compositionTimeOffset = 0, trackId = 0) {
  return { trackId, fourCc, compositionTimeOffset, data: hex(data) };
}

type EnhancedVideoBody = Extract<VideoBody, { form: "enhanced" }>;

const enhanced = (fields: Partial<EnhancedVideoBody>): EnhancedVideoBody => ({
  frameType: 1,
  ...bareEnhanced,
  ...fields,
});

/** Messages with all that stands in them. */
const cases: readonly BodyCase<VideoBody>[] = [
  { name: "no bytes", bytes: "", body: { form: "empty" } },
  {
    name: "legacy: an AVC sequence header",
    bytes: "17 00 00 00 00 01 4d 00 15",
    body: {
      form: "legacy",
      frameType: 1,
      codecId: 7,
      packetType: 0,
      compositionTimeOffset: 0,
      data: hex("01 4d 00 15"),
    },
  },
  {
    name: "legacy: an AVC inter frame shown 20 ms earlier than it is decoded",
    bytes: "27 01 ff ff ec aa bb",
    body: {
      form: "legacy",
      frameType: 2,
      codecId: 7,
      packetType: 1,
      compositionTimeOffset: -20,
      data: hex("aa bb"),
    },
  },
  {
    name: "legacy: an AVC end of sequence with an offset that means nothing",
    bytes: "17 02 00 04 57",
    body: {
      form: "legacy",
      frameType: 1,
      codecId: 7,
      packetType: 2,
      compositionTimeOffset: 1111,
      data: none,
    },
  },
  {
    name: "legacy: a Sorenson H.263 key frame",
    bytes: "12 00 00 84",
    body: {
      form: "legacy",
      frameType: 1,
      codecId: 2,
      packetType: undefined,
      compositionTimeOffset: 0,
      data: hex("00 00 84"),
    },
  },
  {
    name: "legacy: a command",
    bytes: "52 01",
    body: {
      form: "legacy-command",
      codecId: 2,
      packetType: undefined,
      compositionTimeOffset: 0,
      command: 1,
      rest: none,
    },
  },
  {
    name: "legacy: a command behind the header of AVC",
    bytes: "57 03 00 08 ae 00 ff",
    body: {
      form: "legacy-command",
      codecId: 7,
      packetType: 3,
      compositionTimeOffset: 2222,
      command: 0,
      rest: hex("ff"),
    },
  },
  {
    name: "enhanced: SequenceStart of HEVC",
    bytes: "90 68 76 63 31 01 01",
    body: enhanced({ packetType: 0, tracks: [track("hvc1", "01 01")] }),
  },
  {
    name: "enhanced: CodedFrames of an HEVC key frame, 40 ms",
    bytes: "91 68 76 63 31 00 00 28 aa",
    body: enhanced({ tracks: [track("hvc1", "aa", 40)] }),
  },
  {
    name: "enhanced: CodedFrames of an HEVC inter frame, -20 ms",
    bytes: "a1 68 76 63 31 ff ff ec",
    body: enhanced({ frameType: 2, tracks: [track("hvc1", "", -20)] }),
  },
  {
    name: "enhanced: CodedFramesX of HEVC",
    bytes: "a3 68 76 63 31 00 00 28",
    body: enhanced({ frameType: 2, packetType: 3, tracks: [track("hvc1", "00 00 28")] }),
  },
  {
    name: "enhanced: SequenceEnd of AV1",
    bytes: "92 61 76 30 31",
    body: enhanced({ packetType: 2, tracks: [track("av01", "")] }),
  },
  {
    name: "enhanced: CodedFrames of AV1",
    bytes: "a1 61 76 30 31 12 00",
    body: enhanced({ frameType: 2, tracks: [track("av01", "12 00")] }),
  },
  {
    name: "enhanced: an MPEG-2 TS descriptor of AV1",
    bytes: "95 61 76 30 31 80",
    body: enhanced({ packetType: 5, tracks: [track("av01", "80")] }),
  },
  {
    name: "enhanced: Metadata of AV1, frame type 0 as OBS sends it",
    bytes: "84 61 76 30 31 02",
    body: enhanced({ frameType: 0, packetType: 4, tracks: [track("av01", "02")] }),
  },
  {
    name: "enhanced: Metadata of HEVC, frame type 5 as FFmpeg sends it",
    bytes: "d4 68 76 63 31 02",
    body: enhanced({ frameType: 5, packetType: 4, tracks: [track("hvc1", "02")] }),
  },
  {
    name: "enhanced: a FourCC that is no text",
    bytes: "a1 00 ff 0a 80 aa",
    body: enhanced({ frameType: 2, tracks: [track("\u0000\u00ff\n\u0080", "aa")] }),
  },
  {
    name: "enhanced: a command",
    bytes: "d1 00",
    body: { form: "enhanced-command", packetType: 1, modEx: [], command: 0, rest: none },
  },
  {
    name: "enhanced: a command under a reserved packet type, with ModEx in front and bytes behind",
    bytes: "d7 00 ee 5f 01 02 03",
    body: {
      form: "enhanced-command",
      packetType: 15,
      modEx: [{ type: 5, data: hex("ee"), hasLongSize: false }],
      command: 1,
      rest: hex("02 03"),
    },
  },
  {
    name: "enhanced: 500000 ns, then CodedFramesX of HEVC",
    bytes: "a7 02 07 a1 20 03 68 76 63 31 aa",
    body: enhanced({
      frameType: 2,
      packetType: 3,
      modEx: [{ type: 0, data: hex("07 a1 20"), hasLongSize: false }],
      tracks: [track("hvc1", "aa")],
    }),
  },
  {
    name: "enhanced: two ModEx blocks, one with a long size that is not needed",
    bytes: "97 ff 00 00 11 a7 00 22 b3 68 76 63 31",
    body: enhanced({
      packetType: 3,
      modEx: [
        { type: 10, data: hex("11"), hasLongSize: true },
        { type: 11, data: hex("22"), hasLongSize: false },
      ],
      tracks: [track("hvc1", "")],
    }),
  },
  {
    name: "enhanced: OneTrack",
    bytes: "a6 03 68 76 63 31 01 aa",
    body: enhanced({
      frameType: 2,
      packetType: 3,
      multitrackType: 0,
      tracks: [track("hvc1", "aa", 0, 1)],
    }),
  },
  {
    name: "enhanced: OneTrack of CodedFrames behind ModEx",
    bytes: "97 02 00 00 01 06 01 68 76 63 31 07 00 04 57 aa",
    body: enhanced({
      modEx: [{ type: 0, data: hex("00 00 01"), hasLongSize: false }],
      multitrackType: 0,
      tracks: [track("hvc1", "aa", 1111, 7)],
    }),
  },
  {
    name: "enhanced: ManyTracks of AV1",
    bytes: "a6 11 61 76 30 31 00 00 00 02 12 34 01 00 00 01 56",
    body: enhanced({
      frameType: 2,
      multitrackType: 1,
      tracks: [track("av01", "12 34"), track("av01", "56", 0, 1)],
    }),
  },
  {
    name: "enhanced: ManyTracks of AVC, whose sizes count the composition offsets",
    bytes: "a6 11 61 76 63 31 00 00 00 04 00 00 28 aa 01 00 00 03 ff ff ec",
    body: enhanced({
      frameType: 2,
      multitrackType: 1,
      tracks: [track("avc1", "aa", 40), track("avc1", "", -20, 1)],
    }),
  },
  {
    name: "enhanced: ManyTracksManyCodecs",
    bytes: "a6 23 68 76 63 31 00 00 00 01 aa 61 76 63 31 01 00 00 01 bb",
    body: enhanced({
      frameType: 2,
      packetType: 3,
      multitrackType: 2,
      tracks: [track("hvc1", "aa"), track("avc1", "bb", 0, 1)],
    }),
  },
  {
    name: "enhanced: ManyTracks whose second track is cut off",
    bytes: "a6 11 61 76 30 31 00 00 00 01 12 01 00 00 05 56",
    body: enhanced({
      frameType: 2,
      multitrackType: 1,
      tracks: [track("av01", "12")],
      rest: hex("01 00 00 05 56"),
    }),
  },
];

describe("FLV E.4.3.1 and E-RTMP Enhanced Video: every field", () => {
  videoTable.readsAndWrites(cases);

  test("data and ModEx data are views of the message", () => {
    const message = hex("97 00 11 b3 68 76 63 31 aa");
    const body = decodeVideoBody(message);
    if (body.form !== "enhanced") throw new Error(body.form);
    message.fill(0xee);
    expect(body.tracks[0]?.data).toEqual(hex("ee"));
    expect(body.modEx[0]?.data).toEqual(hex("ee"));
  });

  videoTable.keepsLimits({
    tracks: "a6 11 61763031 00 000000 01 000000",
    modExBlocks: "a7 00 00 07 00 00 03 68766331",
  });
});

describe("what may be left out", () => {
  videoTable.writes([
    [
      "17 00 00 00 00 01",
      {
        form: "legacy",
        frameType: VideoFrameType.KeyFrame,
        codecId: VideoCodecId.Avc,
        packetType: AvcPacketType.SequenceHeader,
        data: hex("01"),
      },
    ],
    ["22", { form: "legacy", frameType: VideoFrameType.InterFrame, codecId: 2 }],
    ["57 01", { form: "legacy-command", codecId: 7, command: VideoCommand.EndSeek }],
    ["d0 00", { form: "enhanced-command", command: VideoCommand.StartSeek }],
    [
      "a7 02 07 a1 20 03 68 76 63 31",
      {
        form: "enhanced",
        frameType: VideoFrameType.InterFrame,
        packetType: VideoPacketType.CodedFramesX,
        modEx: [encodeTimestampOffsetNano(500_000)],
        tracks: [{ fourCc: VideoFourCc.Hevc }],
      },
    ],
    [
      "91 76 76 63 31 00 00 00 aa",
      {
        form: "enhanced",
        frameType: VideoFrameType.KeyFrame,
        packetType: VideoPacketType.CodedFrames,
        tracks: [{ fourCc: VideoFourCc.Vvc, data: hex("aa") }],
      },
    ],
  ]);
});

describe("what cannot be written", () => {
  const legacy = { form: "legacy", frameType: 1, codecId: 7, packetType: 1 } as const;
  const hevc = { fourCc: "hvc1" };
  const frame = { form: "enhanced", frameType: 1, packetType: 1, tracks: [hevc] } as const;
  const { OneTrack, ManyTracks, ManyTracksManyCodecs } = AvMultitrackType;

  videoTable.refuses([
    ["a frame type of four bits", { ...legacy, frameType: 8 }],
    ["a frame of type Command", { ...legacy, frameType: 5 }],
    ["a CodecID of five bits", { ...legacy, codecId: 16 }],
    ["AVC without a packet type", { form: "legacy", frameType: 1, codecId: 7 }],
    ["AVC with a reserved packet type", { ...legacy, packetType: 3 }],
    ["VP6 with a packet type", { ...legacy, codecId: 4 }],
    [
      "VP6 with a composition offset",
      { form: "legacy", frameType: 1, codecId: 4, compositionTimeOffset: 1 },
    ],
    ["a composition offset above SI24", { ...legacy, compositionTimeOffset: 2 ** 23 }],
    ["a composition offset below SI24", { ...legacy, compositionTimeOffset: -(2 ** 23) - 1 }],
    ["half a millisecond", { ...legacy, compositionTimeOffset: 0.5 }],
    ["a command above UI8", { form: "legacy-command", codecId: 2, command: 256 }],
    [
      "a VP6 command with a packet type",
      { form: "legacy-command", codecId: 4, command: 0, packetType: 0 },
    ],
    [
      "a command that looks like the header of AVC",
      { form: "legacy-command", codecId: 7, command: 0, rest: hex("00 00 00 00") },
    ],
    ["an enhanced frame type of four bits", { ...frame, frameType: 8 }],
    ["an enhanced frame of type Command", { ...frame, frameType: 5 }],
    ["a reserved packet type", { ...frame, packetType: 8 }],
    ["Multitrack as a packet type", { ...frame, packetType: VideoPacketType.Multitrack }],
    ["ModEx as a packet type", { ...frame, packetType: VideoPacketType.ModEx }],
    ["no track", { ...frame, tracks: [] }],
    ["two tracks without Multitrack", { ...frame, tracks: [hevc, hevc] }],
    ["track 1 without Multitrack", { ...frame, tracks: [{ ...hevc, trackId: 1 }] }],
    ["bytes behind the only track", { ...frame, rest: hex("00") }],
    ["no track in Multitrack", { ...frame, multitrackType: ManyTracks, tracks: [] }],
    ["two tracks in OneTrack", { ...frame, multitrackType: OneTrack, tracks: [hevc, hevc] }],
    ["bytes behind OneTrack", { ...frame, multitrackType: OneTrack, rest: hex("00") }],
    [
      "two codecs in ManyTracks",
      { ...frame, multitrackType: ManyTracks, tracks: [hevc, { fourCc: "avc1" }] },
    ],
    [
      "a track id above UI8",
      { ...frame, multitrackType: OneTrack, tracks: [{ ...hevc, trackId: 256 }] },
    ],
    [
      "a track whose size is no UI24: its composition offset counts",
      {
        ...frame,
        multitrackType: ManyTracksManyCodecs,
        tracks: [{ ...hevc, data: new Uint8Array(0xff_fffd) }],
      },
    ],
    [
      "CodedFramesX with a composition offset",
      { ...frame, packetType: 3, tracks: [{ ...hevc, compositionTimeOffset: 1 }] },
    ],
    [
      "AV1 with a composition offset",
      { ...frame, tracks: [{ fourCc: "av01", compositionTimeOffset: 1 }] },
    ],
    [
      "an enhanced composition offset above SI24",
      { ...frame, tracks: [{ ...hevc, compositionTimeOffset: 2 ** 23 }] },
    ],
    [
      "a command under Metadata",
      { form: "enhanced-command", packetType: VideoPacketType.Metadata, command: 0 },
    ],
    ["an enhanced command above UI8", { form: "enhanced-command", command: 256 }],
  ]);

  test.each(["", "hvc", "hvc1x", "hvc\u0100"])("the FourCC %j", (fourCc) => {
    expect(() => encodeVideoBody({ ...frame, tracks: [{ fourCc }] })).toThrow(TypeError);
    const multitrackType = AvMultitrackType.OneTrack;
    const inTracks = { ...frame, multitrackType, tracks: [{ fourCc }] };
    expect(() => encodeVideoBody(inTracks)).toThrow(TypeError);
  });
});
