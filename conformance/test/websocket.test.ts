/** RTMP over WebSocket on the server's RTMP port, from a client that is no browser. */

import { readFile } from "node:fs/promises";

import { readFlvPackets } from "@rtmp/flv";
import { connect, type Dial } from "@rtmp/session";
import { dialWebSocket } from "@rtmp/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { encodeTestVideo, listedFrames, listFrames } from "../src/ffmpeg.ts";
import { frameKinds, type Frames } from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import { Stage } from "../src/stage.ts";
import { linesOf, playWhole } from "../src/whole-play.ts";

const dial: Dial = ({ host, port }) => dialWebSocket({ host, port });

let stage: Stage;
let file: string;
let source: Frames;
beforeAll(async () => {
  stage = await Stage.open();
  file = await encodeTestVideo(stage.folder, { seconds: 2 });
  source = await listedFrames(listFrames(file));
}, 30_000);
afterAll(() => stage.close());

describe("RTMP over WebSocket", () => {
  const byClient = { meta: interop.live("client", "websocket") };
  test(
    "carries what a client publishes to players of both kinds, bit for bit",
    byClient,
    async () => {
      const ffmpeg = await stage.list("published");
      const rest = await playWhole(stage.url("published"), dial);
      const packets = [...readFlvPackets(await readFile(file))];
      const client = await connect(stage.url("published"), { dial });
      const publisher = await client.publish();
      for (const packet of packets) publisher.send(packet);
      await publisher.drained();
      await client.close();

      expect(await listedFrames(ffmpeg)).toEqual(source);
      expect(await rest()).toEqual(linesOf(packets));
    },
  );

  test("carries what ffmpeg publishes by TCP", async () => {
    const rest = await playWhole(stage.url("taken"), dial);
    const publisher = stage.publish(file, "taken");
    expect(await publisher.exited).toMatchObject({ code: 0 });
    const lines = await rest();
    for (const kind of frameKinds) {
      // Besides the frames there is a configuration of each codec.
      const count = lines.filter((line) => line.startsWith(kind)).length;
      expect(count).toBeGreaterThanOrEqual(source[kind].length + 1);
    }
  });
});
