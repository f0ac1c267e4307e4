import { decodeAmf0Sequence, EcmaArray, encodeAmf0 } from "@rtmp/amf";
import { readOnMetaData } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

const nothing = {
  width: undefined,
  height: undefined,
  frameRate: undefined,
  videoDataRate: undefined,
  videoCodec: "",
  audioSampleRate: undefined,
  audioSampleSize: undefined,
  audioChannels: undefined,
  stereo: undefined,
  audioDataRate: undefined,
  audioCodec: "",
  duration: undefined,
  fileSize: undefined,
  audioDelay: undefined,
  canSeekToEnd: undefined,
  hasVideo: undefined,
  hasAudio: undefined,
  creationDate: undefined,
  encoder: undefined,
  videoTracks: new Map(),
  audioTracks: new Map(),
};

// The data messages of obs-publish-h264-aac and ffmpeg8-publish-av1-opus-srs.
const obs = `02000d40736574446174614672616d6502000a6f6e4d6574614461746108000000140008647572617469
6f6e000000000000000000000866696c6553697a65000000000000000000000577696474680040640000000000000006
686569676874004056800000000000000c766964656f636f646563696400401c000000000000000d766964656f646174
617261746500405900000000000000096672616d657261746500402e000000000000000c617564696f636f6465636964
004024000000000000000d617564696f6461746172617465004050000000000000000f617564696f73616d706c657261
74650040e5888000000000000f617564696f73616d706c6573697a65004030000000000000000d617564696f6368616e
6e656c73004000000000000000000673746572656f01010003322e3101000003332e3101000003342e3001000003342e
3101000003352e3101000003372e3101000007656e636f6465720200306f62732d6f7574707574206d6f64756c652028
6c69626f62732076657273696f6e2032392e302e322e312d312b623129000009`;
const ffmpegAv1Opus = `02000d40736574446174614672616d6502000a6f6e4d65746144617461080000000d000864757261
74696f6e004008000000000000000577696474680040640000000000000006686569676874004056800000000000000d
766964656f646174617261746500000000000000000000096672616d657261746500402e000000000000000c76696465
6f636f64656369640041d85d8c0c400000000d617564696f6461746172617465000000000000000000000f617564696f
73616d706c65726174650040e7700000000000000f617564696f73616d706c6573697a65004030000000000000000673
746572656f0100000c617564696f636f64656369640041d3dc1d5cc000000007656e636f64657202000c4c6176663633
2e362e313030000866696c6573697a65000000000000000000000009`;

describe("FLV E.5 onMetaData", () => {
  test("of OBS 29", () => {
    expect(readOnMetaData(decodeAmf0Sequence(hex(obs))[2])).toEqual({
      ...nothing,
      duration: 0,
      fileSize: 0,
      width: 160,
      height: 90,
      videoCodec: "avc1",
      videoDataRate: 100,
      frameRate: 15,
      audioCodec: "mp4a",
      audioDataRate: 64,
      audioSampleRate: 44_100,
      audioSampleSize: 16,
      audioChannels: 2,
      stereo: true,
      encoder: "obs-output module (libobs version 29.0.2.1-1+b1)",
    });
  });

  test("of FFmpeg 8, whose codecs are numbers of FourCCs", () => {
    expect(readOnMetaData(decodeAmf0Sequence(hex(ffmpegAv1Opus))[2])).toMatchObject({
      duration: 3,
      width: 160,
      videoCodec: "av01",
      audioCodec: "Opus",
      audioSampleRate: 48_000,
      stereo: false,
      encoder: "Lavf63.6.100",
    });
  });

  test.each([undefined, null, 7, "onMetaData", [], new Uint8Array(2)])(
    "of %j: nothing",
    (value) => {
      expect(readOnMetaData(value)).toEqual(nothing);
    },
  );

  test("numbers and truth values as text", () => {
    const value = {
      width: "1280",
      framerate: " 29.97 ",
      stereo: "true",
      hasVideo: 1,
      hasAudio: "0",
    };
    expect(readOnMetaData(value)).toEqual({
      ...nothing,
      width: 1280,
      frameRate: 29.97,
      stereo: true,
      hasVideo: true,
      hasAudio: false,
    });
  });

  test("what cannot be understood is not known", () => {
    const value = { width: "wide", height: "", framerate: Number.NaN, stereo: 2, encoder: 7 };
    expect(readOnMetaData({ ...value, duration: true, audiodelay: null })).toEqual(nothing);
  });

  test("names of the prototype are no members", () => {
    expect(readOnMetaData(Object.create({ width: 1111 }))).toEqual(nothing);
  });

  test.each([
    [7, "avc1"],
    ["7", "avc1"],
    [2, "sorenson-h263"],
    [12, "hvc1"],
    ["avc1", "avc1"],
    [1_752_589_105, "hvc1"],
    ["1752589105", "hvc1"],
    ["H.264/AVC", ""],
    [1, ""],
    [-1, ""],
    [7.5, ""],
    [2 ** 32, ""],
    [256, ""],
    [true, ""],
  ])("videocodecid %j is %j", (videocodecid, codec) => {
    expect(readOnMetaData({ videocodecid }).videoCodec).toBe(codec);
  });

  test.each([
    [10, "mp4a"],
    [2, ".mp3"],
    [11, "speex"],
    ["mp4a", "mp4a"],
    [1_332_770_163, "Opus"],
  ])("audiocodecid %j is %j", (audiocodecid, codec) => {
    expect(readOnMetaData({ audiocodecid }).audioCodec).toBe(codec);
  });
});

