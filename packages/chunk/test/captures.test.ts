import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

import { ChunkReader, ChunkWriter, PoisoningBufferPool } from "@rtmp/chunk";
import { byteByByte, randomSplit, seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { readAll, readPieces } from "./reading.ts";

const folder = new URL("../../testing/fixtures/captures/", import.meta.url);
const handshakeBytes = 3073;

// Sessions that are read byte by byte; the others would take too long.
const smallBytes = 1500;

interface Listed {
  readonly csid: number;
  readonly typeId: number;
  readonly msid: number;
  readonly timestamp: number;
  readonly length: number;
  readonly sha1: string;
}

const directions = readdirSync(folder)
  .filter((file) => file.endsWith(".bin"))
  .map((file) => ({ file, name: file.slice(0, -8), dir: file.slice(-7, -4) }));

function load(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, folder))).subarray(handshakeBytes);
}

function listing(name: string, dir: string): Listed[] {
  const text = readFileSync(new URL(`${name}.messages.json`, folder), "utf8");
  const all: (Listed & { readonly dir: string })[] = JSON.parse(text);
  return all
    .filter((entry) => entry.dir === dir)
    .map(({ csid, typeId, msid, timestamp, length, sha1 }) => {
      return { csid, typeId, msid, timestamp, length, sha1 };
    });
}

/** Decodes the pieces into the form of a listing; half of the payloads are taken. */
function decode(pieces: readonly Uint8Array[], reuseInput: boolean): Listed[] {
  const pool = new PoisoningBufferPool();
  const reader = new ChunkReader({ pool, reuseInput });
  const messages: { entry: Omit<Listed, "sha1">; sha1: string; taken: Uint8Array | undefined }[] =
    [];
  for (const piece of pieces) {
    const input = piece.slice();
    reader.push(input, (message) => {
      const taken = messages.length % 2 === 0 ? message.take() : undefined;
      const sha1 = createHash("sha1").update(message.payload).digest("hex");
      const { chunkStreamId: csid, typeId, messageStreamId: msid, timestamp, payload } = message;
      messages.push({
        entry: { csid, typeId, msid, timestamp, length: payload.length },
        sha1,
        taken,
      });
    });
    if (reuseInput) input.fill(0);
  }
  return messages.map(({ entry, sha1, taken }) => ({
    ...entry,
    sha1: taken === undefined ? sha1 : createHash("sha1").update(taken).digest("hex"),
  }));
}

test("the captures are there, both directions of each", () => {
  expect(directions.length).toBe(2 * 35);
});

describe.each(directions)("$file", ({ file, name, dir }) => {
  const bytes = load(file);
  const expected = listing(name, dir);

  test("decodes to its listing in one piece", () => {
    expect(expected.length).toBeGreaterThan(5);
    expect(decode([bytes], false)).toEqual(expected);
    expect(decode([bytes], true)).toEqual(expected);
  });

  test("decodes to its listing in pieces of random length", () => {
    const random = seededRandom(2222);
    for (const maxPieceBytes of [17, 250, 4000, 20_000]) {
      expect(decode(randomSplit(bytes, random, maxPieceBytes), false)).toEqual(expected);
      expect(decode(randomSplit(bytes, random, maxPieceBytes), true)).toEqual(expected);
    }
  });

  test("decodes to the same messages after the writer encoded it anew", () => {
    const messages = readAll([bytes]);
    const writer = new ChunkWriter();
    for (const message of messages) {
      writer.write({ ...message, payload: new Uint8Array(Buffer.from(message.payload, "hex")) });
    }
    expect(readPieces([writer.take()]).messages).toEqual(messages);
  });
});

const small = directions.filter(({ file }) => load(file).length < smallBytes);

test.each(small)("$file decodes to its listing byte by byte", ({ file, name, dir }) => {
  expect(decode(byteByByte(load(file)), false)).toEqual(listing(name, dir));
});
