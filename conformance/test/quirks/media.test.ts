/**
 * Habits of publishers in their media: sequence headers, metadata, timestamps; and slow players.
 *
 * RTMP §7.1; FLV E.4
 */

import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import {
  InProcessServer,
  mediaLine,
  mediaLines,
  type Peer,
  streamLines,
} from "../../src/in-process-server.ts";
import {
  counting,
  ecmaArray,
  join,
  message,
  number,
  object,
  setDataFrame,
} from "../../src/wire-bytes.ts";

const audio = 8;
const video = 9;
const data = 18;

const videoStart = hex("17 00 00 00 00 01 4d 00 15");
const otherVideoStart = hex("17 00 00 00 00 01 64 00 1f");
const audioStart = hex("af 00 12 10");
const keyframe = (mark: number): Uint8Array => Uint8Array.of(...hex("17 01 00 00 00"), mark);
const interFrame = (mark: number): Uint8Array => Uint8Array.of(...hex("27 01 00 00 00"), mark);
const audioFrame = (mark: number): Uint8Array => Uint8Array.of(...hex("af 01"), mark);

const at = (timestamp: number): string => timestamp.toString(16).padStart(6, "0");
const sendVideo = (timestamp: number, body: Uint8Array): Uint8Array =>
  message(`06 ${at(timestamp)} length 09 01000000`, body);
const sendAudio = (timestamp: number, body: Uint8Array): Uint8Array =>
  message(`04 ${at(timestamp)} length 08 01000000`, body);
const sendData = (body: Uint8Array): Uint8Array => message("05 000000 length 12 01000000", body);

function pair(): { server: InProcessServer; publisher: Peer; player: Peer } {
  const server = new InProcessServer();
  return { server, publisher: server.publisher(), player: server.player() };
}

describe("DJI Osmo Action 4: sequence header repeated:", () => {
  test("the same bytes change nothing: a late player gets it once", () => {
    const { server, publisher } = pair();
    publisher.say(sendVideo(0, videoStart));
    publisher.say(sendVideo(0, videoStart));
    publisher.say(sendVideo(0, keyframe(1)));
    publisher.say(sendVideo(40, interFrame(2)));
    expect(mediaLines(server.player())).toEqual([
      mediaLine(video, 0, videoStart),
      mediaLine(video, 0, keyframe(1)),
      mediaLine(video, 40, interFrame(2)),
    ]);
    expect(publisher.problems).toEqual([]);
  });

  test("other bytes configure anew, in order with the frames", () => {
    const { server, publisher, player } = pair();
    publisher.say(sendVideo(0, videoStart), sendVideo(0, keyframe(1)));
    publisher.say(sendVideo(1_000, otherVideoStart), sendVideo(1_000, keyframe(2)));
    expect(mediaLines(player)).toEqual([
      mediaLine(video, 0, videoStart),
      mediaLine(video, 0, keyframe(1)),
      mediaLine(video, 1_000, otherVideoStart),
      mediaLine(video, 1_000, keyframe(2)),
    ]);
    expect(mediaLines(server.player())).toEqual([
      mediaLine(video, 1_000, otherVideoStart),
      mediaLine(video, 1_000, keyframe(2)),
    ]);
  });
});

describe("DJI FlightHub Sync: metadata without tracks:", () => {
  test("the media says what there is", () => {
    const { server, publisher, player } = pair();
    const { sent, played } = setDataFrame(object({ duration: number(0) }));
    publisher.say(sendData(sent), sendVideo(0, videoStart), sendAudio(0, audioStart));
    publisher.say(sendVideo(0, keyframe(1)));
    publisher.say(sendAudio(10, audioFrame(2)));
    const expected = [
      mediaLine(data, 0, played),
      mediaLine(video, 0, videoStart),
      mediaLine(audio, 0, audioStart),
      mediaLine(video, 0, keyframe(1)),
      mediaLine(audio, 10, audioFrame(2)),
    ];
    expect(streamLines(player)).toEqual(expected);
    expect(streamLines(server.player())).toEqual(expected);
  });
});

describe("Streamlabs iOS: audio promised, none sent:", () => {
  test("video does not wait for it", () => {
    const { publisher, player } = pair();
    const { sent } = setDataFrame(
      ecmaArray(2, { videocodecid: number(7), audiocodecid: number(10) }),
    );
    publisher.say(sendData(sent), sendVideo(0, videoStart), sendVideo(0, keyframe(1)));
    expect(mediaLines(player)).toEqual([
      mediaLine(video, 0, videoStart),
      mediaLine(video, 0, keyframe(1)),
    ]);
  });
});

describe("various: empty AAC sequence header or empty audio payload:", () => {
  test.each([
    ["empty AAC sequence header", hex("af 00")],
    ["empty audio payload", new Uint8Array(0)],
  ])("%s: a late player starts with the one that says something", (_, empty) => {
    const { server, publisher } = pair();
    publisher.say(sendVideo(0, videoStart), sendAudio(0, audioStart), sendAudio(0, empty));
    publisher.say(sendVideo(0, keyframe(1)));
    publisher.say(sendAudio(20, audioFrame(2)));
    expect(mediaLines(server.player())).toEqual([
      mediaLine(video, 0, videoStart),
      mediaLine(audio, 0, audioStart),
      mediaLine(video, 0, keyframe(1)),
      mediaLine(audio, 20, audioFrame(2)),
    ]);
    expect(publisher.problems).toEqual([]);
  });

  test("nothing but empty audio is nothing to start with", () => {
    const { publisher, player } = pair();
    publisher.say(sendAudio(0, hex("af 00")), sendAudio(0, new Uint8Array(0)));
    expect(mediaLines(player)).toEqual([]);
    publisher.say(sendVideo(40, videoStart), sendVideo(40, keyframe(1)));
    expect(mediaLines(player)).toEqual([
      mediaLine(video, 40, videoStart),
      mediaLine(video, 40, keyframe(1)),
    ]);
  });

  test.each(["17", "17 01", "17 01 00 00"])("a video header cut to %s is dropped", (cut) => {
    const { publisher, player } = pair();
    publisher.say(sendVideo(0, hex(cut)), sendVideo(0, videoStart), sendVideo(0, keyframe(1)));
    expect(mediaLines(player)).toHaveLength(2);
    expect(publisher.problems).toHaveLength(1);
  });
});

