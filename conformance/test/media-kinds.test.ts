import { afterAll, beforeAll, expect, test } from "vitest";

import { encodeTestVideo, listedFrames, listFrames } from "../src/ffmpeg.ts";
import { frameKinds, placeOf, regressions } from "../src/frames.ts";
import { Stage } from "../src/stage.ts";

let stage: Stage;
let file: string;
beforeAll(async () => {
  stage = await Stage.open();
  file = await encodeTestVideo(stage.folder, { seconds: 3 });
});
afterAll(() => stage.close());

test.concurrent.each(["audio", "video"] as const)(
  "every frame of a stream of %s alone reaches the player",
  async (kind) => {
    const source = await listedFrames(listFrames(file, kind));
    const player = await stage.list(kind);
    const publisher = stage.publish(file, kind, kind);
    const got = await listedFrames(player);
    expect(await publisher.exited).toEqual({ code: 0, signal: null });

    expect(frameKinds.filter((present) => got[present].length > 0)).toEqual([kind]);
    expect(placeOf(got[kind], source[kind])).toBe(0);
    expect(got[kind]).toHaveLength(source[kind].length);
    expect(regressions(got[kind])).toEqual([]);
  },
  30_000,
);
