import { expect, test } from "vitest";

import { ChunkStreamTable } from "../src/chunk-stream-state.ts";

test("a chunk stream is found again under its id, in the table of its form", () => {
  const table = new ChunkStreamTable(10);
  const ids = [2, 63, 64, 319, 320, 65_599];
  const added = ids.map((id) => table.add(id));
  expect(ids.map((id) => table.find(id))).toEqual(added);
  expect(added.map((state) => state.chunkStreamId)).toEqual(ids);
  expect([3, 62, 65, 321].map((id) => table.find(id))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("a fresh chunk stream has the zeros that type 1 leans on", () => {
  expect(new ChunkStreamTable(1).add(2)).toMatchObject({
    timestamp: 0,
    delta: 0,
    hasExtendedTimestamp: false,
    messageLength: 0,
    typeId: 0,
    messageStreamId: 0,
    isPartial: false,
  });
});

test("the bound counts both forms", () => {
  const table = new ChunkStreamTable(2);
  table.add(3);
  table.add(300);
  expect(() => table.add(4)).toThrow(
    expect.objectContaining({ code: "RTMP_ERR_TOO_MANY_CHUNK_STREAMS" }),
  );
});