describe("E-RTMP Enhancing onMetaData", () => {
  test("the other tracks have their own fields", () => {
    const metadata = readOnMetaData(
      new EcmaArray({
        width: 1920,
        videoTrackIdInfoMap: {
          "1": { width: 1280, height: 720, videodatarate: 1111, videocodecid: 1_752_589_105 },
          "255": new EcmaArray({ width: 640 }),
        },
        audioTrackIdInfoMap: {
          "2": { audiodatarate: 64, channels: 6, samplerate: 48_000, audiocodecid: 1_332_770_163 },
        },
      }),
    );
    expect(metadata.width).toBe(1920);
    expect([...metadata.videoTracks.keys()]).toEqual([1, 255]);
    expect(metadata.videoTracks.get(1)).toEqual({
      width: 1280,
      height: 720,
      frameRate: undefined,
      videoDataRate: 1111,
      videoCodec: "hvc1",
    });
    expect(metadata.videoTracks.get(255)?.width).toBe(640);
    expect(metadata.audioTracks.get(2)).toMatchObject({
      audioChannels: 6,
      audioSampleRate: 48_000,
      audioDataRate: 64,
      audioCodec: "Opus",
    });
  });

  test("the maps stand in onMetaData as any other member does", () => {
    const track = { width: 1280, videocodecid: 1_752_589_105 };
    const bytes = hex(`02 000a "onMetaData" 08 00000002
      0013 "videoTrackIdInfoMap" 03
        0001 "1" 03 0005 "width" 00 4094000000000000
                    000c "videocodecid" 00 41da1d98cc400000 000009 000009
      0013 "audioTrackIdInfoMap" 03
        0001 "2" 03 0008 "channels" 00 4018000000000000 000009 000009 000009`);
    const value = new EcmaArray({
      videoTrackIdInfoMap: { "1": track },
      audioTrackIdInfoMap: { "2": { channels: 6 } },
    });
    expect(encodeAmf0("onMetaData", value)).toEqual(bytes);

    const { videoTracks, audioTracks } = readOnMetaData(decodeAmf0Sequence(bytes)[1]);
    expect(videoTracks.get(1)).toMatchObject({ width: 1280, videoCodec: "hvc1" });
    expect(audioTracks.get(2)).toMatchObject({ audioChannels: 6 });
  });

  test("keys that are no track id, and tracks that are no object, are left out", () => {
    const track = { width: 640 };
    const videoTrackIdInfoMap = { "256": track, "-1": track, one: track, "1.5": track, "3": 7 };
    expect(readOnMetaData({ videoTrackIdInfoMap }).videoTracks.size).toBe(0);
    expect(readOnMetaData({ videoTrackIdInfoMap: [track] }).videoTracks.size).toBe(0);
  });
});
