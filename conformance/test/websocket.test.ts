/** RTMP over WebSocket on the server's RTMP port, from a client that is no browser. */

import { readFile } from "node:fs/promises";

import { readFlvPackets } from "@rtmp/flv";
import { type ClientMedia, connect, type Dial } from "@rtmp/session";
import { dialWebSocket } from "@rtmp/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { encodeTestVideo, listedFrames, listFrames } from "../src/ffmpeg.ts";
import type { Frames } from "../src/frames.ts";
import { Stage } from "../src/stage.ts";

const dial: Dial = ({ host, port }) => dialWebSocket({ host, port });

let stage: Stage;
let file: string;
let source: Frames;
beforeAll(async () => {
  stage = await Stage.open();
  file = await encodeTestVideo(stage.folder, { seconds: 3 });
  source = await listedFrames(listFrames(file));
}, 30_000);
afterAll(() => stage.close());

/** Plays a stream over WebSocket to its end. */
async function playAll(name: string): Promise<() => Promise<ClientMedia[]>> {
  const client = await connect(stage.url(name), { dial });
  const player = await client.play();
  return async () => {
    const media: ClientMedia[] = [];
    for await (const message of player) {
      if (message.kind !== "data") media.push(message);
    }
    await client.close();
    return media;
  };
}

function linesOf(media: readonly ClientMedia[]): string[] {
  return media.map(({ kind, timestamp, body }) => {
    return `${kind} ${timestamp} ${Buffer.from(body).toString("base64")}`;
  });
}

describe("RTMP over WebSocket", () => {
  test("carries what a client publishes to players of both kinds, bit for bit", async () => {
    const ffmpeg = await stage.list("published");
    const rest = await playAll("published");
    const packets = [...readFlvPackets(await readFile(file))];
    const client = await connect(stage.url("published"), { dial });
    const publisher = await client.publish();
    for (const packet of packets) publisher.send(packet);
    await publisher.drained();
    await client.close();

    expect(await listedFrames(ffmpeg)).toEqual(source);
    const sent = packets.filter(({ kind }) => kind !== "data");
    expect(linesOf(await rest())).toEqual(linesOf(sent));
  });

  test("carries what ffmpeg publishes by TCP", async () => {
    const rest = await playAll("taken");
    const publisher = stage.publish(file, "taken");
    expect(await publisher.exited).toMatchObject({ code: 0 });
    const media = await rest();
    // Besides the frames there is a configuration of each codec.
    const video = media.filter(({ kind }) => kind === "video").length;
    const audio = media.filter(({ kind }) => kind === "audio").length;
    expect(video).toBeGreaterThanOrEqual(source.video.length + 1);
    expect(audio).toBeGreaterThanOrEqual(source.audio.length + 1);
  });
});
