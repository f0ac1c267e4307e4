import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ChildExit } from "../src/child.ts";
import { encodeTestVideo, listedFrames, listFrames } from "../src/ffmpeg.ts";
import { findFlvRecorders } from "../src/flv-recorder.ts";
import { type Frames, frameKinds, placeOf, regressions } from "../src/frames.ts";
import { gstreamer, publishByGstreamer } from "../src/gstreamer.ts";
import { interop } from "../src/interop/proof.ts";
import { Stage } from "../src/stage.ts";
import { mediaFrom } from "../src/tcp-client.ts";

const chunkSize = 333;
const joinAtMs = 2_200;
const framesPerGop = 30;

const recorders = findFlvRecorders();
const lateProofs = {
  rtmpdump: interop.live("rtmpdump", "play", "join"),
  "gst-launch-1.0": interop.live("gstreamer", "play", "join"),
};
const sinks = [
  { sink: "rtmp2sink", meta: interop.live("gstreamer", "publish", "chunk-size") },
  { sink: "rtmpsink", meta: interop.live("rtmpdump", "publish") },
];

let stage: Stage;
let source: Frames;
const early = new Map<string, Frames>();
let exits: ChildExit[];
const late = new Map<string, Frames>();

beforeAll(async () => {
  stage = await Stage.open();
  if (!gstreamer.takesPart) return;
  const file = await encodeTestVideo(stage.folder, { seconds: 5 });
  source = await listedFrames(listFrames(file));

  const url = stage.url("rtmp2sink");
  const watcher = await stage.play("rtmp2sink");
  const players = [await stage.list("rtmp2sink"), await stage.list("rtmpsink")];
  const publishers = [
    publishByGstreamer(file, "rtmp2sink", `location=${url}`, `chunk-size=${chunkSize}`),
    publishByGstreamer(file, "rtmpsink", `location=${stage.url("rtmpsink")} live=1`),
  ];
  for (const publisher of publishers) stage.keep(publisher);
  await mediaFrom(watcher, joinAtMs);
  const joined = recorders
    .filter(({ installed }) => installed)
    .map((recorder) => ({
      name: recorder.name,
      child: stage.keep(recorder.start(url, recordingOf(recorder.name))),
    }));
  exits = await Promise.all(publishers.map((publisher) => publisher.exited));
  early.set("rtmp2sink", await listedFrames(players[0]!));
  early.set("rtmpsink", await listedFrames(players[1]!));
  for (const { name, child } of joined) {
    await child.exited;
    late.set(name, await listedFrames(listFrames(recordingOf(name))));
  }
}, 30_000);
afterAll(() => stage.close());

function recordingOf(name: string): string {
  return join(stage.folder, `${name}.flv`);
}

describe(`GStreamer as the publisher${gstreamer.note}`, () => {
  for (const { sink, meta } of sinks) {
    test.skipIf(!gstreamer.takesPart)(
      `${sink}: an ffmpeg player that waited has every frame`,
      { meta },
      () => {
        const got = early.get(sink)!;
        for (const kind of frameKinds) {
          expect(placeOf(got[kind], source[kind])).toBe(0);
          expect(got[kind]).toHaveLength(source[kind].length);
          expect(regressions(got[kind])).toEqual([]);
        }
      },
    );
  }

  test.skipIf(!gstreamer.takesPart)("ends in order", () => {
    const inOrder = { code: 0, signal: null };
    expect(exits).toEqual([inOrder, inOrder]);
    const ends = stage.server.log.filter(({ msg }) => msg === "publish ended");
    expect(ends.map(({ end }) => end)).toEqual(["closed", "closed"]);
    expect(stage.server.log.filter(({ level }) => level === "warn")).toEqual([]);
  });

  for (const { name, takesPart, note, mayMiss } of recorders) {
    test.skipIf(!takesPart)(
      `${name}, which joins after two seconds, has every frame from a keyframe on${note}`,
      { meta: lateProofs[name] },
      () => {
        const got = late.get(name);
        if (got === undefined) throw new Error(`${name} recorded nothing`);
        for (const kind of frameKinds) {
          const missing = source[kind].length - placeOf(got[kind], source[kind]) - got[kind].length;
          expect(missing).toBeLessThanOrEqual(mayMiss);
          expect(regressions(got[kind])).toEqual([]);
        }
        const place = placeOf(got.video, source.video);
        expect(place % framesPerGop).toBe(0);
        expect(got.video.length).toBeGreaterThan(2 * framesPerGop);
      },
    );
  }
});
