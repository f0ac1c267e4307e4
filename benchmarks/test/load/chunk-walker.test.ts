import { readFileSync, readdirSync } from "node:fs";

import { hex, seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { ChunkWalker, commandHeadBytes, mediaHeadBytes } from "../../src/load/chunk-walker.ts";

const folder = new URL("../../../packages/testing/fixtures/captures/", import.meta.url);
const handshakeBytes = 3_073;
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".messages.json"))
  .map((file) => file.replace(".messages.json", ""));

interface Listed {
  readonly dir: "c2s" | "s2c";
  readonly typeId: number;
  readonly timestamp: number;
  readonly length: number;
}

/** Type, time and length of each message, as the walker tells them of pieces of these sizes. */
function walk(bytes: Uint8Array, pieceBytes: () => number): string[] {
  const lines: string[] = [];
  const walker = new ChunkWalker({
    onMessage: (typeId, timestamp, length) => lines.push(`${typeId} ${timestamp} ${length}`),
  });
  for (let at = 0; at < bytes.length;) {
    const end = at + pieceBytes();
    // What was walked may be written over: each piece is a copy that is wiped.
    const piece = bytes.slice(at, end);
    walker.push(piece);
    piece.fill(0xee);
    at = end;
  }
  return lines;
}

function heads(pieces: readonly string[]): string[] {
  const found: string[] = [];
  const walker = new ChunkWalker({
    onMessage(_typeId, _timestamp, length, bytes, offset) {
      const head = bytes.subarray(offset, offset + Math.min(length, mediaHeadBytes));
      found.push(Buffer.from(head).toString("hex"));
    },
  });
  for (const piece of pieces) walker.push(hex(piece));
  return found;
}

describe.each(names)("%s", (name) => {
  const list: Listed[] = JSON.parse(readFileSync(new URL(`${name}.messages.json`, folder), "utf8"));
  test.each(["c2s", "s2c"] as const)("%s is listed as independent parsers list it", (dir) => {
    const file = readFileSync(new URL(`${name}.${dir}.bin`, folder));
    const bytes = new Uint8Array(file).subarray(handshakeBytes);
    const expected = list
      .filter((message) => message.dir === dir)
      .map(({ typeId, timestamp, length }) => `${typeId} ${timestamp} ${length}`);
    const random = seededRandom(1 + names.indexOf(name));
    expect(walk(bytes, () => bytes.length)).toEqual(expected);
    expect(walk(bytes, () => 1)).toEqual(expected);
    expect(walk(bytes, () => 1 + Math.floor(random() * 300))).toEqual(expected);
  });
});

test("gives the first bytes of a message that comes in one piece, in chunks, and byte by byte", () => {
  const whole = "04 000000 000003 08 01000000 af0155";
  const chunked = `02 000000 000004 01 00000000 00000002 04 000000 000003 08 01000000 af01 c4 55`;
  expect(heads([whole])).toEqual(["af0155"]);
  expect(heads([chunked])).toEqual(["00000002", "af0155"]);
  expect(heads(chunked.replaceAll(" ", "").match(/../g) ?? [])).toEqual(["00000002", "af0155"]);
});

test("tells an empty message as soon as its header is there", () => {
  expect(heads(["04 000000 000000 08 01000000"])).toEqual([""]);
  expect(heads(["04 000000 000000 08", "01000000"])).toEqual([""]);
});

test("keeps no more of a long message than it promises", () => {
  const lengths: number[] = [];
  const walker = new ChunkWalker({
    onMessage: (_typeId, _timestamp, _length, bytes) => lengths.push(bytes.length),
  });
  walker.push(hex("02 000000 000004 01 00000000 00100000 04 000000 010000 09 01000000"));
  for (let i = 0; i < 0x10000; i += 0x1000) walker.push(new Uint8Array(0x1000));
  expect(lengths[1]).toBeLessThanOrEqual(commandHeadBytes);
});
