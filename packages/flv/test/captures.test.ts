import { type MediaFrame, readMediaPacket } from "@rtmp/flv";
import { expect, test } from "vitest";
import { readCapture } from "./read-capture.ts";

type Counts = Record<string, number>;

const avcVideo: Counts = {
  "video 0 sequence-start avc1": 1,
  "video 0 coded-frames avc1 key": 3,
  "video 0 coded-frames avc1": 42,
  "video 0 sequence-end avc1": 1,
};

function enhancedAudio(codec: string, codedFrames: number): Counts {
  return {
    [`audio 0 sequence-start ${codec}`]: 1,
    [`audio 0 metadata ${codec}`]: 1,
    [`audio 0 coded-frames ${codec}`]: codedFrames,
  };
}

function enhancedVideo(codec: string): Counts {
  return {
    [`video 0 sequence-start ${codec}`]: 1,
    [`video 0 metadata ${codec}`]: 1,
    [`video 0 coded-frames ${codec} key`]: 3,
    [`video 0 coded-frames ${codec}`]: 42,
  };
}

/** Counted from the first bytes of the captured payloads. */
const expected: Readonly<Record<string, Counts>> = {
  "obs-publish-h264-aac": {
    "audio 0 sequence-start mp4a": 1,
    "audio 0 coded-frames mp4a": 190,
    "video 0 sequence-start avc1": 1,
    "video 0 coded-frames avc1 key": 1,
    "video 0 coded-frames avc1": 67,
  },
  "ffmpeg8-publish-h264-flac": { ...avcVideo, ...enhancedAudio("fLaC", 32) },
  "ffmpeg8-publish-h264-ac3": { ...avcVideo, ...enhancedAudio("ac-3", 94) },
  "ffmpeg8-publish-av1-opus": { ...enhancedVideo("av01"), ...enhancedAudio("Opus", 151) },
  "ffmpeg8-publish-vp9-opus": { ...enhancedVideo("vp09"), ...enhancedAudio("Opus", 151) },
  "ffmpeg8-publish-hevc-aac": {
    "audio 0 sequence-start mp4a": 1,
    "audio 0 coded-frames mp4a": 130,
    "video 0 sequence-start hvc1": 1,
    "video 0 metadata hvc1": 1,
    "video 0 coded-frames hvc1 key": 4,
    "video 0 coded-frames hvc1": 43,
  },
  "ffmpeg8-publish-multitrack-h264-hevc-aac-opus": {
    "audio 0 sequence-start mp4a": 1,
    "audio 0 coded-frames mp4a": 141,
    "audio 1 sequence-start Opus": 1,
    "audio 1 metadata Opus": 1,
    "audio 1 coded-frames Opus": 150,
    "video 0 sequence-start avc1": 1,
    "video 0 coded-frames avc1 key": 4,
    "video 0 coded-frames avc1": 43,
    "video 0 sequence-end avc1": 1,
    // The HEVC of track 1: its Metadata comes without the Multitrack byte.
    "video 0 metadata hvc1": 1,
    "video 1 sequence-start hvc1": 1,
    "video 1 coded-frames hvc1 key": 4,
    "video 1 coded-frames hvc1": 43,
  },
};

function readFrames(name: string): { kind: "audio" | "video"; frame: MediaFrame }[] {
  return readCapture(name).flatMap(({ kind, timestamp, payload }) =>
    readMediaPacket(kind, timestamp, payload).frames.map((frame) => ({ kind, frame })),
  );
}

function countBy<T>(values: readonly T[], keyOf: (value: T) => string): Counts {
  const counts: Counts = {};
  for (const value of values) counts[keyOf(value)] = (counts[keyOf(value)] ?? 0) + 1;
  return counts;
}

test.each(Object.entries(expected))("%s: tracks, roles, codecs and key frames", (name, counts) => {
  const found = countBy(
    readFrames(name),
    ({ kind, frame }) =>
      `${kind} ${frame.track} ${frame.role} ${frame.codec}${frame.keyframe ? " key" : ""}`,
  );
  expect(found).toEqual(counts);
});

test("ffmpeg mixes CodedFrames and CodedFramesX: composition offsets of its HEVC", () => {
  const offsets = countBy(
    readFrames("ffmpeg8-publish-hevc-aac").filter(
      ({ kind, frame }) => kind === "video" && frame.role === "coded-frames",
    ),
    ({ frame }) => String(frame.compositionTimeOffset),
  );
  expect(offsets).toEqual({ "0": 18, "66": 3, "67": 6, "133": 1, "200": 9, "399": 1, "400": 9 });
});

test("composition offsets of ffmpeg's HEVC on track 1", () => {
  const offsets = countBy(
    readFrames("ffmpeg8-publish-multitrack-h264-hevc-aac-opus").filter(
      ({ kind, frame }) => kind === "video" && frame.track === 1 && frame.role === "coded-frames",
    ),
    ({ frame }) => String(frame.compositionTimeOffset),
  );
  expect(offsets).toEqual({
    "0": 5,
    "66": 3,
    "67": 2,
    "133": 19,
    "134": 12,
    "200": 1,
    "267": 1,
    "333": 4,
  });
});

test("the configuration of each track begins where its record begins", () => {
  const records = readFrames("ffmpeg8-publish-multitrack-h264-hevc-aac-opus")
    .filter(({ frame }) => frame.role === "sequence-start")
    .map(({ frame }) => [frame.codec, frame.view.length, [...frame.view.subarray(0, 4)]]);
  expect(records).toEqual([
    ["avc1", 44, [0x01, 0x64, 0x00, 0x09]],
    ["hvc1", 2418, [0x01, 0x01, 0x60, 0x00]],
    ["mp4a", 5, [0x11, 0x88, 0x56, 0xe5]],
    ["Opus", 19, [0x4f, 0x70, 0x75, 0x73]],
  ]);
});
