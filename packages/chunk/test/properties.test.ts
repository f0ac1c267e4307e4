import { ChunkWriter, encodeAbort, encodeSetChunkSize } from "@rtmp/chunk";
import { everySplit, randomSplit, seededBytes, seededRandom } from "@rtmp/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { expectSame, hexOf, type Received, readAll, readPieces } from "./reading.ts";

const times = [0, 0xfffffe, 0xffffff, 0x1000000, 0x7fffffff, 0xffffffff];

/** Any time, mostly near one where something changes. */
const timestamp = fc
  .tuple(fc.constantFrom(...times), fc.integer({ min: -40, max: 40 }))
  .map(([time, offset]) => (time + offset) >>> 0);

const chunkStreamId = fc.oneof(
  fc.constantFrom(2, 3, 4, 63, 64, 319, 320, 65_599),
  fc.integer({ min: 2, max: 65_599 }),
);

function messages(maxLength: number) {
  return fc.array(
    fc.record({
      chunkStreamId,
      timestamp,
      typeId: fc.constantFrom(0, 3, 8, 9, 18, 20, 22, 255),
      messageStreamId: fc.constantFrom(0, 1, 12_345, 0xffffffff),
      payload: fc
        .tuple(fc.oneof(fc.constantFrom(0, 1, 127, 128, 129, 256), fc.nat(maxLength)), fc.nat())
        .map(([length, seed]) => seededBytes(seededRandom(seed), length)),
    }),
    { maxLength: 8 },
  );
}

describe("what the writer writes, the reader reads", () => {
  test("short messages in every split", () => {
    fc.assert(
      fc.property(messages(150), fc.integer({ min: 1, max: 200 }), (list, chunkSize) => {
        const writer = new ChunkWriter();
        writer.setChunkSize(chunkSize);
        for (const message of list) writer.write(message);
        const expected = list.map((message) => ({ ...message, payload: hexOf(message.payload) }));
        const bytes = writer.take();
        for (const pieces of everySplit(bytes)) {
          const read = readPieces(pieces);
          expectSame(read.messages.slice(1), expected);
        }
        expect(readAll([bytes]).slice(1)).toEqual(expected);
      }),
      { numRuns: 7 },
    );
  });

  test("messages of up to 200000 bytes in random pieces", () => {
    fc.assert(
      fc.property(
        messages(200_000),
        fc.integer({ min: 1, max: 70_000 }),
        fc.nat(),
        (list, size, seed) => {
          const writer = new ChunkWriter({ chunkSize: 128 });
          writer.setChunkSize(Math.max(50, size));
          for (const message of list) writer.write(message);
          const expected = list.map((message) => ({ ...message, payload: hexOf(message.payload) }));
          const pieces = randomSplit(writer.take(), seededRandom(seed), 65_536);
          expect(readAll(pieces).slice(1)).toEqual(expected);
        },
      ),
      { numRuns: 7 },
    );
  });
});

/** Chunks of messages that are written each on a chunk stream of its own, from a seed. */
interface Session {
  readonly pieces: readonly Uint8Array[];
  /** Messages in the order in which their last chunks come. */
  readonly messages: readonly Received[];
  readonly dropped: readonly string[];
}

function type0(id: number, typeId: number, time: number, length: number): Uint8Array {
  const header = Buffer.alloc(12);
  header.writeUInt8(id, 0);
  header.writeUIntBE(time, 1, 3);
  header.writeUIntBE(length, 4, 3);
  header.writeUInt8(typeId, 7);
  header.writeUInt32LE(1, 8);
  return header;
}

/** Puts the chunks of messages on several chunk streams into a random order, by hand. */
function interleave(seed: number): Session {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const open = new Map<number, { rest: Uint8Array; message: Received }>();
  const pieces: Uint8Array[] = [];
  const done: Received[] = [];
  const dropped: string[] = [];
  let chunkSize = 128;

  const chunk = (id: number, entry: { rest: Uint8Array; message: Received }) => {
    pieces.push(entry.rest.subarray(0, chunkSize));
    entry.rest = entry.rest.subarray(chunkSize);
    if (entry.rest.length > 0) open.set(id, entry);
    else {
      open.delete(id);
      done.push(entry.message);
    }
  };
  const begin = (id: number, typeId: number, payload: Uint8Array) => {
    const time = below(1 << 20);
    pieces.push(type0(id, typeId, time, payload.length));
    chunk(id, {
      rest: payload,
      message: {
        chunkStreamId: id,
        timestamp: time,
        typeId,
        messageStreamId: 1,
        payload: hexOf(payload),
      },
    });
    if (id === 2) finish(2);
  };
  const resume = (id: number) => {
    const entry = open.get(id);
    if (entry === undefined) return;
    pieces.push(Uint8Array.of(0xc0 | id));
    chunk(id, entry);
  };

  const finish = (id: number) => {
    while (open.has(id)) resume(id);
  };

  for (let step = 0; step < 300; step++) {
    const id = 3 + below(6);
    const kind = below(40);
    if (kind === 0) {
      const size = [1, 5, 64, 128, 300, 2000][below(6)] ?? 128;
      begin(2, 1, encodeSetChunkSize(size));
      chunkSize = size;
    } else if (kind === 1) {
      begin(2, 2, encodeAbort(id));
      if (open.delete(id)) dropped.push(`${id} aborted`);
    } else if (open.has(id)) resume(id);
    else begin(id, 8 + below(2), seededBytes(random, 1 + below(700)));
  }
  for (let id = 3; id < 9; id++) finish(id);
  return { pieces: [Buffer.concat(pieces)], messages: done, dropped };
}

describe("interleaved chunk streams with Set Chunk Size and Abort between", () => {
  test.each(Array.from({ length: 12 }, (_, seed) => seed))("seed %i", (seed) => {
    const { pieces, messages: expected, dropped } = interleave(seed);
    const bytes = pieces[0] ?? new Uint8Array(0);
    const random = seededRandom(seed + 1000);
    expect(expected.length).toBeGreaterThan(10);
    for (const maxPieceBytes of [bytes.length, 5000, 400, 20]) {
      const cut =
        maxPieceBytes === bytes.length ? [bytes] : randomSplit(bytes, random, maxPieceBytes);
      expect(readAll(cut)).toEqual(expected);
      expect(readPieces(cut).dropped).toEqual(dropped);
      expect(readPieces(cut, "take").pool.lentBuffers).toBe(0);
    }
  });

  test("what was read, written anew and read again is the same", () => {
    for (let seed = 0; seed < 5; seed++) {
      const first = readAll(interleave(seed).pieces);
      const writer = new ChunkWriter();
      for (const message of first) {
        writer.write({ ...message, payload: new Uint8Array(Buffer.from(message.payload, "hex")) });
      }
      expect(readAll([writer.take()])).toEqual(first);
    }
  });
});
