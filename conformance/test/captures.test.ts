import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";

import { ChunkReader, MessageTypeId } from "@rtmp/chunk";
import type { ReceivedMessage } from "@rtmp/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { captureFolder, readCapturedPublisher } from "../src/captured-publisher.ts";
import { interop } from "../src/interop/proof.ts";
import { Stage } from "../src/stage.ts";
import { openSocket, publishLive } from "../src/tcp-client.ts";

// About what one read of a socket brings.
const pieceBytes = 1_400;
const handshakeBytes = 3_073;
const goodbyeBytes = 8;

/** What is compared of an audio or video message. */
interface MediaSummary {
  readonly typeId: number;
  readonly timestamp: number;
  readonly length: number;
  readonly sha1: string;
}

/** An audio or video message. */
type Media = Pick<ReceivedMessage, "typeId" | "timestamp" | "payload">;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** Sends a capture in pieces, each once the server has taken the one before. */
async function sendSlowly(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
    socket.write(bytes.subarray(offset, offset + pieceBytes));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Sends the capture of a publisher and ends the connection. */
async function replay(bytes: Uint8Array): Promise<void> {
  const socket = await openSocket(stage.server.url);
  socket.resume();
  await sendSlowly(socket, bytes);
  socket.end();
  await once(socket, "close");
}

function isMedia({ typeId }: Media): boolean {
  return typeId === MessageTypeId.Audio || typeId === MessageTypeId.Video;
}

function summary({ typeId, timestamp, payload }: Media): MediaSummary {
  const sha1 = createHash("sha1").update(payload).digest("hex");
  return { typeId, timestamp, length: payload.length, sha1 };
}

/** The audio and video that a server sent, out of the bytes of its whole direction. */
function mediaIn(bytes: Uint8Array): MediaSummary[] {
  const media: MediaSummary[] = [];
  const onMessage = (message: Media): void => {
    if (isMedia(message)) media.push(summary(message));
  };
  new ChunkReader({ reuseInput: true }).push(bytes.subarray(handshakeBytes), onMessage);
  return media;
}

const publishers = [
  {
    capture: "obs-publish-h264-aac",
    name: "obs",
    keyframeBytes: 1_774,
    meta: interop.capture("obs", "publish"),
  },
  {
    capture: "ffmpeg8-publish-hevc-aac",
    name: "hevc",
    keyframeBytes: 1_821,
    meta: interop.capture("ffmpeg-8", "publish", "hevc"),
  },
  {
    capture: "ffmpeg8-publish-av1-opus",
    name: "av1",
    keyframeBytes: 2_298,
    meta: interop.capture("ffmpeg-8", "av1", "opus"),
  },
  {
    capture: "ffmpeg8-publish-vp9-opus",
    name: "vp9",
    keyframeBytes: 3_788,
    meta: interop.capture("ffmpeg-8", "vp9", "opus"),
  },
  {
    capture: "ffmpeg8-publish-h264-flac",
    name: "a-flac",
    keyframeBytes: 2_376,
    meta: interop.capture("ffmpeg-8", "flac"),
  },
  {
    capture: "ffmpeg8-publish-h264-ac3",
    name: "a-ac3",
    keyframeBytes: 2_376,
    meta: interop.capture("ffmpeg-8", "ac3"),
  },
  {
    capture: "ffmpeg8-publish-multitrack-h264-hevc-aac-opus",
    name: "mt2",
    keyframeBytes: 2_194,
    meta: interop.capture("ffmpeg-8", "multitrack"),
  },
  {
    capture: "gstreamer-publish-h264-aac",
    name: "gst",
    keyframeBytes: 2_070,
    meta: interop.capture("gstreamer", "publish"),
  },
  {
    capture: "nginx-push-h264-aac",
    name: "relayed",
    keyframeBytes: 2_288,
    meta: interop.capture("nginx-rtmp", "push"),
  },
];

describe("a publisher as it was on the wire", () => {
  for (const { capture, name, keyframeBytes, meta } of publishers) {
    test(
      `${capture}: from its first keyframe on all media is passed on unchanged`,
      { meta },
      async () => {
        const { bytes, sent } = readCapturedPublisher(capture);
        const media = sent.filter(isMedia).map(summary);
        const first = media.findIndex(({ length }) => length === keyframeBytes);
        const expected = media.slice(first);
        expect(expected[0]).toMatchObject({ typeId: MessageTypeId.Video, length: keyframeBytes });

        const player = await stage.play(name);
        await replay(bytes);
        await stage.server.waitForLog({ msg: "publish ended", stream: `live/${name}` });
        const fromKeyframe = (): ReceivedMessage[] => {
          const got = player.media();
          return got.slice(got.findIndex(({ payload }) => payload.length === keyframeBytes));
        };
        await player.waitFor(() => fromKeyframe().length >= expected.length);

        expect(fromKeyframe().map(summary)).toEqual(expected);
        const problems = stage.server.log.filter(({ level }) => level === "warn");
        expect(problems).toEqual([]);
      },
    );
  }
});

describe("a player as it was on the wire", () => {
  const meta = interop.capture("ffmpeg-8", "play");
  test(
    "ffmpeg8-play-multitrack-before-publish: is given every track that is published",
    { meta },
    async () => {
      const capture = "ffmpeg8-publish-multitrack-h264-hevc-aac-opus";
      const media = readCapturedPublisher(capture).sent.filter(isMedia);
      const url = new URL("ffmpeg8-play-multitrack-before-publish.c2s.bin", captureFolder);
      const socket = await openSocket(stage.server.url);
      const answered: Buffer[] = [];
      socket.on("data", (piece) => answered.push(piece));
      const from = stage.server.log.length;
      // Without the goodbye, of which it has only the beginning.
      await sendSlowly(socket, (await readFile(url)).subarray(0, -goodbyeBytes));
      await stage.playing("early", from);

      const publisher = stage.keepClient(await publishLive(stage.server.url, "early"));
      publisher.send(
        ...media.map((message) => ({ ...message, chunkStreamId: 6, messageStreamId: 1 })),
      );
      const got = (): MediaSummary[] => mediaIn(Buffer.concat(answered));
      await expect
        .poll(() => got().length, { timeout: 5_000 })
        .toBeGreaterThanOrEqual(media.length);
      socket.destroy();

      const expected = media.map(summary);
      expect(got().slice(-expected.length)).toEqual(expected);
    },
  );
});
