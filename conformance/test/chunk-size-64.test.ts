import { EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ChunkReader, MessageTypeId } from "@rtmp/chunk";
import { StreamHub } from "@rtmp/hub";
import { serve } from "@rtmp/relay";
import { listenTcp, type TcpListener } from "@rtmp/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { encodeTestVideo, listedFrames, listFrames, publishFile } from "../src/ffmpeg.ts";
import { type Frames, frameKinds, placeOf, regressions } from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import { TappedTransport } from "../src/tapped-transport.ts";

const chunkSize = 64;
const handshakeBytes = 3_073;
const longestHeaderBytes = 12;

/** What one direction of a connection holds. */
interface Direction {
  /** The chunk size that was in force for each audio and video message. */
  readonly sizes: readonly number[];
  /** Audio and video messages longer than a chunk. */
  readonly longMessages: number;
  /** Bytes that are neither payload nor the longest header of each message: those of further chunks. */
  readonly furtherHeaderBytes: number;
}

let folder: string;
let listener: TcpListener;
const connections: TappedTransport[] = [];
let source: Frames;
let got: Frames;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rtmp-conformance-"));
  const hub = new StreamHub();
  const events = new EventEmitter();
  const playing = once(events, "play");
  listener = await listenTcp({ port: 0 }, (transport) => {
    const tapped = new TappedTransport(transport);
    connections.push(tapped);
    serve(tapped, { hub, chunkSize, observer: { onPlay: () => events.emit("play") } });
  });

  const file = await encodeTestVideo(folder, { seconds: 3 });
  source = await listedFrames(listFrames(file));
  const player = listFrames(`${listener.url}/live/small`);
  await playing;
  const publisher = publishFile(file, `${listener.url}/live/small`);
  got = await listedFrames(player);
  await publisher.exited;
}, 30_000);

afterAll(async () => {
  for (const connection of connections) connection.close(0);
  await listener.close();
  await rm(folder, { recursive: true });
});

/** Reads a direction; what is cut otherwise than announced cannot be read. */
function read(pieces: readonly Uint8Array[]): Direction {
  const bytes = new Uint8Array(Buffer.concat(pieces)).subarray(handshakeBytes);
  const sizes: number[] = [];
  let longMessages = 0;
  let furtherHeaderBytes = bytes.length;
  const reader = new ChunkReader({ reuseInput: true });
  reader.push(bytes, ({ typeId, payload }) => {
    furtherHeaderBytes -= longestHeaderBytes + payload.length;
    if (typeId !== MessageTypeId.Audio && typeId !== MessageTypeId.Video) return;
    sizes.push(reader.chunkSize);
    if (payload.length > chunkSize) longMessages++;
  });
  return { sizes, longMessages, furtherHeaderBytes };
}

const meta = interop.live("ffmpeg", "chunk-size");

describe("RTMP §5.4.1 a server that announces a chunk size of 64", { meta }, () => {
  test("gets chunks of 64 bytes from ffmpeg", () => {
    const { sizes, longMessages, furtherHeaderBytes } = read(connections[1]!.received);
    expect(new Set(sizes)).toEqual(new Set([64]));
    expect(longMessages).toBeGreaterThan(80);
    expect(furtherHeaderBytes).toBeGreaterThan(longMessages);
  });

  test("sends chunks of 64 bytes to ffmpeg", () => {
    const { sizes, longMessages, furtherHeaderBytes } = read(connections[0]!.sent);
    expect(new Set(sizes)).toEqual(new Set([64]));
    expect(longMessages).toBeGreaterThan(80);
    expect(furtherHeaderBytes).toBeGreaterThan(longMessages);
  });

  test("loses no frame", () => {
    for (const kind of frameKinds) {
      expect(placeOf(got[kind], source[kind])).toBe(0);
      expect(got[kind]).toHaveLength(source[kind].length);
      expect(regressions(got[kind])).toEqual([]);
    }
  });
});
