import { defaultHubLimits, HubError, StreamHub } from "@rtmp/hub";
import type { MediaPacket } from "@rtmp/flv";
import { readMediaPacket } from "@rtmp/flv";
import { hex, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { InitState } from "../src/init-state.ts";
import {
  audioFrame,
  audioHeader,
  keyframe,
  metadata,
  trackHeader,
  videoHeader,
} from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

function replayed(
  packets: MediaPacket[],
  limits = {},
): { log: string[]; bodies: number[]; errors: string[] } {
  const hub = new StreamHub({ clock: new VirtualClock(), limits });
  const publication = hub.publish("live/cam");
  const errors: string[] = [];
  for (const packet of packets) {
    try {
      publication.write(packet);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      errors.push(error.code);
    }
  }
  publication.flush();
  publication.write(keyframe(1_111));
  publication.flush();
  const late = new RecordingSubscriber();
  hub.subscribe("live/cam", late);
  return {
    log: late.log.slice(0, -1),
    bodies: late.packets.slice(0, -1).map((packet) => packet.body.at(-1) ?? -1),
    errors,
  };
}

test("the replay order is metadata, video, colour, audio, channels, whatever the order of arrival", () => {
  const channels = readMediaPacket("audio", 0, hex("94 6d 70 34 61 01 02 00 00 00 03"));
  const colour = readMediaPacket("video", 0, hex("d4 68 76 63 31 02 00 01 61 06"));
  const { log } = replayed([channels, audioHeader(0), colour, videoHeader(0), metadata(0)]);
  expect(log).toEqual([
    "data metadata 0",
    "video sequence-start 1111",
    "video metadata 1111",
    "audio sequence-start 1111",
    "audio metadata 1111",
  ]);
});

test("the newest header of a track replaces the older ones", () => {
  expect(replayed([videoHeader(0, 0x01), videoHeader(0, 0x02)]).bodies).toEqual([0x02]);
});

test("every track keeps a header of its own", () => {
  const { log } = replayed([videoHeader(0), trackHeader(1), trackHeader(2)]);
  expect(log).toEqual(Array.from({ length: 3 }, () => "video sequence-start 1111"));
});

test("an empty AAC header says nothing and replaces nothing; an empty AC-3 one is complete", () => {
  const empty = readMediaPacket("audio", 0, hex("af 00"));
  expect(replayed([audioHeader(0), empty]).bodies).toEqual([0x10]);
  expect(replayed([readMediaPacket("audio", 0, hex("90 61 63 2d 33"))]).log).toEqual([
    "audio sequence-start 1111",
  ]);
});

test("metadata can be cleared", () => {
  const hub = new StreamHub({ clock: new VirtualClock() });
  const publication = hub.publish("live/cam");
  publication.write(metadata(0));
  publication.write(videoHeader(0));
  publication.clearMetadata();
  publication.write(keyframe(0));
  publication.flush();
  const late = new RecordingSubscriber();
  hub.subscribe("live/cam", late);
  expect(late.log).toEqual(["video sequence-start 0", "video coded-frames* 0"]);
});

test("each video track keeps color information of its own, though ffmpeg names none", () => {
  // Track 0 is AVC, track 1 is HEVC, and neither Metadata message is wrapped in Multitrack.
  const ofTrack0 = readMediaPacket("video", 0, hex("d4 61 76 63 31 02 00 01 61 05"));
  const ofTrack1 = readMediaPacket("video", 0, hex("d4 68 76 63 31 02 00 01 61 06"));
  const { bodies } = replayed([videoHeader(0), trackHeader(1), ofTrack0, ofTrack1]);
  expect(bodies).toEqual([0x11, 0x55, 0x05, 0x06]);
});

describe("a track that leaves a codec", () => {
  const avcColour = readMediaPacket("video", 0, hex("d4 61 76 63 31 02 00 01 61 05"));
  const hevcColour = readMediaPacket("video", 0, hex("d4 68 76 63 31 02 00 01 61 06"));
  const hevcStart = readMediaPacket("video", 0, hex("90 68 76 63 31 01 66"));

  test("leaves the color information of that codec behind", () => {
    expect(replayed([videoHeader(0), avcColour, hevcStart]).bodies).toEqual([0x66]);
  });

  test("keeps that of the new one, on whichever side of its header it came", () => {
    const before = replayed([videoHeader(0), avcColour, hevcColour, hevcStart]);
    expect(before.bodies).toEqual([0x66, 0x06]);
    const behind = replayed([videoHeader(0), avcColour, hevcStart, hevcColour]);
    expect(behind.bodies).toEqual([0x66, 0x06]);
  });

  test("leaves that of another track that has the codec alone", () => {
    const avcOnTrack1 = readMediaPacket("video", 0, hex("96 00 61 76 63 31 01 77"));
    const { bodies } = replayed([videoHeader(0), avcOnTrack1, avcColour, hevcStart]);
    expect(bodies).toEqual([0x66, 0x77, 0x05]);
  });

  test("for a header that is too large to be kept has left it all the same", () => {
    const large = readMediaPacket("video", 0, hex("90 68 76 63 31 01 66 66 66 66 66"));
    expect(
      replayed([videoHeader(0), avcColour, large], { maxSequenceStartBytes: 10 }).bodies,
    ).toEqual([]);
  });

  test("with another header of the same codec has not left it", () => {
    expect(replayed([videoHeader(0), avcColour, videoHeader(0, 0x12)]).bodies).toEqual([
      0x12, 0x05,
    ]);
  });

  test("leaves the channels of an audio codec behind", () => {
    const channels = readMediaPacket("audio", 0, hex("94 6d 70 34 61 01 02 00 00 00 03"));
    const opus = readMediaPacket("audio", 0, hex("90 4f 70 75 73 4f 70 75 73 48 65 61 64 01"));
    expect(replayed([audioHeader(0), channels, opus]).bodies).toEqual([0x01]);
  });

  test("is news to those that have its color information", () => {
    const state = new InitState(defaultHubLimits);
    state.observe(videoHeader(0));
    state.observe(avcColour);
    const { version } = state;
    state.observe(hevcStart);
    expect(state.version).toBeGreaterThan(version);
    expect(state.snapshot.batchAt(0)?.packets).toEqual([hevcStart]);
  });
});

test("a message that configures sixteen tracks is compared once with the one that it repeats", () => {
  const tracks = Array.from({ length: 16 }, (_, track) => [track, 0, 0, 2, 0xaa, track]).flat();
  const body = Uint8Array.from([...hex("96 10 68 76 63 31"), ...tracks]);
  let reads = 0;
  const watched = new Proxy(body, {
    get(target, key) {
      if (typeof key === "string" && /^\d+$/.test(key)) reads++;
      const value: unknown = Reflect.get(target, key);
      return value;
    },
  });
  const packet = readMediaPacket("video", 0, body);
  expect(packet.frames.length).toBe(16);
  const state = new InitState(defaultHubLimits);
  state.observe({ ...packet, body: watched });
  state.observe(packet);
  expect(state.version).toBe(16);
  expect(reads).toBe(body.length);
});

test("video that has been away for longer than timestamps can tell is still away", () => {
  const state = new InitState(defaultHubLimits);
  state.observe(keyframe(0));
  for (let step = 0; step <= 12; step++) state.observe(audioFrame((step * 2 ** 29) >>> 0));
  expect(state.videoStopped).toBe(true);
});

test("audio of two tracks that come one before the other is counted once", () => {
  const state = new InitState({ ...defaultHubLimits, videoGapMs: 1_000 });
  state.observe(keyframe(0));
  for (let at = 500; at <= 1_500; at += 20) {
    state.observe(audioFrame(at));
    state.observe(audioFrame(at - 500));
  }
  expect(state.videoStopped).toBe(false);
  state.observe(audioFrame(1_501));
  expect(state.videoStopped).toBe(true);
});

test("one message that configures two tracks is replayed once", () => {
  const both = readMediaPacket("video", 0, hex("96 10 68 76 63 31 01 00 00 01 aa 02 00 00 01 bb"));
  expect(both.frames.map(({ track }) => track)).toEqual([1, 2]);
  expect(replayed([both]).bodies).toEqual([0xbb]);
});

test("what is repeated unchanged is no news, what changes is", () => {
  const state = new InitState(defaultHubLimits);
  for (let i = 0; i < 10; i++) state.observe(metadata(i));
  expect(state.version).toBe(1);
  const { snapshot } = state;
  state.observe(videoHeader(10, 0x01));
  state.observe(videoHeader(11, 0x02));
  expect(state.version).toBe(3);
  expect(state.snapshot).toBe(state.snapshot);
  expect(snapshot.batchAt(5)?.packets.length).toBe(1);
  expect(state.snapshot.batchAt(5)?.packets.length).toBe(2);
  expect(state.snapshot.batchAt(5)).toBe(state.snapshot.batchAt(5));
});

test("maxTracks: a header of one track too many is passed on but not kept", () => {
  const { log, errors } = replayed([trackHeader(1), trackHeader(2), trackHeader(3)], {
    maxTracks: 2,
  });
  expect(log.length).toBe(2);
  expect(errors).toEqual(["RTMP_ERR_TOO_MANY_TRACKS"]);
});

test("maxSequenceStartBytes: a header that is too large is passed on but not kept", () => {
  const { log, errors } = replayed([videoHeader(0), audioHeader(0)], { maxSequenceStartBytes: 5 });
  expect(log).toEqual(["audio sequence-start 1111"]);
  expect(errors).toEqual(["RTMP_ERR_SEQUENCE_START_TOO_LARGE"]);
});

test("maxSequenceStartBytes: one that is too large takes the place of the one before it", () => {
  const large = readMediaPacket("video", 0, hex("17 00 00 00 00 11 22 33"));
  expect(
    replayed([videoHeader(0), large, audioHeader(0)], { maxSequenceStartBytes: 6 }).log,
  ).toEqual(["audio sequence-start 1111"]);
});
