import { MessageTypeId } from "@rtmp/chunk";
import type { ReceivedMessage, ScriptedClient } from "@rtmp/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ChildExit } from "../src/child.ts";
import { encodeTestVideo, listedFrames, listFrames } from "../src/ffmpeg.ts";
import {
  type Frames,
  framesOf,
  frameKinds,
  isKeyframe,
  isSequenceHeader,
  placeOf,
  regressions,
  since,
} from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import { Stage } from "../src/stage.ts";
import { connectClient, createStream, mediaFrom } from "../src/tcp-client.ts";

const maxJoinMs = 100;
const framesPerGop = 30;
const published = interop.live("ffmpeg", "publish", "play");
const joined = interop.live("ffmpeg", "join");

/** What a client that joined in the middle got, and when. */
interface Join {
  readonly askedAt: number;
  readonly keyframe: ReceivedMessage;
  readonly client: ScriptedClient;
}

let stage: Stage;
let source: Frames;
let early: Frames;
let late: Frames;
let watched: Frames;
let join: Join;
let exits: { early: ChildExit; late: ChildExit; publisher: ChildExit };
let lateSees: string;

beforeAll(async () => {
  stage = await Stage.open();
  const file = await encodeTestVideo(stage.folder, { seconds: 10 });
  source = await listedFrames(listFrames(file));

  const watcher = await stage.play("cam");
  const earlyPlayer = await stage.list("cam");
  const publisher = stage.publish(file, "cam");
  await mediaFrom(watcher, 5_000);
  join = await joinInTheMiddle();
  await mediaFrom(watcher, 6_000);
  const latePlayer = await stage.list("cam");

  exits = {
    publisher: await publisher.exited,
    early: await earlyPlayer.exited,
    late: await latePlayer.exited,
  };
  lateSees = latePlayer.stderr;
  early = await listedFrames(earlyPlayer);
  late = await listedFrames(latePlayer);
  watched = framesOf(watcher.media());
}, 40_000);
afterAll(() => stage.close());

async function joinInTheMiddle(): Promise<Join> {
  const client = stage.keepClient(await connectClient(stage.server.url));
  const stream = await createStream(client);
  const askedAt = performance.now();
  client.command(stream, "play", null, "cam");
  return { askedAt, keyframe: await client.waitFor(isKeyframe), client };
}

function isMetadata({ typeId, payload }: ReceivedMessage): boolean {
  return typeId === MessageTypeId.DataAmf0 && Buffer.from(payload).includes("onMetaData");
}

describe("an ffmpeg player that waited before the publisher came", () => {
  test("gets every frame of the source, bit for bit", { meta: published }, () => {
    for (const kind of frameKinds) {
      expect(placeOf(early[kind], source[kind])).toBe(0);
      expect(early[kind]).toHaveLength(source[kind].length);
    }
  });

  test("gets them with the times of the source", () => {
    for (const kind of frameKinds) {
      const expected = since(source.video[0]!.dts, source[kind]);
      expect(since(early.video[0]!.dts, early[kind])).toEqual(expected);
      expect(regressions(early[kind])).toEqual([]);
    }
  });

  test("ends by itself when the publisher ends", () => {
    expect(exits.early).toEqual({ code: 0, signal: null });
    expect(exits.publisher).toEqual({ code: 0, signal: null });
  });
});

describe("a client that joins after five seconds", () => {
  test(`gets the first keyframe within ${maxJoinMs} ms of its play command`, () => {
    const milliseconds = join.keyframe.at - join.askedAt;
    console.info(`from play to the first keyframe: ${milliseconds.toFixed(1)} ms`);
    expect(milliseconds).toBeLessThanOrEqual(maxJoinMs);
  });

  test("gets metadata and both sequence headers before it, and no other frame", () => {
    const media = join.client.media(true);
    const introduction = media.slice(0, media.indexOf(join.keyframe));
    expect(introduction.filter(isMetadata)).toHaveLength(1);
    const headers = introduction.filter(isSequenceHeader).map(({ typeId }) => typeId);
    expect(new Set(headers)).toEqual(new Set([MessageTypeId.Audio, MessageTypeId.Video]));
    expect(framesOf(introduction)).toEqual({ video: [], audio: [] });
  });

  test("gets every frame from a keyframe of the source on", () => {
    const got = framesOf(join.client.media());
    expect(got.video.length).toBeGreaterThanOrEqual(5 * framesPerGop - 5);
    for (const kind of frameKinds) {
      expect(placeOf(got[kind], source[kind])).toBe(source[kind].length - got[kind].length);
    }
    expect(placeOf(got.video, source.video) % framesPerGop).toBe(0);
  });
});

describe("an ffmpeg player that joins after six seconds", () => {
  // Metadata whose time is not 0 would be a stream of subtitles to it. Old versions show |RtmpSampleAccess as data.
  test("sees video and audio and no subtitles", () => {
    const streams = Array.from(lateSees.matchAll(/Stream #0:\d.*?: (\w+):/g), ([, kind]) => kind);
    expect(streams).toEqual(expect.arrayContaining(["Audio", "Video"]));
    expect(streams).not.toContain("Subtitle");
  });

  test("gets every frame from a keyframe of the source on", { meta: joined }, () => {
    expect(late.video.length).toBeGreaterThanOrEqual(3 * framesPerGop);
    for (const kind of frameKinds) {
      expect(placeOf(late[kind], source[kind])).toBe(source[kind].length - late[kind].length);
      expect(regressions(late[kind])).toEqual([]);
    }
    expect(placeOf(late.video, source.video) % framesPerGop).toBe(0);
  });

  test("ends by itself when the publisher ends", () => {
    expect(exits.late).toEqual({ code: 0, signal: null });
  });
});

test("timestamps on the wire are those of the publisher, from zero", () => {
  const first = Math.min(source.video[0]!.dts, source.audio[0]!.dts);
  expect(watched.video).toEqual(since(first, source.video));
  expect(watched.audio).toEqual(since(first, source.audio));
});
