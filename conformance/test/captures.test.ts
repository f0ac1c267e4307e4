import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";

import { MessageTypeId } from "@rtmp/chunk";
import type { ReceivedMessage } from "@rtmp/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { interop } from "../src/interop/proof.ts";
import { Stage } from "../src/stage.ts";
import { openSocket } from "../src/tcp-client.ts";

const folder = new URL("../../packages/testing/fixtures/captures/", import.meta.url);
// About what one read of a socket brings.
const pieceBytes = 1_400;

/** What is compared of an audio or video message. */
interface MediaSummary {
  readonly typeId: number;
  readonly timestamp: number;
  readonly length: number;
  readonly sha1: string;
}

/** One message of a capture's list. */
interface CapturedMessage extends MediaSummary {
  readonly dir: "c2s" | "s2c";
}

/** The bytes of a publisher, and its audio and video messages. */
interface Capture {
  readonly bytes: Uint8Array;
  readonly media: readonly MediaSummary[];
}

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** Sends a capture in pieces, each once the server has taken the one before, and ends the connection. */
async function replay(bytes: Uint8Array): Promise<void> {
  const socket = await openSocket(stage.server.url);
  socket.resume();
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
    socket.write(bytes.subarray(offset, offset + pieceBytes));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  socket.end();
  await once(socket, "close");
}

async function readCapture(name: string): Promise<Capture> {
  const bytes = await readFile(new URL(`${name}.c2s.bin`, folder));
  const list: CapturedMessage[] = JSON.parse(
    await readFile(new URL(`${name}.messages.json`, folder), "utf8"),
  );
  const isMedia = ({ dir, typeId }: CapturedMessage): boolean =>
    dir === "c2s" && (typeId === MessageTypeId.Audio || typeId === MessageTypeId.Video);
  const media = list
    .filter(isMedia)
    .map(({ typeId, timestamp, length, sha1 }) => ({ typeId, timestamp, length, sha1 }));
  return { bytes, media };
}

function summary({ typeId, timestamp, payload }: ReceivedMessage): MediaSummary {
  const sha1 = createHash("sha1").update(payload).digest("hex");
  return { typeId, timestamp, length: payload.length, sha1 };
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
        const { bytes, media } = await readCapture(capture);
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
