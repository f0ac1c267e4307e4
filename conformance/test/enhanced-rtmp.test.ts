/**
 * Enhanced RTMP from end to end: FLV of real encoders' frames, published by our client, through the server, played by our
 * client, and decoded.
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import {
  encodeFlvFileHeader,
  encodeFlvTag,
  type FlvTag,
  FlvTagReader,
  FlvTagType,
  type MediaFrame,
  type MediaPacket,
  readMediaPacket,
} from "@rtmp/flv";
import { type ClientMedia, connect, type Player, type RtmpClient } from "@rtmp/session";
import { dial } from "@rtmp/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readCapturedPublisher } from "../src/captured-publisher.ts";
import { toElementary } from "../src/elementary-stream.ts";
import { interop } from "../src/interop/proof.ts";
import { Stage } from "../src/stage.ts";
import { findFfmpeg } from "../src/tools.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** A stream made of what captured publishers sent: the video of one, the audio of one; both in order of time. */
function flvOf(video: string, audio: string): Uint8Array {
  const tags = [...tagsOf(video, FlvTagType.Video), ...tagsOf(audio, FlvTagType.Audio)].toSorted(
    (a, b) => a.timestamp - b.timestamp,
  );
  const header = encodeFlvFileHeader({ hasAudio: true, hasVideo: true });
  return Buffer.concat([header, ...tags.map((tag) => encodeFlvTag(tag))]);
}

function tagsOf(capture: string, type: FlvTag["type"]): FlvTag[] {
  return readCapturedPublisher(capture)
    .sent.filter(({ typeId }) => typeId === type)
    .map(({ timestamp, payload }) => ({ type, timestamp, data: payload }));
}

/** The packets of an FLV file. */
function packetsOf(flv: Uint8Array): MediaPacket[] {
  const packets: MediaPacket[] = [];
  new FlvTagReader().push(flv, ({ type, timestamp, data }) => {
    const kind = type === FlvTagType.Video ? "video" : "audio";
    packets.push(readMediaPacket(kind, timestamp, data));
  });
  return packets;
}

const streams = [
  {
    name: "hevc-opus",
    what: "HEVC and Opus",
    flv: flvOf("ffmpeg8-publish-hevc-aac", "ffmpeg8-publish-av1-opus"),
    tracks: ["video 0 hvc1", "audio 0 Opus"],
  },
  {
    name: "av1-aac",
    what: "AV1 and AAC",
    flv: flvOf("ffmpeg8-publish-av1-opus", "ffmpeg8-publish-hevc-aac"),
    tracks: ["video 0 av01", "audio 0 mp4a"],
  },
  {
    name: "two-tracks",
    what: "two tracks each of video and audio, H.264 and HEVC, AAC and Opus",
    flv: flvOf(
      "ffmpeg8-publish-multitrack-h264-hevc-aac-opus",
      "ffmpeg8-publish-multitrack-h264-hevc-aac-opus",
    ),
    tracks: ["video 0 avc1", "video 1 hvc1", "audio 0 mp4a", "audio 1 Opus"],
  },
];

const line = ({ kind, timestamp, body }: ClientMedia): string =>
  `${kind} ${timestamp} ${body.length} ${createHash("sha1").update(body).digest("hex")}`;

/** What a player got besides data, as lines; ends with the stream. */
async function record(player: Player): Promise<ClientMedia[]> {
  const got: ClientMedia[] = [];
  for await (const media of player) if (media.kind !== "data") got.push(media);
  return got;
}

function client(name: string): Promise<RtmpClient> {
  return connect(stage.url(name), { dial });
}

/** Whether a decoder of the default tracks can start with a packet. */
function isGopStart(frames: readonly MediaFrame[]): boolean {
  return frames.some(({ track, keyframe }) => track === 0 && keyframe);
}

/** Of which tracks there are sequence starts among the messages. */
function configured(got: readonly ClientMedia[]): string[] {
  return got.flatMap((media) =>
    framesOf(media)
      .filter(({ role }) => role === "sequence-start")
      .map(({ track, codec }) => `${media.kind} ${track} ${codec}`),
  );
}

function framesOf({ kind, timestamp, body }: ClientMedia): readonly MediaFrame[] {
  return kind === "data" ? [] : readMediaPacket(kind, timestamp, body).frames;
}

describe.each(streams)("$what", ({ name, flv, tracks }) => {
  test(
    "arrive bit-identical at a player that waited; a late one gets each sequence start and the GOP",
    {
      meta: interop.live("client", "publish", "play", "join", "hevc", "av1", "opus", "multitrack"),
    },
    async () => {
      const packets = packetsOf(flv);
      const early = await client(name);
      const all = record(await early.play(undefined, { follow: false }));
      const publishing = await client(name);
      const publisher = await publishing.publish();

      const half = Math.floor(packets.length * 0.6);
      for (const packet of packets.slice(0, half)) publisher.send(packet);
      await publisher.drained();
      // What was sent is at the hub once a call behind it is answered.
      await publishing.call("nothing").catch(() => {});

      const late = await client(name);
      const rest = record(await late.play());
      for (const packet of packets.slice(half)) publisher.send(packet);
      await publisher.drained();
      await publishing.close();

      played.set(name, await all);
      const first = packets.findIndex(({ frames }) => isGopStart(frames));
      const from = packets.slice(0, half).findLastIndex(({ frames }) => isGopStart(frames));
      for (const [got, index] of [
        [await all, first],
        [await rest, from],
      ] as const) {
        const expected = packets.slice(index).map(line);
        expect(got.slice(-expected.length).map(line)).toEqual(expected);
        // Each track's configuration came once, and nothing that a decoder cannot start with in front of the keyframe.
        expect(configured(got).toSorted()).toEqual(tracks.toSorted());
        const front = got.slice(0, -expected.length).flatMap(framesOf);
        expect(front.some(({ role }) => role === "coded-frames")).toBe(false);
      }
      await early.close();
      await late.close();
    },
  );
});

/** What the players that waited got, by the name of the stream. */
const played = new Map<string, ClientMedia[]>();

/** The frames of a video track that was played, one behind the other. */
function elementaryStream(name: string, track: number): Uint8Array {
  const frames = (played.get(name) ?? [])
    .filter(({ kind }) => kind === "video")
    .flatMap(framesOf)
    .filter((frame) => frame.track === track);
  return Buffer.concat(frames.flatMap(toElementary));
}

describe("ffmpeg decodes what was played", () => {
  test.each([
    ["hevc-opus", 0, "hevc", "160,90"],
    ["av1-aac", 0, "obu", "160,90"],
    ["two-tracks", 0, "h264", "160,90"],
    ["two-tracks", 1, "hevc", "96,54"],
  ])("video of %s, track %d (%s)", (name, track, format, size) => {
    const file = join(stage.folder, `${name}-${track}.${format}`);
    writeFileSync(file, elementaryStream(name, track));
    const ffmpeg = findFfmpeg();
    const { stderr, status } = spawnSync(
      ffmpeg,
      ["-v", "info", "-f", format, "-i", file, "-f", "null", "-"],
      { encoding: "utf8", timeout: 30_000 },
    );
    expect(stderr).toContain(size.replace(",", "x"));
    expect(status).toBe(0);
    const decoded = [...stderr.matchAll(/frame=\s*(\d+)/g)].at(-1)?.[1];
    expect(Number(decoded)).toBeGreaterThan(40);
  });
});
