import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { encodeTestVideo, listedFrames, listFrames, publishFile } from "../src/ffmpeg.ts";
import { type Frames, frameKinds, since } from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import { nginx, startNginx } from "../src/nginx.ts";
import { ServerProcess } from "../src/server-process.ts";
import { Stage } from "../src/stage.ts";
import { framesUntilLast, playLive } from "../src/tcp-client.ts";

let stage: Stage;
let file: string;
let source: Frames;

beforeAll(async () => {
  stage = await Stage.open();
  file = await encodeTestVideo(stage.folder, { seconds: 4 });
  source = await listedFrames(listFrames(file));
}, 20_000);
afterAll(() => stage.close());

/** Starts a server that ends, in order, with the test. */
async function serverWith(...flags: readonly string[]): Promise<ServerProcess> {
  const server = await ServerProcess.start(...flags);
  onTestFinished(() => server.stop());
  return server;
}

/** All frames, with their times since the first one of video. */
function fromTheirStart(frames: Frames) {
  return frameKinds.map((kind) => since(frames.video[0]!.dts, frames[kind]));
}

describe("a server that pushes", () => {
  test("gives another one, and its players, every frame of each stream", async () => {
    const server = await serverWith(`--push=${stage.server.url}`);
    const players = [await stage.list("first"), await stage.list("second")];
    const publishers = ["first", "second"].map((name) =>
      stage.keep(publishFile(file, `${server.url}/live/${name}`)),
    );
    for (const publisher of publishers) await publisher.exited;
    for (const player of players) {
      expect(fromTheirStart(await listedFrames(player))).toEqual(fromTheirStart(source));
    }
  }, 30_000);

  const toNginx = { meta: interop.live("nginx-rtmp", "takes-publish"), timeout: 30_000 };
  test.skipIf(!nginx.takesPart)(
    `gives nginx-rtmp every frame of one stream under another name${nginx.note}`,
    toNginx,
    async () => {
      const target = stage.keepPeer(await startNginx(stage.folder, { live: [] }));
      const server = await serverWith(`--push=live/cam=${target.streamUrl("live", "key")}`);
      const player = stage.keepClient(await playLive(target.url, "key"));
      await stage.keep(publishFile(file, `${server.url}/live/cam`)).exited;
      const got = await framesUntilLast(player, source);
      expect(fromTheirStart(got)).toEqual(fromTheirStart(source));
      await server.waitForLog({ msg: "push ended", stream: "live/cam" });
    },
  );
});

describe("a server that pulls", () => {
  const fromNginx = { meta: interop.live("nginx-rtmp", "serves-play"), timeout: 30_000 };
  test.skipIf(!nginx.takesPart)(
    `serves every frame of a stream of nginx-rtmp${nginx.note}`,
    fromNginx,
    async () => {
      const origin = stage.keepPeer(await startNginx(stage.folder, { live: [] }));
      const server = await serverWith(`--pull=live/cam=${origin.streamUrl("live", "key")}`);
      const player = stage.keepClient(await playLive(server.url, "cam"));
      await origin.waitForText("play: name='key'");
      await stage.keep(publishFile(file, origin.streamUrl("live", "key"))).exited;
      const got = await framesUntilLast(player, source);
      expect(fromTheirStart(got)).toEqual(fromTheirStart(source));
    },
  );
});