describe("various: metadata missing, or no videocodecid:", () => {
  test("without metadata a late player starts with the sequence headers", () => {
    const { server, publisher } = pair();
    publisher.say(sendAudio(0, audioStart), sendVideo(0, videoStart), sendVideo(0, keyframe(1)));
    expect(streamLines(server.player())).toEqual([
      mediaLine(video, 0, videoStart),
      mediaLine(audio, 0, audioStart),
      mediaLine(video, 0, keyframe(1)),
    ]);
  });

  test("metadata that comes without @setDataFrame counts as well", () => {
    const { server, publisher } = pair();
    const { played } = setDataFrame(object({ width: number(1_280) }));
    publisher.say(sendData(played), sendVideo(0, videoStart), sendVideo(0, keyframe(1)));
    expect(streamLines(server.player())[0]).toBe(mediaLine(data, 0, played));
  });
});

describe("SRS, FLV players: 31-bit time:", () => {
  test("times from 2^31 on keep their 32 bits, and wrap", () => {
    const { publisher, player } = pair();
    publisher.say(
      message("06 ffffff length 09 01000000 fffffff0", videoStart),
      message("06 ffffff length 09 01000000 fffffff0", keyframe(1)),
      message("46 000020 length 09", interFrame(2)),
    );
    expect(mediaLines(player)).toEqual([
      mediaLine(video, 0xff_ff_ff_f0, videoStart),
      mediaLine(video, 0xff_ff_ff_f0, keyframe(1)),
      mediaLine(video, 0x10, interFrame(2)),
    ]);
  });
});

describe("FMS relays: aggregate 22:", () => {
  // Audio of its own time 5000 and video of 5040, in a message of the time 12000.
  const aggregate = hex(
    `08 00 00 03 00 13 88 00 00 00 00 af 01 21 00 00 00 0e 09 00 00 0a 00 13
     b0 00 00 00 00 17 01 00 00 00 00 00 00 01 41 00 00 00 15`,
  );

  test("is split, its times moved to that of the message", () => {
    const { publisher, player } = pair();
    publisher.say(message("06 002ee0 length 16 01000000", aggregate));
    publisher.say(sendAudio(12_060, audioFrame(3)));
    expect(publisher.problems).toEqual([]);
    expect(mediaLines(player)).toEqual([
      mediaLine(video, 12_040, hex("17 01 00 00 00 00 00 00 01 41")),
      mediaLine(audio, 12_060, audioFrame(3)),
    ]);
  });

  test("audio alone arrives from its first part on", () => {
    const { publisher, player } = pair();
    publisher.say(message("06 002ee0 length 16 01000000", aggregate.subarray(0, 18)));
    expect(mediaLines(player)).toEqual([mediaLine(audio, 12_000, hex("af 01 21"))]);
  });
});

describe("slow players: TCP back-pressure:", () => {
  test("drop to the next keyframe, never a sequence header; others lose nothing", () => {
    const server = new InProcessServer({ hubLimits: { skipAboveBytes: 5_000 } });
    const publisher = server.publisher();
    const slow = server.player();
    const other = server.player();
    const frame = (timestamp: number): Uint8Array =>
      sendVideo(timestamp, counting("27 01 00 00 00", 3_000));
    publisher.say(sendVideo(0, videoStart), sendVideo(0, keyframe(1)));

    slow.far.hold();
    for (let timestamp = 40; timestamp < 400; timestamp += 40) publisher.say(frame(timestamp));
    publisher.say(sendVideo(400, otherVideoStart), sendVideo(400, keyframe(2)));
    publisher.say(frame(440));
    slow.far.release();
    server.settle();
    publisher.say(frame(480));
    publisher.say(sendVideo(800, keyframe(3)));
    publisher.say(sendVideo(840, interFrame(4)));

    expect(mediaLines(slow).slice(-3)).toEqual([
      mediaLine(video, 800, otherVideoStart),
      mediaLine(video, 800, keyframe(3)),
      mediaLine(video, 840, interFrame(4)),
    ]);
    const times = slow.client.media().map(({ timestamp }) => timestamp);
    expect(times).not.toContain(440);
    expect(times).not.toContain(480);
    expect(other.client.media()).toHaveLength(2 + 9 + 2 + 2 + 2);
    expect(slow.events).toEqual(["play live/cam"]);
  });
});

test("headers and frames in one piece arrive as they do one by one", () => {
  const { publisher, player } = pair();
  publisher.say(join(sendVideo(0, videoStart), sendVideo(0, keyframe(1))));
  expect(mediaLines(player)).toEqual([
    mediaLine(video, 0, videoStart),
    mediaLine(video, 0, keyframe(1)),
  ]);
});
