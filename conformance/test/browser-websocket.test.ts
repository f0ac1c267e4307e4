/** RTMP over WebSocket in a browser: the pages of `examples/browser` publish to our server and play from it. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { coloursOf, ExamplePages, stateOf, waitForCount } from "../src/example-pages.ts";
import { decodeFrames, encodeTestVideo } from "../src/ffmpeg.ts";
import { interop } from "../src/interop/proof.ts";
import { Stage } from "../src/stage.ts";
import { optionalTool } from "../src/tools.ts";

const tool = optionalTool("chromium");

describe.skipIf(!tool.takesPart)(`pages in Chromium${tool.note}`, () => {
  let stage: Stage;
  let pages: ExamplePages;
  beforeAll(async () => {
    stage = await Stage.open();
    pages = await ExamplePages.open(tool.path);
  }, 30_000);
  afterAll(async () => {
    await pages?.close();
    await stage?.close();
  });

  const published = { meta: interop.live("chromium", "publish", "websocket"), timeout: 60_000 };
  test("publish H.264, and ffmpeg decodes every frame", published, async () => {
    const frames = 90;
    const page = await pages.publish(stage.url("page"), { withSound: false });
    await stage.server.waitForLog({ msg: "track", stream: "live/page", kind: "video" });
    const ffmpeg = stage.keep(decodeFrames(stage.url("page"), frames));
    expect(await ffmpeg.exited).toMatchObject({ code: 0 });
    expect(ffmpeg.stderr).toMatch(/Video: h264 \((Constrained )?Baseline\), yuvj?420p.*640x360/);
    expect(ffmpeg.stderr).not.toMatch(/error|corrupt|concealing|non-existing/i);
    const pictures = ffmpeg.stdout.split("\n").filter((line) => line.startsWith("0,"));
    expect(pictures).toHaveLength(frames);
    // The clock in the picture moves on in each of them.
    const hashes = pictures.map((line) => line.slice(line.lastIndexOf(",")));
    expect(new Set(hashes).size).toBeGreaterThan(frames * 0.9);

    const { error, counters } = await stateOf(page);
    expect(error).toBe("");
    expect(counters["frames"]).toBeGreaterThan(frames);
    await page.click("#stop");
    const end = { msg: "publish ended", stream: "live/page", end: "closed" };
    await stage.server.waitForLog(end);
    await page.close();
  });

  const played = { meta: interop.live("chromium", "play", "websocket"), timeout: 60_000 };
  test("play H.264 and AAC that ffmpeg publishes", played, async () => {
    const seconds = 6;
    const file = await encodeTestVideo(stage.folder, { seconds });
    const from = stage.server.log.length;
    const page = await pages.page("play", stage.url("cam"));
    await page.click("#start");
    await stage.playing("cam", from);
    const publisher = stage.publish(file, "cam");
    await waitForCount(page, "frames", 60);
    // The test picture of ffmpeg has all of them; a blank one has one.
    expect(await coloursOf(page)).toBeGreaterThan(50);
    expect(await publisher.exited).toMatchObject({ code: 0 });
    await page.waitForFunction(
      `document.getElementById("state").textContent === "The stream has ended."`,
    );
    const { error, counters } = await stateOf(page);
    expect(error).toBe("");
    // The last of them are cut off with what the page holds back.
    expect(counters["frames"]).toBeGreaterThan(seconds * 30 * 0.8);
    await page.close();
  });

  test(
    "publish with sound, and play each other with little delay",
    { meta: interop.live("chromium", "opus"), timeout: 60_000 },
    async () => {
      const publishing = await pages.publish(stage.url("both"), { withSound: true });
      await stage.server.waitForLog({ msg: "track", stream: "live/both", kind: "audio" });
      await waitForCount(publishing, "frames", 60);
      const playing = await pages.page("play", stage.url("both"));
      await playing.click("#start");
      await waitForCount(playing, "frames", 60);
      // Colour bars.
      expect(await coloursOf(playing)).toBeGreaterThanOrEqual(7);
      const { error, counters } = await stateOf(playing);
      expect(error).toBe("");
      expect(counters["latency ms"]).toBeGreaterThan(0);
      expect(counters["latency ms"]).toBeLessThan(2_000);
      await publishing.click("#stop");
      await Promise.all([publishing.close(), playing.close()]);
    },
  );

  test("say what is wrong", { timeout: 30_000 }, async () => {
    const page = await pages.publish("rtmp://127.0.0.1:1/live/cam", { withSound: false });
    await page.waitForSelector("#error:not([hidden])");
    expect(await stateOf(page)).toMatchObject({
      state: "Not connected.",
      error: "no WebSocket to ws://127.0.0.1:1/",
    });
    await page.close();
  });

  test("have no error in their scripts", () => {
    expect(pages.errors).toEqual([]);
  });
});
