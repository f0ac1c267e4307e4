import { seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { PieceQueue } from "../../src/rtmpt/piece-queue.ts";
import { numbered } from "./numbered-stream.ts";

function queueOf(...pieces: readonly number[][]): PieceQueue {
  const queue = new PieceQueue();
  for (const piece of pieces) queue.push(Uint8Array.from(piece));
  return queue;
}

describe("a queue of pieces", () => {
  test("gives what was pushed, over the borders of pieces", () => {
    const queue = queueOf([1, 2, 3], [4], [5, 6]);
    expect(queue.length).toBe(6);
    expect([...queue.take(2)]).toEqual([1, 2]);
    expect([...queue.take(3)]).toEqual([3, 4, 5]);
    expect(queue.length).toBe(1);
    expect([...queue.take(1_111)]).toEqual([6]);
    expect([...queue.take(1_111)]).toEqual([]);
  });

  test("leaves room in front", () => {
    const queue = queueOf([1, 2, 3]);
    expect([...queue.take(2, 1)]).toEqual([0, 1, 2]);
    expect([...queue.take(2, 1)]).toEqual([0, 3]);
    expect(queue.length).toBe(0);
  });

  test("gives buffers of its own", () => {
    const piece = Uint8Array.of(1, 2, 3);
    const queue = new PieceQueue();
    queue.push(piece);
    queue.take(3).fill(9);
    expect([...piece]).toEqual([1, 2, 3]);
  });

  test("says which piece waits alone, as long as it is whole", () => {
    const queue = new PieceQueue();
    expect(queue.onlyPiece).toBeUndefined();
    const [first, second] = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)];
    queue.push(first);
    expect(queue.onlyPiece).toBe(first);
    queue.push(second);
    expect(queue.onlyPiece).toBeUndefined();
    queue.take(2);
    expect(queue.onlyPiece).toBe(second);
    queue.take(1);
    expect(queue.onlyPiece).toBeUndefined();
  });

  test("passes over pieces of no bytes", () => {
    const queue = queueOf([], [1], [], [2], []);
    expect([...queue.take(9)]).toEqual([1, 2]);
    expect(queue.length).toBe(0);
  });

  test("is empty after clear, in the middle of a piece too", () => {
    const queue = queueOf([1, 2, 3], [4]);
    queue.take(1);
    queue.clear();
    expect(queue.length).toBe(0);
    queue.push(Uint8Array.of(5, 6));
    expect([...queue.take(9)]).toEqual([5, 6]);
  });

  test("keeps the order through any pushes and takes", () => {
    const random = seededRandom(1_111);
    const queue = new PieceQueue();
    let pushed = 0;
    const taken: number[] = [];
    for (let step = 0; step < 2_000; step++) {
      if (random() < 0.55) {
        const length = Math.floor(random() * 9);
        queue.push(numbered(pushed, length));
        pushed += length;
      } else taken.push(...queue.take(Math.floor(random() * 12)));
    }
    taken.push(...queue.take(pushed));
    expect(Uint8Array.from(taken)).toEqual(numbered(0, pushed));
  });
});
