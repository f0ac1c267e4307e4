import { BufferPool, PoisoningBufferPool } from "@rtmp/chunk";
import { describe, expect, test } from "vitest";

test.each([
  [0, 256],
  [1, 256],
  [256, 256],
  [257, 512],
  [65_536, 65_536],
  [65_537, 131_072],
  [16_777_215, 16_777_216],
])("a buffer for %i bytes has %i", (minBytes, capacity) => {
  expect(new BufferPool().acquire(minBytes).length).toBe(capacity);
});

test("a released buffer is lent again, to a wish of the same size", () => {
  const pool = new BufferPool();
  const buffer = pool.acquire(1000);
  expect(pool.acquire(1000)).not.toBe(buffer);
  pool.release(buffer);
  expect(pool.retainedBytes).toBe(1024);
  expect(pool.acquire(100)).not.toBe(buffer);
  expect(pool.acquire(1024)).toBe(buffer);
  expect(pool.retainedBytes).toBe(0);
});

test("counts the buffers that are out", () => {
  const pool = new BufferPool();
  const buffers = [pool.acquire(1), pool.acquire(1), pool.acquire(1)] as const;
  expect(pool.lentBuffers).toBe(3);
  pool.forget(buffers[0]);
  pool.release(buffers[1]);
  expect(pool.lentBuffers).toBe(1);
});

test("keeps no more than maxRetainedBytes", () => {
  const pool = new BufferPool({ maxRetainedBytes: 1111 });
  const buffers = Array.from({ length: 4 }, () => pool.acquire(500));
  for (const buffer of buffers) pool.release(buffer);
  expect(pool.retainedBytes).toBe(1024);

  const none = new BufferPool({ maxRetainedBytes: 0 });
  none.release(none.acquire(1));
  expect(none.retainedBytes).toBe(0);
});

test("keeps 4 MiB by default", () => {
  const pool = new BufferPool();
  const buffers = Array.from({ length: 6 }, () => pool.acquire(2 ** 20));
  for (const buffer of buffers) pool.release(buffer);
  expect(pool.retainedBytes).toBe(4 * 2 ** 20);
});

test("refuses what cannot be a size", () => {
  expect(() => new BufferPool().acquire(2 ** 31 + 1)).toThrow(RangeError);
  expect(() => new BufferPool().acquire(Number.NaN)).toThrow(RangeError);
  expect(() => new BufferPool({ maxRetainedBytes: -1 })).toThrow(RangeError);
  expect(() => new BufferPool({ maxRetainedBytes: Number.NaN })).toThrow(RangeError);
});

describe("the poisoning pool", () => {
  test("overwrites what is given back", () => {
    const pool = new PoisoningBufferPool();
    const buffer = pool.acquire(300);
    buffer.fill(1);
    pool.release(buffer);
    expect(new Set(buffer)).toEqual(new Set([0xdb]));
  });

  test("leaves a forgotten buffer alone", () => {
    const pool = new PoisoningBufferPool();
    const buffer = pool.acquire(300);
    buffer.fill(1);
    pool.forget(buffer);
    pool.release(pool.acquire(300));
    expect(new Set(buffer)).toEqual(new Set([1]));
  });

  test("refuses a buffer that it did not lend, or that came back before", () => {
    const pool = new PoisoningBufferPool();
    const buffer = pool.acquire(300);
    pool.release(buffer);
    expect(() => pool.release(buffer)).toThrow(TypeError);
    expect(() => pool.forget(buffer)).toThrow(TypeError);
    expect(() => pool.release(new Uint8Array(256))).toThrow(TypeError);
    const taken = pool.acquire(300);
    pool.forget(taken);
    expect(() => pool.release(taken)).toThrow(TypeError);
  });
});
