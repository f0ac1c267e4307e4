import { setTimeout as delay } from "node:timers/promises";

import type { ScriptedClient } from "@rtmp/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ChildExit } from "../src/child.ts";
import { encodeTestVideo, listedFrames, listFrames } from "../src/ffmpeg.ts";
import { type Frames, framesOf, frameKinds, placeOf, regressions } from "../src/frames.ts";
import { Stage } from "../src/stage.ts";
import { mediaFrom } from "../src/tcp-client.ts";

// Above the 2 s after which the same address gets its name back, well below the 10 s that others wait.
const silenceMs = 2_500;

let stage: Stage;
let client: ScriptedClient;
let second: Frames;
let early: ChildExit;

beforeAll(async () => {
  stage = await Stage.open();
  const first = await encodeTestVideo(stage.folder, { seconds: 5 });
  const next = await encodeTestVideo(stage.folder, { seconds: 3, look: "second" });
  second = await listedFrames(listFrames(next));

  client = await stage.play("cam");
  const publisher = stage.publish(first, "cam");
  await mediaFrom(client, 1_500);
  // As when its network is gone: the connection stays, and nothing comes.
  publisher.kill("SIGSTOP");
  early = await stage.publish(next, "cam").exited;
  await delay(silenceMs);
  await stage.publish(next, "cam").exited;
  await client.waitForCode("NetStream.Play.UnpublishNotify");
  publisher.kill("SIGKILL");
}, 30_000);
afterAll(() => stage.close());

describe("ffmpeg that is stopped while it publishes", () => {
  test("keeps its name at first, then loses it and its connection", () => {
    expect(early.code).toBe(1);
    const codes = stage.server.log.map(({ code }) => code);
    expect(codes.filter((code) => code === "RTMP_ERR_NAME_IN_USE")).toHaveLength(1);
    expect(codes.filter((code) => code === "RTMP_ERR_TAKEN_OVER")).toHaveLength(1);
  });

  test.each(frameKinds)("leaves its player to the next, who brings all %s frames", (kind) => {
    const got = framesOf(client.received)[kind];
    const length = second[kind].length;
    expect(placeOf(got.slice(-length), second[kind])).toBe(0);
    expect(got.length).toBeGreaterThan(length);
    expect(regressions(got)).toEqual([]);
  });
});
