import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { encodeTestVideo, listedFrames, listFrames, publishFile } from "../src/ffmpeg.ts";
import { type Frames, frameKinds, placeOf, regressions, since } from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import { nginx, startNginx } from "../src/nginx.ts";
import { Stage } from "../src/stage.ts";
import { framesUntilLast, playLive } from "../src/tcp-client.ts";

// nginx connects when its publisher has come; what is sent until then is not relayed.
const relayStartMs = 1_500;

let stage: Stage;
let file: string;
let source: Frames;

beforeAll(async () => {
  stage = await Stage.open();
  file = await encodeTestVideo(stage.folder, { seconds: 5 });
  source = await listedFrames(listFrames(file));
}, 20_000);
afterAll(() => stage.close());

describe(`nginx-rtmp as a relay${nginx.note}`, () => {
  const pull = { meta: interop.live("nginx-rtmp", "pull"), concurrent: true, timeout: 20_000 };
  test.skipIf(!nginx.takesPart)(
    "pulls a stream; its players have every frame of the source with its time",
    pull,
    async () => {
      const from = stage.server.log.length;
      const directive = `pull ${stage.url("cam")} name=cam static`;
      const relay = stage.keepPeer(await startNginx(stage.folder, { live: [directive] }));
      await stage.playing("cam", from);
      const player = stage.keep(listFrames(relay.streamUrl("live", "cam")));
      await relay.waitForText("play: name='cam'");
      const watcher = stage.keepClient(await playLive(relay.url, "cam"));
      await stage.publish(file, "cam").exited;
      const watched = await framesUntilLast(watcher, source);
      // It does not tell its players that the stream is over.
      await relay.stop();

      for (const got of [watched, await listedFrames(player)]) {
        for (const kind of frameKinds) {
          const expected = since(source.video[0]!.dts, source[kind]);
          expect(since(got.video[0]!.dts, got[kind])).toEqual(expected);
        }
      }
    },
  );

  const push = { meta: interop.live("nginx-rtmp", "push"), concurrent: true, timeout: 20_000 };
  test.skipIf(!nginx.takesPart)(
    "pushes a stream; our player has every frame of the source from when the relay began",
    push,
    async () => {
      const directive = `push ${stage.server.url}/live`;
      const relay = stage.keepPeer(await startNginx(stage.folder, { live: [directive] }));
      const player = await stage.play("pushed");
      const publisher = stage.keep(publishFile(file, relay.streamUrl("live", "pushed")));
      await publisher.exited;
      await stage.server.waitForLog({ msg: "publish ended", stream: "live/pushed", end: "lost" });

      const got = await framesUntilLast(player, source);
      for (const kind of frameKinds) {
        const place = placeOf(got[kind], source[kind]);
        expect(place).toBe(source[kind].length - got[kind].length);
        const missedMs = source[kind][place]!.dts - source[kind][0]!.dts;
        expect(missedMs).toBeLessThan(relayStartMs);
        expect(regressions(got[kind])).toEqual([]);
      }
      const clients = stage.server.log.map(({ client }) => client);
      expect(clients).toContain("LNX.11,1,102,55");
    },
  );
});
