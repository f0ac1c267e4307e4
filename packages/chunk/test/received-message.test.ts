import { ChunkReader, type ChunkReaderOptions, PoisoningBufferPool } from "@rtmp/chunk";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { hexOf } from "./reading.ts";
import { counting } from "./vectors.ts";

const ignore = () => {};

/** A type 0 message on chunk stream 6, whole in one chunk of at most 128 bytes. */
function oneChunk(payload: string): string {
  const length = (payload.length / 2).toString(16).padStart(6, "0");
  return `06 00 00 00 ${length} 09 01 00 00 00 ${payload}`;
}

/** A type 0 message on chunk stream 6 in two chunks of 64 bytes. */
function twoChunks(payload: string): string {
  return `06 00 00 00 00 00 80 09 01 00 00 00 ${payload.slice(0, 128)} c6 ${payload.slice(128)}`;
}

/** Feeds the pieces and takes every message; also what `take` gave is compared right away. */
function takeAll(pieces: readonly Uint8Array[], options: ChunkReaderOptions = {}): Uint8Array[] {
  const reader = new ChunkReader(options);
  const taken: Uint8Array[] = [];
  for (const piece of pieces) {
    reader.push(piece, (message) => {
      const before = hexOf(message.payload);
      const bytes = message.take();
      expect(hexOf(bytes)).toBe(before);
      expect(message.take()).toBe(bytes);
      expect(message.payload).toBe(bytes);
      taken.push(bytes);
    });
  }
  return taken;
}

describe("take() of a message within one input", () => {
  test("hands the view over when it is at least a quarter of the input", () => {
    const input = hex(oneChunk(counting(100)));
    expect(takeAll([input])[0]?.buffer).toBe(input.buffer);
    const quarter = new Uint8Array(400);
    quarter.set(input);
    quarter.fill(0xc7, input.length);
    const [first] = takeAll([quarter.subarray(0, input.length)]);
    expect(first?.buffer).toBe(quarter.buffer);
  });

  test("copies what would keep more than four times its size alive", () => {
    const backing = new Uint8Array(401);
    backing.set(hex(oneChunk(counting(100))));
    const [taken] = takeAll([backing.subarray(0, 112)]);
    expect(taken?.buffer.byteLength).toBe(100);
    backing.fill(0);
    expect(hexOf(taken)).toBe(counting(100));
  });

  test("copies with reuseInput", () => {
    const input = hex(oneChunk(counting(100)));
    const [taken] = takeAll([input], { reuseInput: true });
    expect(taken?.buffer).not.toBe(input.buffer);
    input.fill(0);
    expect(hexOf(taken)).toBe(counting(100));
  });

  test("what is taken stays as it is while later chunks are moved in the same input", () => {
    const size = "02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 40";
    const input = hex(size + [1, 2, 3].map((first) => twoChunks(counting(128, first))).join(""));
    const taken = takeAll([input]).slice(1);
    expect(taken.map((bytes) => bytes.buffer === input.buffer)).toEqual([true, true, true]);
    expect(taken.map(hexOf)).toEqual([1, 2, 3].map((first) => counting(128, first)));
  });

  test("a zero-length payload keeps nothing alive", () => {
    const [taken] = takeAll([hex(oneChunk(""))]);
    expect(taken?.buffer.byteLength).toBe(0);
  });
});

describe("take() of a message in a buffer of the pool", () => {
  test("makes the pool forget the buffer", () => {
    const pool = new PoisoningBufferPool();
    const bytes = hex(oneChunk(counting(100)));
    const [taken] = takeAll([bytes.slice(0, 50), bytes.slice(50)], { pool });
    expect(taken?.buffer.byteLength).toBe(256);
    expect(pool.lentBuffers).toBe(0);
    expect(pool.retainedBytes).toBe(0);
    pool.release(pool.acquire(256));
    expect(hexOf(taken)).toBe(counting(100));
  });

  test("copies when the buffer has more than four times the size, and gives the buffer back", () => {
    const pool = new PoisoningBufferPool();
    for (const [length, kept] of [
      [64, 256],
      [63, 63],
    ] as const) {
      const bytes = hex(oneChunk(counting(length)));
      const [taken] = takeAll([bytes.slice(0, 50), bytes.slice(50)], { pool });
      expect(taken?.buffer.byteLength).toBe(kept);
      expect(hexOf(taken)).toBe(counting(length));
      expect(pool.lentBuffers).toBe(0);
    }
    expect(pool.retainedBytes).toBe(256);
  });
});

test("take() after onMessage returned is a mistake of the caller", () => {
  const reader = new ChunkReader();
  let late: (() => Uint8Array) | undefined;
  reader.push(hex(oneChunk("aa")), (message) => {
    late = () => message.take();
  });
  expect(() => late?.()).toThrow(TypeError);
  reader.push(hex("c6"), ignore);
  expect(() => late?.()).toThrow(TypeError);
});
