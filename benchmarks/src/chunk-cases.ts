import { ChunkReader, ChunkWriter, encodeSharedChunks } from "@rtmp/chunk";
import type { BenchCase } from "./bench-case.ts";
import { checksum, videoMessages, videoReads } from "./video-stream.ts";

const messages = videoMessages();
const payloads = messages.map(({ payload }) => payload);
const payloadBytes = payloads.reduce((sum, { length }) => sum + length, 0);

function expectEqual(actual: number, expected: number, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${actual}, expected ${expected}`);
}

function readerCase(name: string, chunkSize: number): BenchCase {
  const source = videoReads(chunkSize);
  // The reader may change its input, so every operation gets it fresh.
  const reads = source.map((read) => read.slice());
  const restore = (): void => {
    for (const [i, read] of source.entries()) reads[i]?.set(read);
  };
  return {
    name: `chunk-reader/${name}`,
    bytesPerOp: source.reduce((sum, { length }) => sum + length, 0),
    before: restore,
    run() {
      const reader = new ChunkReader();
      for (const read of reads) reader.push(read, () => {});
    },
    verify() {
      restore();
      let sum = 0;
      const reader = new ChunkReader();
      for (const read of reads) {
        reader.push(read, ({ typeId, payload }) => {
          if (typeId >= 8) sum = (sum + checksum([payload])) >>> 0;
        });
      }
      expectEqual(sum, checksum(payloads), name);
    },
  };
}

/** The bound of the machine: the same bytes copied once. */
function copyCase(): BenchCase {
  const source = videoReads(4_096);
  const target = new Uint8Array(65_536);
  return {
    name: "machine/copy-64k-blocks",
    bytesPerOp: source.reduce((sum, { length }) => sum + length, 0),
    run() {
      for (const read of source) target.set(read);
    },
    verify() {
      const [first] = source;
      if (first === undefined) throw new Error("no source");
      target.set(first);
      expectEqual(checksum([target]), checksum([first]), "copy");
    },
  };
}

function writerCase(name: string, chunkSize: number): BenchCase {
  const write = (): Uint8Array => {
    const writer = new ChunkWriter({ chunkSize });
    for (const message of messages) writer.write(message);
    return writer.take();
  };
  return {
    name: `chunk-writer/${name}`,
    bytesPerOp: payloadBytes,
    run: write,
    verify() {
      if (write().length <= payloadBytes) throw new Error("the writer lost something");
    },
  };
}

function sharedCase(name: string, chunkSize: number): BenchCase {
  const build = () => encodeSharedChunks(messages, { chunkSize, messageStreamId: 1 });
  return {
    name: `shared-chunks/${name}`,
    bytesPerOp: payloadBytes,
    run: build,
    verify() {
      expectEqual(build().offsets.length, messages.length, "shared messages");
    },
  };
}

/** The cases of the chunk layer. */
export const chunkCases: readonly BenchCase[] = [
  copyCase(),
  readerCase("128b-video", 128),
  readerCase("4k-video", 4_096),
  readerCase("60k-video", 60_000),
  writerCase("4k-video", 4_096),
  sharedCase("64k-video", 65_536),
];
