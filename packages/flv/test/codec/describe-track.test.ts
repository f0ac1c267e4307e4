import { describeTrack, readVideoFrames } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { bytesOf, errorOf, faultsOutside, tracks } from "./tracks.ts";

describe("what encoders send is told as ffprobe tells it", () => {
  test.each(tracks)("$name", ({ kind, codec, bytes, told }) => {
    expect(describeTrack(kind, codec, bytes)).toEqual(told);
  });

  test("the lists hold every codec", () => {
    expect(new Set(tracks.map(({ codec }) => codec))).toEqual(
      new Set(
        ["avc1", "hvc1", "av01", "vp08", "vp09", "mp4a", "Opus", "fLaC"].concat(
          "ac-3",
          "ec-3",
          ".mp3",
        ),
      ),
    );
  });
});

describe("hostile input", () => {
  test.each(tracks.filter(({ bytes }) => bytes.length < 200))(
    "$name with any byte replaced gives an FlvError or a description",
    ({ kind, codec, bytes }) => {
      expect(faultsOutside(bytes, (changed) => describeTrack(kind, codec, changed))).toEqual([]);
    },
  );

  test.each(tracks)("$name cut at any length gives an FlvError or a description", (track) => {
    const { kind, codec, bytes } = track;
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      expect(errorOf(() => describeTrack(kind, codec, cut))?.offset ?? 0).toBeLessThanOrEqual(
        length,
      );
    }
  });

  test("the offset of a fault in a parameter set counts from the start of the record", () => {
    const record = bytesOf("avc-main").slice();
    record[8] = 0x68;
    expect(errorOf(() => describeTrack("video", "avc1", record))).toMatchObject({
      code: "RTMP_ERR_FLV_INVALID_CONFIGURATION",
      offset: 8,
    });
  });
});

describe("nothing to tell", () => {
  test("no bytes, as ffmpeg sends in the SequenceStart of AC-3", () => {
    expect(describeTrack("audio", "ac-3", new Uint8Array())).toBeUndefined();
    expect(describeTrack("video", "avc1", new Uint8Array())).toBeUndefined();
  });

  test("data, codecs without a record, and a codec of the other kind", () => {
    expect(describeTrack("data", "avc1", bytesOf("avc-main"))).toBeUndefined();
    expect(describeTrack("video", "sorenson-h263", hex("00 00 84"))).toBeUndefined();
    expect(describeTrack("audio", "avc1", bytesOf("avc-main"))).toBeUndefined();
    expect(describeTrack("audio", "", hex("00"))).toBeUndefined();
  });

  test("a frame that is not a key frame", () => {
    expect(describeTrack("video", "vp08", hex("31 01 00 11 22 33 44 55"))).toBeUndefined();
    expect(describeTrack("video", "vp08", hex("31 01 00 11 22 33 44 55 66"))).toBeUndefined();
    expect(describeTrack("video", "vp09", hex("86 00 40 92"))).toBeUndefined();
    expect(describeTrack("video", "av01", hex("12 00 32 02 30 00"))).toBeUndefined();
  });
});

describe("records that tell less", () => {
  test("avcC without parameter sets tells the name", () => {
    expect(describeTrack("video", "avc1", hex("01 42 c0 1e ff e0 00"))).toEqual({
      codec: "avc1.42c01e",
    });
  });

  test("hvcC without SPS tells name and bit depth", () => {
    const head = bytesOf("hevc-main10").slice(0, 23);
    head[22] = 0;
    expect(describeTrack("video", "hvc1", head)).toEqual({
      codec: "hvc1.2.4.L90.90",
      bitDepth: 10,
    });
  });

  test("the AV1 video descriptor of MPEG-2 TS tells name and bit depth", () => {
    const [frame] = readVideoFrames(hex("95 61 76 30 31 80 04 81 08 4c 00"));
    expect(describeTrack("video", "av01", frame?.view ?? new Uint8Array())).toEqual({
      codec: "av01.0.08M.10",
      bitDepth: 10,
    });
  });

  test("av1C without configOBUs tells name and bit depth", () => {
    expect(describeTrack("video", "av01", hex("81 08 4c 00"))).toEqual({
      codec: "av01.0.08M.10",
      bitDepth: 10,
    });
  });

  test("a record of VP8 tells no size", () => {
    const told = { codec: "vp08.00.41.08", bitDepth: 8 };
    expect(describeTrack("video", "vp08", hex("01 000000 00 29 82 02 02 02 0000"))).toEqual(told);
    expect(describeTrack("video", "vp08", hex("00 29 82 02 02 02 0000"))).toEqual(told);
  });

  test("key frame and record of VP9 tell everything together", () => {
    const ofFrame = describeTrack("video", "vp09", bytesOf("vp9-0-key-frame"));
    const ofRecord = describeTrack("video", "vp09", bytesOf("vp9-0"));
    expect({ ...ofFrame, ...ofRecord }).toEqual({
      codec: "vp09.00.30.08",
      width: 854,
      height: 480,
      bitDepth: 8,
    });
  });

  test("a stream of VVC is as large as its largest picture; bare parameter sets tell the name", () => {
    const record = hex("ff 0011 5f 01 02 33 80 00 0500 02d0 0000 00");
    expect(describeTrack("video", "vvc1", record)).toEqual({
      codec: "vvc1.1.L51.CQA",
      width: 1280,
      height: 720,
      bitDepth: 10,
    });
    expect(describeTrack("video", "vvc1", hex("fe 00"))).toEqual({ codec: "vvc1" });
  });
});
