import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { encodeTestVideo, listedFrames, listFrames, publishFile } from "../src/ffmpeg.ts";
import { type Frames, frameKinds, framesOf, regressions, since } from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import { nginx, startNginx } from "../src/nginx.ts";
import { ServerProcess } from "../src/server-process.ts";
import { Stage } from "../src/stage.ts";
import { framesUntilLast, mediaFrom, playLive } from "../src/tcp-client.ts";

let stage: Stage;
let files: { readonly first: string; readonly second: string };
let sources: { readonly first: Frames; readonly second: Frames };

beforeAll(async () => {
  stage = await Stage.open();
  files = {
    first: await encodeTestVideo(stage.folder, { seconds: 4 }),
    second: await encodeTestVideo(stage.folder, { seconds: 3, look: "second" }),
  };
  sources = {
    first: await listedFrames(listFrames(files.first)),
    second: await listedFrames(listFrames(files.second)),
  };
}, 30_000);
afterAll(() => stage.close());

/** Starts a proxy that ends, in order, with the test. */
async function proxyOf(...origins: readonly string[]): Promise<ServerProcess> {
  const proxy = await ServerProcess.startProxy(...origins);
  onTestFinished(() => proxy.stop());
  return proxy;
}

/**
 * Checks that two players of a proxy, one of them ffmpeg, get what is published at its origin.
 *
 * @returns how often the proxy fetched a stream
 */
async function expectSame(origin: string): Promise<number> {
  const proxy = await proxyOf(origin);
  const watcher = stage.keepClient(await playLive(proxy.url, "cam"));
  const from = proxy.log.length;
  const player = stage.keep(listFrames(`${proxy.url}/live/cam`));
  await proxy.waitForLog({ msg: "play started", stream: "live/cam" }, { from });
  const publisher = stage.keep(publishFile(files.first, `${origin}/live/cam`));
  const watched = await framesUntilLast(watcher, sources.first);
  await publisher.exited;
  // Not every origin says that the stream is over.
  await proxy.stop();
  for (const got of [watched, await listedFrames(player)]) {
    for (const kind of frameKinds) {
      const expected = since(sources.first.video[0]!.dts, sources.first[kind]);
      expect(since(got.video[0]!.dts, got[kind])).toEqual(expected);
    }
  }
  return proxy.log.filter(({ msg }) => msg === "fetch started").length;
}

describe("a proxy for players", () => {
  const byFfmpeg = { meta: interop.live("ffmpeg", "proxy"), timeout: 30_000 };
  test(
    "in front of our server gives every frame of the source with its time",
    byFfmpeg,
    async () => {
      const from = stage.server.log.length;
      expect(await expectSame(stage.server.url)).toBe(1);
      const plays = stage.server.log.slice(from).filter(({ msg }) => msg === "play started");
      expect(plays.length).toBe(1);
    },
  );

  const ofNginx = { meta: interop.live("nginx-rtmp", "serves-play", "proxy"), timeout: 30_000 };
  test.skipIf(!nginx.takesPart)(
    `in front of nginx-rtmp gives every frame of the source with its time${nginx.note}`,
    ofNginx,
    async () => {
      const origin = stage.keepPeer(await startNginx(stage.folder, { live: [] }));
      expect(await expectSame(origin.url)).toBe(1);
    },
  );

  test("holds its players when the origin is killed, until the publisher comes to the second one", async () => {
    const first = await ServerProcess.start();
    const proxy = await proxyOf(first.url, stage.server.url);
    const player = stage.keepClient(await playLive(proxy.url, "moved"));
    stage.keep(publishFile(files.first, `${first.url}/live/moved`));
    await mediaFrom(player, 2_000);
    await first.kill();
    const publisher = stage.publish(files.second, "moved");
    await framesUntilLast(player, sources.second);
    await publisher.exited;
    const got = framesOf(player.media());
    for (const kind of frameKinds) expect(regressions(got[kind])).toEqual([]);
    expect(player.closed).toBe(undefined);
  }, 40_000);
});
