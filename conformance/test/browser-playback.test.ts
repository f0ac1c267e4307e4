/** Enhanced RTMP in a browser: what our player gets of an AV1 stream plays in mpegts.js. */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";

import { encodeFlvFileHeader, encodeFlvTag, FlvTagType, readMediaPacket } from "@rtmp/flv";
import { connect } from "@rtmp/session";
import { dial } from "@rtmp/transport-node";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeAv1 } from "../src/av1-source.ts";
import { Stage } from "../src/stage.ts";
import { optionalTool } from "../src/tools.ts";

const seconds = 3;
const tool = optionalTool("chromium");

const page = `<!doctype html>
<video id="video" muted></video>
<script src="mpegts.js"></script>
<script>
  const player = mpegts.createPlayer({ type: "flv", url: "stream.flv" });
  player.on(mpegts.Events.ERROR, (...error) => (document.title = "error: " + error.join(" ")));
  player.attachMediaElement(document.getElementById("video"));
  player.load();
  player.play();
</script>`;

/** Publishes AV1 and returns as FLV what a player gets of it. */
async function played(stage: Stage): Promise<Uint8Array> {
  const tags = makeAv1(stage.folder, seconds);
  const playing = await connect(stage.url("av1"), { dial });
  const player = await playing.play();
  const publishing = await connect(stage.url("av1"), { dial });
  const publisher = await publishing.publish();
  for (const { type, timestamp, data } of tags) {
    publisher.send(readMediaPacket(type === FlvTagType.Video ? "video" : "audio", timestamp, data));
  }
  await publisher.drained();
  await publishing.close();

  const pieces = [encodeFlvFileHeader({ hasAudio: true, hasVideo: true })];
  for await (const { kind, timestamp, body } of player) {
    if (kind === "data") continue;
    const type = kind === "video" ? FlvTagType.Video : FlvTagType.Audio;
    pieces.push(encodeFlvTag({ type, timestamp, data: body }));
  }
  await playing.close();
  return Buffer.concat(pieces);
}

function serveFiles(
  files: Readonly<Record<string, [type: string, body: Uint8Array | string]>>,
): Server {
  return createServer(({ url = "" }, response) => {
    const [type, body] = files[url] ?? ["text/plain", ""];
    response.writeHead(url in files ? 200 : 404, { "Content-Type": type });
    response.end(body);
  });
}

describe.skipIf(!tool.takesPart)(`mpegts.js in Chromium${tool.note}`, () => {
  let stage: Stage;
  let browser: Browser;
  beforeAll(async () => {
    stage = await Stage.open();
    browser = await chromium.launch({
      ...(tool.path === undefined ? {} : { executablePath: tool.path }),
      args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
    });
  }, 30_000);
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });

  test("plays AV1 (libaom) and AAC: every frame is decoded", { timeout: 60_000 }, async () => {
    const script = createRequire(import.meta.url).resolve("mpegts.js/dist/mpegts.js");
    const server = serveFiles({
      "/": ["text/html", page],
      "/mpegts.js": ["text/javascript", readFileSync(script)],
      "/stream.flv": ["video/x-flv", await played(stage)],
      "/favicon.ico": ["image/x-icon", ""],
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const address = server.address();
      if (address === null || typeof address === "string") throw new TypeError("no port");
      const tab = await browser.newPage();
      await tab.goto(`http://127.0.0.1:${address.port}/`);
      await tab.waitForFunction(
        `document.getElementById("video").ended || document.getElementById("video").currentTime > ${seconds - 0.2}`,
        undefined,
        { timeout: 30_000 },
      );
      // Time passes also where nothing is decoded: only frames count.
      const quality = await tab.evaluate(
        `(({ totalVideoFrames, droppedVideoFrames }) => ({ totalVideoFrames, droppedVideoFrames }))(
          document.getElementById("video").getVideoPlaybackQuality())`,
      );
      expect(await tab.title()).toBe("");
      expect(quality).toMatchObject({ totalVideoFrames: expect.any(Number) });
      expect(Object(quality).totalVideoFrames).toBeGreaterThan(seconds * 30 * 0.9);
    } finally {
      server.close();
    }
  });
});
