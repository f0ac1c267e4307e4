import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import {
  basicHeaderBytes,
  readChunkStreamId,
  shortestBasicHeaderBytes,
  writeBasicHeader,
} from "../src/basic-header.ts";
import { readAll } from "./reading.ts";
import { received } from "./vectors.ts";

const shortest: readonly (readonly [number, string])[] = [
  [2, "02"],
  [3, "03"],
  [63, "3f"],
  [64, "00 00"],
  [65, "00 01"],
  [319, "00 ff"],
  [320, "01 00 01"],
  [321, "01 01 01"],
  [65_599, "01 ff ff"],
];
const longer: readonly (readonly [number, string])[] = [
  [64, "01 00 00"],
  [65, "01 01 00"],
  [319, "01 ff 00"],
];

describe("RTMP §5.3.1.1 basic header", () => {
  test.each([...shortest, ...longer])("chunk stream %i reads from %s", (chunkStreamId, text) => {
    const bytes = hex(`ee ${text}`);
    expect(basicHeaderBytes(bytes[1] ?? 0)).toBe(bytes.length - 1);
    expect(readChunkStreamId(bytes, 1)).toBe(chunkStreamId);
  });

  test.each(shortest)("chunk stream %i is written as %s", (chunkStreamId, text) => {
    const target = new Uint8Array(4);
    const end = writeBasicHeader(target, 1, 0, chunkStreamId);
    expect(toHex(target.subarray(1, end))).toBe(text);
    expect(shortestBasicHeaderBytes(chunkStreamId)).toBe(end - 1);
  });

  test.each(shortest)("the chunk type stands above chunk stream %i", (chunkStreamId, text) => {
    for (const fmt of [1, 2, 3]) {
      const expected = hex(text).map((byte, i) => (i === 0 ? byte | (fmt << 6) : byte));
      const target = new Uint8Array(3);
      const end = writeBasicHeader(target, 0, fmt, chunkStreamId);
      expect(target.subarray(0, end)).toEqual(expected);
      expect(basicHeaderBytes(target[0] ?? 0)).toBe(end);
      expect(readChunkStreamId(target, 0)).toBe(chunkStreamId);
    }
  });

  test.each([...shortest, ...longer])("a message on chunk stream %i in the form %s", (id, text) => {
    const bytes = hex(`${text} 00 00 0b 00 00 02 09 01 00 00 00 aa bb`);
    expect(readAll([bytes])).toEqual([received(id, 11, 9, 1, "aabb")]);
  });

  test("both forms name the same chunk stream", () => {
    const bytes = hex("00 05 00 00 0b 00 00 01 09 01 00 00 00 aa c1 05 00 bb");
    expect(readAll([bytes])).toEqual([received(69, 11, 9, 1, "aa"), received(69, 22, 9, 1, "bb")]);
  });
});
