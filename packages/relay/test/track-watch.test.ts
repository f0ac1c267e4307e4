import { readMediaPacket } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { expect, test } from "vitest";
import { type PublishedTrack, TrackWatch } from "../src/track-watch.ts";

// From a session of OBS 29: 160x90 at 15 frames a second, AAC LC at 44.1 kHz.
const avcRecord =
  "01640009ffe1001d67640009acd9428df93016a0202028000003000800000300f478912cb001000468efbcb0";
const aacRecord = "121056e500";

/** A stream that is watched. */
class Watched {
  readonly told: PublishedTrack[] = [];
  readonly #watch = new TrackWatch((track) => this.told.push(track));

  audio(body: string): void {
    this.#watch.look(readMediaPacket("audio", 0, hex(body)));
  }

  video(body: string): void {
    this.#watch.look(readMediaPacket("video", 0, hex(body)));
  }
}

test("the tracks of OBS are told once", () => {
  const stream = new Watched();
  for (let i = 0; i < 2; i++) {
    stream.video(`17 00 000000 ${avcRecord}`);
    stream.audio(`af 00 ${aacRecord}`);
    stream.video("17 01 000000 00000001 65");
    stream.audio("af 01 21");
  }
  expect(stream.told).toEqual([
    {
      kind: "video",
      track: 0,
      codec: "avc1.640009",
      width: 160,
      height: 90,
      bitDepth: 8,
      frameRate: 15,
    },
    { kind: "audio", track: 0, codec: "mp4a.40.2", sampleRate: 44_100, channels: 2 },
  ]);
});

test("another configuration is told, and each track of a message", () => {
  const stream = new Watched();
  stream.audio("90 6d703461 1210");
  stream.audio("90 6d703461 1190");
  // Multitrack, many tracks of one codec: 0 and 7.
  stream.audio("95 10 6d703461 00 000002 1190 07 000002 1210");
  const says = stream.told.map(({ track, sampleRate }) => [track, sampleRate]);
  expect(says).toEqual([
    [0, 44_100],
    [0, 48_000],
    [7, 44_100],
  ]);
});

test("a codec without a record is told by its first frame", () => {
  const stream = new Watched();
  // MPEG-1 layer III, 128 kb/s, 44.1 kHz, joint stereo.
  stream.audio("2f fffb9044");
  stream.audio("2f fffb9044");
  expect(stream.told).toEqual([
    { kind: "audio", track: 0, codec: "mp4a.40.34", sampleRate: 44_100, channels: 2 },
  ]);
});

test("codecs that nobody can describe, data, silence and frames without a record tell nothing", () => {
  const stream = new Watched();
  stream.audio("b6 aa");
  stream.audio("");
  stream.video("22 aa");
  stream.video("27 01 000000 00000001 65");
  expect(stream.told).toEqual([]);
});

test("a record that cannot be read is an error once", () => {
  const stream = new Watched();
  expect(() => stream.video("17 00 000000 0164")).toThrow(
    expect.objectContaining({ code: "RTMP_ERR_FLV_TRUNCATED" }),
  );
  stream.video("17 00 000000 0164");
  expect(stream.told).toEqual([]);
});

test("a publisher with a new configuration in each message is told 100 times", () => {
  const stream = new Watched();
  for (let i = 0; i < 300; i++) stream.audio(`90 6d703461 ${i % 2 === 0 ? "1210" : "1190"}`);
  expect(stream.told).toHaveLength(100);
});

test("a record of more than 64 KiB is not looked at", () => {
  const stream = new Watched();
  stream.audio(`90 6d703461 1210 ${"00".repeat(0x1_0000)}`);
  expect(stream.told).toEqual([]);
});
