/** Our client with servers of others: what it publishes there, and what it plays there. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { type MediaPacket, readFlvPackets } from "@rtmp/flv";
import { type ClientMedia, connect, type Player } from "@rtmp/session";
import { dial } from "@rtmp/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Child } from "../src/child.ts";
import { encodeTestVideo, listedFrames, listFrames, publishFile } from "../src/ffmpeg.ts";
import { type Frames, frameKinds, framesOf, isSame, since } from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import { nginx, startNginx } from "../src/nginx.ts";
import { startNodeMediaServer } from "../src/node-media-server.ts";
import type { PeerServer } from "../src/peer-server.ts";
import { framesUntilLast, playLive } from "../src/tcp-client.ts";

const servers = [
  {
    name: "nginx-rtmp",
    takesPart: nginx.takesPart,
    note: nginx.note,
    start: () => startNginx(folder, { live: [] }),
    saysPlay: "play: name='cam'",
    takes: interop.live("nginx-rtmp", "takes-publish"),
    serves: interop.live("nginx-rtmp", "serves-play"),
  },
  {
    name: "Node-Media-Server",
    takesPart: true,
    note: "",
    start: () => startNodeMediaServer(folder),
    saysPlay: "start play /live/cam",
    takes: interop.live("node-media-server", "takes-publish"),
    serves: interop.live("node-media-server", "serves-play"),
  },
];

let folder: string;
let file: string;
let source: Frames;
const children: Child[] = [];
const peers: PeerServer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rtmp-conformance-"));
  file = await encodeTestVideo(folder, { seconds: 4 });
  source = await listedFrames(listFrames(file));
}, 20_000);
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await Promise.allSettled(children.map((child) => child.exited));
  await Promise.all(peers.map((server) => server.stop()));
  await rm(folder, { recursive: true });
});

function keep(child: Child): Child {
  children.push(child);
  return child;
}

async function started(start: () => Promise<PeerServer>): Promise<PeerServer> {
  const server = await start();
  peers.push(server);
  return server;
}

/** Publishes the file with our client, at the speed of its timestamps, and closes in order. */
async function publishByClient(url: string): Promise<void> {
  const client = await connect(url, { dial });
  const publisher = await client.publish();
  const begin = performance.now();
  for (const packet of readFlvPackets(await readFile(file))) {
    await delay(packet.timestamp - (performance.now() - begin));
    publisher.send(packet);
  }
  await publisher.drained();
  await client.close();
}

/** What a player gets, as far as the last frames of the source. */
async function playedUntilLast(player: Player): Promise<ClientMedia[]> {
  const got: ClientMedia[] = [];
  const missing = new Set<(typeof frameKinds)[number]>(frameKinds);
  for await (const media of player) {
    got.push(media);
    for (const kind of frameKinds) {
      const isLast = framesIn([media])[kind].some((frame) => isSame(frame, source[kind].at(-1)));
      if (isLast) missing.delete(kind);
    }
    if (missing.size === 0) break;
  }
  return got;
}

function framesIn(media: readonly ClientMedia[]): Frames {
  const typeIds = { audio: 8, video: 9, data: 18 } as const;
  const messages = media.map(({ kind, timestamp, body }) => ({
    chunkStreamId: 4,
    messageStreamId: 1,
    typeId: typeIds[kind],
    timestamp,
    payload: body,
  }));
  return framesOf(messages);
}

/** Frames with their times counted from the first video frame. */
function fromFirstVideo({ video, audio }: Frames): Frames {
  const moment = video[0]?.dts ?? 0;
  return { video: since(moment, video), audio: since(moment, audio) };
}

/** The bodies of the audio and video of a file or a player. */
function bodies(media: Iterable<MediaPacket | ClientMedia>): string[] {
  return [...media]
    .filter(({ kind }) => kind !== "data")
    .map(({ kind, body }) => `${kind} ${Buffer.from(body).toString("hex")}`);
}

describe("our client", { concurrent: true }, () => {
  for (const { name, takesPart, note, start, saysPlay, takes, serves } of servers) {
    describe.skipIf(!takesPart)(`${name}${note}`, () => {
      const publishing = { meta: takes, timeout: 20_000 };
      test("gives its players every frame that our client publishes", publishing, async () => {
        const server = await started(start);
        const url = server.streamUrl("live", "cam");
        const player = keep(listFrames(url));
        await server.waitForText(saysPlay);
        const watcher = await playLive(server.url, "cam");
        await publishByClient(url);

        const watched = await framesUntilLast(watcher, source);
        expect(fromFirstVideo(watched)).toEqual(fromFirstVideo(source));
        // Neither server tells its players that the stream is over.
        await server.stop();
        expect(fromFirstVideo(await listedFrames(player))).toEqual(fromFirstVideo(source));
      });

      const playing = { meta: serves, timeout: 20_000 };
      test(
        "gives our client every message that ffmpeg publishes, bit for bit",
        playing,
        async () => {
          const server = await started(start);
          const url = server.streamUrl("live", "cam");
          const client = await connect(url, { dial });
          const got = playedUntilLast(await client.play());
          await server.waitForText(saysPlay);
          expect(await keep(publishFile(file, url)).exited).toEqual({ code: 0, signal: null });

          const played = await got;
          expect(fromFirstVideo(framesIn(played))).toEqual(fromFirstVideo(source));
          const sent = new Set(bodies(readFlvPackets(await readFile(file))));
          expect(bodies(played).filter((body) => !sent.has(body))).toEqual([]);
          await client.close();
        },
      );
    });
  }
});
