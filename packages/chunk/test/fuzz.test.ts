import { readFileSync } from "node:fs";

import { ChunkError, ChunkWriter } from "@rtmp/chunk";
import { hex, randomSplit, seededBytes, seededRandom } from "@rtmp/testing";
import { expect, test } from "vitest";

import { type Reading, readPieces } from "./reading.ts";
import { chunkVectors, ffmpegConnect, obsPublisher } from "./vectors.ts";

const limits = {
  maxMessageBytes: 1 << 16,
  maxChunkStreams: 12,
  maxPartialMessages: 5,
  maxPartialBytes: 20_000,
};

const capture = new Uint8Array(
  readFileSync(
    new URL("../../testing/fixtures/captures/gstreamer-play-h264-aac.s2c.bin", import.meta.url),
  ),
).subarray(3073, 5000);
const seeds = [...chunkVectors, ffmpegConnect, obsPublisher]
  .map((vector) => vector.bytes)
  .concat(capture.subarray(0, 900));

/** Changes, drops, doubles or inserts some bytes of a session. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const below = (limit: number) => Math.floor(random() * limit);
  let mutated = [...bytes];
  const changes = 1 + below(6);
  for (let i = 0; i < changes; i++) {
    const at = below(mutated.length + 1);
    const kind = below(5);
    if (kind === 0) mutated[Math.min(at, mutated.length - 1)] = below(256);
    else if (kind === 1) mutated.splice(at, 1 + below(8));
    else if (kind === 2) mutated.splice(at, 0, ...seededBytes(random, 1 + below(8)));
    else if (kind === 3) mutated.splice(at, 0, ...mutated.slice(at, at + below(200)));
    else mutated = mutated.slice(0, Math.max(at, 1));
    if (mutated.length === 0) mutated = [0];
  }
  return Uint8Array.from(mutated);
}

function outcome({ messages, dropped, error }: Reading): string {
  return JSON.stringify([messages, dropped, String(error)]);
}

function check(bytes: Uint8Array, random: () => number): boolean {
  const whole = readPieces([bytes], "take", limits);
  if (whole.error !== undefined && !(whole.error instanceof ChunkError)) throw whole.error;
  const pieces = randomSplit(bytes, random, 1 + Math.floor(random() * 100));
  const split = readPieces(pieces, random() < 0.5 ? "view" : "reuse", limits);
  expect(outcome(split)).toBe(outcome(whole));
  expect(whole.pool.lentBuffers).toBeLessThanOrEqual(limits.maxPartialMessages + 1);

  const writer = new ChunkWriter();
  for (const message of whole.messages) {
    writer.write({ ...message, payload: new Uint8Array(Buffer.from(message.payload, "hex")) });
  }
  return whole.error === undefined;
}

test("10000 mutated sessions: nothing but ChunkError, and the split never matters", () => {
  const random = seededRandom(1111);
  let accepted = 0;
  for (let i = 0; i < 10_000; i++) {
    const seed = seeds[i % seeds.length] ?? obsPublisher.bytes;
    if (check(mutate(seed, random), random)) accepted++;
  }
  expect(accepted).toBeGreaterThan(1000);
  expect(accepted).toBeLessThan(9000);
}, 20_000);

test("2000 inputs of random bytes, in small chunks", () => {
  const random = seededRandom(2222);
  const small = hex("02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 02");
  let accepted = 0;
  for (let i = 0; i < 2000; i++) {
    const noise = seededBytes(random, Math.floor(random() * 200)).map((byte) =>
      // Mostly few chunk streams, short lengths and extended timestamps.
      random() < 0.5 ? byte & 0xc3 : random() < 0.3 ? 0xff : byte,
    );
    if (check(new Uint8Array([...small, ...noise]), random)) accepted++;
  }
  expect(accepted).toBeGreaterThan(50);
}, 20_000);
