import { ChunkReader, ChunkWriter, MessageTypeId } from "@rtmp/chunk";
import { seededBytes, seededRandom } from "@rtmp/testing";
import { expect, test } from "vitest";

const readBytes = 65_536;

/** Video of 4 KiB chunks, cut into reads without regard to chunks. */
function videoReads(): Uint8Array[] {
  const payload = seededBytes(seededRandom(1_111), 60_000);
  const writer = new ChunkWriter();
  writer.setChunkSize(4_096);
  for (let i = 0; i < 100; i++) {
    const common = { timestamp: i * 33, messageStreamId: 1 };
    const frame = payload.subarray(0, i % 10 === 0 ? 60_000 : 10_000);
    const sound = payload.subarray(0, 300);
    writer.write({ ...common, chunkStreamId: 6, typeId: MessageTypeId.Video, payload: frame });
    writer.write({ ...common, chunkStreamId: 4, typeId: MessageTypeId.Audio, payload: sound });
  }
  const bytes = writer.take();
  const count = Math.ceil(bytes.length / readBytes);
  return Array.from({ length: count }, (_, i) => bytes.slice(i * readBytes, (i + 1) * readBytes));
}

test("a thousand messages of which none is taken allocate no ArrayBuffer", () => {
  const source = videoReads();
  const reads = source.map((read) => read.slice());
  const reader = new ChunkReader();
  let messages = 0;
  const readOnce = (): void => {
    for (const [i, read] of source.entries()) reads.at(i)?.set(read);
    for (const read of reads) reader.push(read, () => messages++);
  };
  readOnce(); // The pool's buffers are made here.
  messages = 0;

  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 5; i++) readOnce();
  const grown = process.memoryUsage().arrayBuffers - before;
  expect(messages).toBeGreaterThan(1_000);
  // Less when a collection took something of another test away.
  expect(grown).toBeLessThanOrEqual(0);
});
