/** RTMP in HTTP tunnels on the server's RTMP port: straight, through TLS, and through a proxy that buffers. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type MediaPacket, readFlvPackets } from "@rtmp/flv";
import { connect } from "@rtmp/session";
import { createDial } from "@rtmp/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Child } from "../src/child.ts";
import { encodeTestVideo, listedFrames, listFrames, publishFile } from "../src/ffmpeg.ts";
import { findFlvRecorders } from "../src/flv-recorder.ts";
import { type Frames, frameKinds, placeOf, since } from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import { nginx, startHttpProxy } from "../src/nginx.ts";
import { Stage } from "../src/stage.ts";
import { linesOf, playWhole } from "../src/whole-play.ts";

// The server's certificate is made for the run.
const dial = createDial({ tls: { verify: false } });
const recorders = findFlvRecorders().filter(({ name }) => name === "rtmpdump");

let stage: Stage;
let file: string;
let source: Frames;
let packets: MediaPacket[];
let proxy: string;

beforeAll(async () => {
  stage = await Stage.open("--tls-dev", "--log-level", "debug");
  file = await encodeTestVideo(stage.folder, { seconds: 2 });
  source = await listedFrames(listFrames(file));
  packets = [...readFlvPackets(await readFile(file))];
  if (nginx.path === undefined) return;
  proxy = stage.keepPeer(await startHttpProxy(stage.folder, stage.server.url)).url;
}, 30_000);
afterAll(() => stage.close());

const ways = [
  { scheme: "rtmpt", way: "straight", takesPart: true, note: "", base: () => stage.server.url },
  { scheme: "rtmpts", way: "through TLS", takesPart: true, note: "", base: () => stage.server.url },
  {
    scheme: "rtmpt",
    way: "through nginx, which buffers",
    takesPart: nginx.takesPart,
    note: nginx.note,
    base: () => proxy,
  },
];

/** Waits until somebody plays a stream that came by a scheme. */
async function played(name: string, scheme: string, play: (url: string) => Child): Promise<Child> {
  const from = stage.server.log.length;
  const child = stage.keep(play(name));
  await stage.playing(name, from);
  await stage.server.waitForLog({ msg: "connection opened", scheme }, { from });
  return child;
}

describe("a tunnel", { concurrent: true }, () => {
  for (const [index, { scheme, way, takesPart, note, base }] of ways.entries()) {
    const urlOf = (name: string): string => base().replace(/^rtmp/, scheme) + `/live/${name}`;

    describe.skipIf(!takesPart)(`${scheme} ${way}${note}`, () => {
      const byFfmpeg = { meta: interop.live("ffmpeg", "rtmpt"), timeout: 30_000 };
      test("carries what ffmpeg publishes to ffmpeg, bit for bit", byFfmpeg, async () => {
        const name = `ffmpeg${index}`;
        const player = await played(name, scheme, () => listFrames(urlOf(name)));
        expect(await stage.keep(publishFile(file, urlOf(name))).exited).toMatchObject({ code: 0 });
        await stage.endLost(name);
        expect(await listedFrames(player)).toEqual(source);
      });

      const byClient = { meta: interop.live("client", "rtmpt"), timeout: 30_000 };
      test("carries what our client publishes to our client, bit for bit", byClient, async () => {
        const name = `client${index}`;
        const rest = await playWhole(urlOf(name), dial);
        const client = await connect(urlOf(name), { dial });
        const publisher = await client.publish();
        for (const packet of packets) publisher.send(packet);
        await publisher.drained();
        await client.close();
        expect(await rest()).toEqual(linesOf(packets));
      });

      for (const recorder of scheme === "rtmpt" ? recorders : []) {
        test.skipIf(!recorder.takesPart)(
          `carries what ffmpeg publishes to rtmpdump, bit for bit${recorder.note}`,
          { meta: interop.live("rtmpdump", "rtmpt"), timeout: 30_000 },
          async () => {
            const name = `rtmpdump${index}`;
            const recording = join(stage.folder, `${name}.flv`);
            const player = await played(name, scheme, () => recorder.start(urlOf(name), recording));
            await stage.keep(publishFile(file, urlOf(name))).exited;
            await stage.endLost(name);
            await player.exited;
            const recorded = await listedFrames(listFrames(recording));
            for (const kind of frameKinds) {
              expect(placeOf(recorded[kind], source[kind])).toBe(0);
              expect(recorded[kind]).toHaveLength(source[kind].length);
              const expected = since(source.video[0]!.dts, source[kind]);
              expect(since(recorded.video[0]!.dts, recorded[kind])).toEqual(expected);
            }
          },
        );
      }
    });
  }
});
