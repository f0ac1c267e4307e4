import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ChunkError, ChunkReader } from "@rtmp/chunk";
import { describe, expect, test } from "vitest";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const setChunkSize1 = [0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 1];

/** A type 0 chunk on any chunk stream, in the 3-byte form, with one byte of payload if it declares any. */
function chunk(chunkStreamId: number, messageLength: number): number[] {
  const id = chunkStreamId - 64;
  const length = [messageLength >> 16, (messageLength >> 8) & 0xff, messageLength & 0xff];
  const payload = messageLength > 0 ? [0x17] : [];
  return [0x01, id & 0xff, id >> 8, 0, 0, 0, ...length, 9, 1, 0, 0, 0, ...payload];
}

/** Begins a message on each of nearly 64k chunk streams. */
function attack(messageLength: number): Uint8Array {
  const ids = Array.from({ length: 65_599 - 64 }, (_, i) => i + 64);
  return Uint8Array.from([...setChunkSize1, ...ids.flatMap((id) => chunk(id, messageLength))]);
}

function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What the reader holds at the end, and the error that ended it. */
function suffer(bytes: Uint8Array): { grownBytes: number; code: string; messages: number } {
  const reader = new ChunkReader();
  let messages = 0;
  let code = "";
  // Once before, so that compiled code does not count.
  new ChunkReader().push(bytes.slice(0, 200), () => {});
  const before = memoryInUse();
  for (let at = 0; at < bytes.length && code === ""; at += 1_111) {
    try {
      reader.push(bytes.slice(at, at + 1_111), () => messages++);
    } catch (error) {
      if (!(error instanceof ChunkError)) throw error;
      code = error.code;
    }
  }
  const grownBytes = memoryInUse() - before;
  expect(reader.chunkSize).toBe(1); // Keeps the reader alive until here.
  return { grownBytes, code, messages };
}

describe("a peer that begins a message on each of 64k chunk streams", () => {
  test("of 16 MiB declared and no data costs less than 1 MiB and meets a limit", () => {
    const { grownBytes, code } = suffer(attack(0xffffff));
    console.info(`64k streams, 16 MiB declared: ${grownBytes} bytes more`);
    expect(code).toBe("RTMP_ERR_TOO_MANY_PARTIAL_MESSAGES");
    expect(grownBytes).toBeLessThan(2 ** 20);
  });

  test("of no length costs less than 1 MiB and meets another", () => {
    const { grownBytes, code, messages } = suffer(attack(0));
    console.info(`64k streams, empty messages: ${grownBytes} bytes more`);
    expect(code).toBe("RTMP_ERR_TOO_MANY_CHUNK_STREAMS");
    // Set Chunk Size on chunk stream 2 is one of the 4096.
    expect(messages).toBe(4_096);
    expect(grownBytes).toBeLessThan(2 ** 20);
  });
});
