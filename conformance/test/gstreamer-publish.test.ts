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

let stage: Stage;
let source: Frames;
let early: Frames;
let publisherExit: ChildExit;
const late = new Map<string, Frames>();

beforeAll(async () => {
  stage = await Stage.open();
  if (!gstreamer.takesPart) return;
  const file = await encodeTestVideo(stage.folder, { seconds: 5 });
  source = await listedFrames(listFrames(file));

  const watcher = await stage.play("gst");
  const player = await stage.list("gst");
  const publisher = stage.keep(publishByGstreamer(file, stage.url("gst"), chunkSize));
  await mediaFrom(watcher, joinAtMs);
  const joined = recorders
    .filter(({ installed }) => installed)
    .map((recorder) => ({
      name: recorder.name,
      child: stage.keep(recorder.start(stage.url("gst"), recordingOf(recorder.name))),
    }));
  publisherExit = await publisher.exited;
  early = await listedFrames(player);
  for (const { name, child } of joined) {
    await child.exited;
    late.set(name, await listedFrames(listFrames(recordingOf(name))));
  }
}, 30_000);
afterAll(() => stage.close());

function recordingOf(name: string): string {
  return join(stage.folder, `${name}.flv`);
}

describe(`GStreamer's rtmp2sink as the publisher${gstreamer.note}`, () => {
  const publish = interop.live("gstreamer", "publish", "chunk-size");
  test.skipIf(!gstreamer.takesPart)(
    `with chunks of ${chunkSize} bytes: an ffmpeg player that waited has every frame`,
    { meta: publish },
    () => {
      for (const kind of frameKinds) {
        expect(placeOf(early[kind], source[kind])).toBe(0);
        expect(early[kind]).toHaveLength(source[kind].length);
        expect(regressions(early[kind])).toEqual([]);
      }
    },
  );

  test.skipIf(!gstreamer.takesPart)("ends in order", () => {
    expect(publisherExit).toEqual({ code: 0, signal: null });
    const ends = stage.server.log.filter(({ msg }) => msg === "publish ended");
    expect(ends.map(({ end }) => end)).toEqual(["closed"]);
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
