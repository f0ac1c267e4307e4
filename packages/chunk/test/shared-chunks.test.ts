import { encodeSharedChunks, SharedChunkStreamId, type SharedMessage } from "@rtmp/chunk";
import { hex, seededBytes, seededRandom } from "@rtmp/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { hexOf, readAll } from "./reading.ts";
import { counting, received } from "./vectors.ts";

const compact = (text: string) => text.replaceAll(/\s+/g, "");

function shared(typeId: number, timestamp: number, payload: string): SharedMessage {
  return { typeId, timestamp, payload: hex(payload) };
}

const messages = [
  shared(18, 0, "0200"),
  shared(8, 33, "af01"),
  shared(9, 0x01000000, counting(130)),
  shared(9, 40, ""),
];

describe("shared chunks", () => {
  test("are messages of type 0 chunks on chunk streams of their own", () => {
    const { bytes, offsets } = encodeSharedChunks(messages, {
      chunkSize: 128,
      messageStreamId: 12_345,
    });
    const video = counting(130);
    expect(hexOf(bytes)).toBe(
      compact(`07 00 00 00 00 00 02 12 39 30 00 00 02 00
        04 00 00 21 00 00 02 08 39 30 00 00 af 01
        06 ff ff ff 00 00 82 09 39 30 00 00 01 00 00 00 ${video.slice(0, 256)}
        c6 01 00 00 00 ${video.slice(256)}
        06 00 00 28 00 00 00 09 39 30 00 00`),
    );
    expect(offsets).toEqual([0, 14, 28, 28 + 16 + 128 + 5 + 2]);
    expect(SharedChunkStreamId).toEqual({ audio: 4, video: 6, data: 7 });
  });

  test("take one buffer of the exact size", () => {
    const { bytes } = encodeSharedChunks(messages, { chunkSize: 128, messageStreamId: 1 });
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    expect(encodeSharedChunks([], { chunkSize: 128, messageStreamId: 1 })).toEqual({
      bytes: new Uint8Array(0),
      offsets: [],
    });
  });

  test("begin anywhere: from each offset on they are valid for a reader in any state", () => {
    const { bytes, offsets } = encodeSharedChunks(messages, { chunkSize: 128, messageStreamId: 1 });
    const expected = messages.map((m, i) =>
      received([7, 4, 6, 6][i] ?? 0, m.timestamp, m.typeId, 1, hexOf(m.payload)),
    );
    const earlier = hex(
      `04 ff ff ff 00 00 01 08 09 00 00 00 01 00 00 00 aa
      86 00 00 01`.replace("86 00 00 01", "06 00 00 09 00 00 00 09 09 00 00 00"),
    );
    for (const [index, offset] of offsets.entries()) {
      const rest = expected.slice(index);
      expect(readAll([bytes.subarray(offset)])).toEqual(rest);
      expect(readAll([earlier, bytes.subarray(offset)]).slice(2)).toEqual(rest);
    }
  });

  test("any messages in chunks of any size come back", () => {
    const size = fc.integer({ min: 1, max: 5000 });
    const some = fc.array(
      fc.record({
        typeId: fc.constantFrom(8, 9, 18, 22),
        timestamp: fc.oneof(fc.constantFrom(0, 0xfffffe, 0xffffff, 0xffffffff), fc.nat()),
        payload: fc.uint8Array({ maxLength: 3000 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(size, some, (chunkSize, list) => {
        const { bytes, offsets } = encodeSharedChunks(list, { chunkSize, messageStreamId: 2222 });
        const announce = hex(
          `02 00 00 00 00 00 04 01 00 00 00 00 ${chunkSize.toString(16).padStart(8, "0")}`,
        );
        const read = readAll([announce, bytes]).slice(1);
        expect(
          read.map(({ typeId, timestamp, payload }) => ({ typeId, timestamp, payload })),
        ).toEqual(list.map((m) => ({ ...m, payload: hexOf(m.payload) })));
        expect(offsets.length).toBe(list.length);
      }),
      { numRuns: 60 },
    );
  });

  test("a chunk size above 0xffffff means whole messages", () => {
    const payload = seededBytes(seededRandom(4), 70_000);
    const { bytes } = encodeSharedChunks([{ typeId: 9, timestamp: 0, payload }], {
      chunkSize: 0x7fffffff,
      messageStreamId: 1,
    });
    expect(bytes.length).toBe(70_012);
  });

  test("a value that does not fit is a mistake of the caller", () => {
    const options = { chunkSize: 128, messageStreamId: 1 };
    const encode = (message: Partial<SharedMessage>, other = {}) =>
      encodeSharedChunks([{ ...shared(9, 0, "aa"), ...message }], { ...options, ...other });
    expect(() => encode({ timestamp: -1 })).toThrow(RangeError);
    expect(() => encode({ timestamp: 2 ** 32 })).toThrow(RangeError);
    expect(() => encode({ typeId: 256 })).toThrow(RangeError);
    expect(() => encode({ payload: new Uint8Array(0x1000000) })).toThrow(RangeError);
    expect(() => encode({}, { chunkSize: 0 })).toThrow(RangeError);
    expect(() => encode({}, { messageStreamId: -1 })).toThrow(RangeError);
  });
});
