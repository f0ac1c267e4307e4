/** What other implementations got wrong, one test each. */
import { ChunkReader, encodeSharedChunks } from "@rtmp/chunk";
import { everySplit, hex } from "@rtmp/testing";
import { expect, test } from "vitest";

import { expectSame, type Received, readAll, readPieces } from "./reading.ts";
import { counting, received } from "./vectors.ts";

/** A message in four chunks on a chunk stream whose header is given without the chunk type. */
function fourChunksOn(id: string): string {
  const part = counting(128);
  return `0${id} 00 00 07 00 01 81 09 01 00 00 00 ${part} c${id} ${part} c${id} ${part} c${id} 80`;
}

/** Reads the bytes in every split, which must not matter. */
function readEverySplit(text: string): readonly Received[] {
  const [whole = [], ...others] = [...everySplit(hex(text))].map((pieces) => readAll(pieces));
  for (const other of others) expectSame(other, whole);
  return whole;
}

const begun = `06 00 00 0a 00 00 82 09 01 00 00 00 ${counting(128)}`;

test("the message stream id is little-endian", () => {
  expect(readEverySplit("03 00 00 00 00 00 00 08 39 30 00 80")).toEqual([
    received(3, 0, 8, 0x80003039, ""),
  ]);
});

test.each([
  [64, "0 00"],
  [128, "0 40"],
  [319, "1 ff 00"],
  [1079, "1 f7 03"],
])("chunk stream id %i works on continuations too", (chunkStreamId, id) => {
  const payload = `${counting(128).repeat(3)}80`;
  expect(readEverySplit(fourChunksOn(id))).toEqual([received(chunkStreamId, 7, 9, 1, payload)]);
});

test("chunk streams interleave", () => {
  expect(readEverySplit(`${begun} 04 00 00 01 00 00 01 08 01 00 00 00 aa c4 bb c6 80 81`)).toEqual([
    received(4, 1, 8, 1, "aa"),
    received(4, 2, 8, 1, "bb"),
    received(6, 10, 9, 1, counting(130)),
  ]);
});

test("a delta past 2^32 wraps", () => {
  expect(readEverySplit("04 ff ff ff 00 00 00 08 01 00 00 00 ff ff ff ff 84 00 00 02")).toEqual([
    received(4, 0xffffffff, 8, 1, ""),
    received(4, 1, 8, 1, ""),
  ]);
});

test("a type 3 chunk that starts a message adds the delta, one that continues does not", () => {
  expect(
    readEverySplit(
      `${begun} c6 80 81 86 00 00 05 ${counting(128)} c6 80 81 c6 ${counting(128)} c6 80 81`,
    ),
  ).toEqual([
    received(6, 10, 9, 1, counting(130)),
    received(6, 15, 9, 1, counting(130)),
    received(6, 20, 9, 1, counting(130)),
  ]);
});

test("the extended timestamp may be repeated on type 3 chunks, or left out", () => {
  const first = `06 ff ff ff 00 00 82 09 01 00 00 00 01 02 03 04 ${counting(128)}`;
  const message = received(6, 0x01020304, 9, 1, counting(130));
  expect(
    readEverySplit(`${first} c6 01 02 03 04 80 81 ${first} c6 80 81 ${first} c6 01 02 03 04 80 81`),
  ).toEqual([message, message, message]);
});

test("Set Chunk Size in the middle of a message holds for the rest of it", () => {
  expect(
    readEverySplit(`${begun} 02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 01 c6 80 c6 81`),
  ).toEqual([received(2, 0, 1, 0, "00000001"), received(6, 10, 9, 1, counting(130))]);
});

test("Abort in the middle of a message leaves the next one whole", () => {
  expect(
    readEverySplit(
      `${begun} 02 00 00 00 00 00 04 02 00 00 00 00 00 00 00 06 86 00 00 01 ${counting(128, 1)} c6 81 82`,
    ),
  ).toEqual([received(2, 0, 2, 0, "00000006"), received(6, 11, 9, 1, counting(130, 1))]);
});

test("type 0 in the middle of a message starts another", () => {
  expect(readEverySplit(`${begun} 06 00 00 14 00 00 01 08 02 00 00 00 aa`)).toEqual([
    received(6, 20, 8, 2, "aa"),
  ]);
});

test("a zero-length message is a message", () => {
  expect(readEverySplit("04 00 00 05 00 00 00 08 01 00 00 00 c4 c4")).toEqual([
    received(4, 5, 8, 1, ""),
    received(4, 10, 8, 1, ""),
    received(4, 15, 8, 1, ""),
  ]);
});

test("a length that is an exact multiple of the chunk size has no empty chunk behind it", () => {
  expect(
    readEverySplit(`04 00 00 05 00 01 00 08 01 00 00 00 ${counting(128)} c4 ${counting(128, 128)} c4
    ${counting(128)} c4 ${counting(128, 128)}`),
  ).toEqual([received(4, 5, 8, 1, counting(256)), received(4, 10, 8, 1, counting(256))]);
});

test("ten thousand tiny fragments take no more memory than their bytes", () => {
  const reader = new ChunkReader();
  let payload: Uint8Array | undefined;
  const onMessage = (message: { take(): Uint8Array }) => {
    payload = message.take();
  };
  reader.push(hex("02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 01"), () => {});
  reader.push(hex("06 00 00 00 00 27 10 09 01 00 00 00 00"), onMessage);
  for (let i = 1; i < 10_000; i++) reader.push(Uint8Array.of(0xc6, i), onMessage);
  expect(payload?.length).toBe(10_000);
  expect(payload?.buffer.byteLength).toBeLessThanOrEqual(16_384);
  expect(payload?.every((byte, i) => byte === (i & 0xff))).toBe(true);
});

test("a hostile length costs nothing until its bytes arrive", () => {
  const { pool, error } = readPieces([hex("06 00 00 00 ff ff ff 09 01 00 00 00")]);
  expect(error).toBeUndefined();
  expect(pool.lentBuffers).toBe(0);
});

test("message type 0 and message stream 0 are values, not absences", () => {
  expect(readEverySplit("06 00 00 00 00 00 01 00 00 00 00 00 00")).toEqual([
    received(6, 0, 0, 0, "00"),
  ]);
});

test("offsets are those of the view, not of its buffer", () => {
  const { bytes } = encodeSharedChunks([{ typeId: 8, timestamp: 1, payload: hex("aabb") }], {
    chunkSize: 1,
    messageStreamId: 1,
  });
  const set = hex("02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 01");
  const padded = new Uint8Array(200).fill(0xee);
  padded.set(set, 50);
  padded.set(bytes, 50 + set.length);
  const view = padded.subarray(50, 50 + set.length + bytes.length);
  const payloads: string[] = [];
  new ChunkReader().push(view, (m) => payloads.push(Buffer.from(m.payload).toString("hex")));
  expect(payloads).toEqual(["00000001", "aabb"]);
  expect(padded.subarray(0, 50).every((byte) => byte === 0xee)).toBe(true);
});
