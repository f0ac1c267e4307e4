import { describe, expect, test } from "vitest";

import { AnswerBodies } from "../../src/rtmpt/answer-bodies.ts";
import { PieceQueue } from "../../src/rtmpt/piece-queue.ts";

function queueOf(...pieces: readonly Uint8Array[]): PieceQueue {
  const queue = new PieceQueue();
  for (const piece of pieces) queue.push(piece);
  return queue;
}

const piece = Uint8Array.of(0x11, 0x12, 0x13);

describe("the body of an answer", () => {
  test("is the interval byte, and then the bytes that wait, as many as are allowed", () => {
    const bodies = new AnswerBodies();
    const queue = queueOf(piece, Uint8Array.of(0x14, 0x15));
    expect([...bodies.take(queue, 0x21, 4)]).toEqual([0x21, 0x11, 0x12, 0x13, 0x14]);
    expect([...bodies.take(queue, 0x01, 4)]).toEqual([0x01, 0x15]);
    expect(queue.length).toBe(0);
  });

  test("is one buffer for all who wait for the same piece alone", () => {
    const bodies = new AnswerBodies();
    const [first, second] = [queueOf(piece), queueOf(piece)];
    const body = bodies.take(first, 0x01, 3);
    expect(bodies.take(second, 0x01, 3)).toBe(body);
    expect([...body]).toEqual([0x01, 0x11, 0x12, 0x13]);
    expect([first.length, second.length]).toEqual([0, 0]);
  });

  test.each([
    ["the interval is another", queueOf(piece), 0x03, [0x03, 0x11, 0x12, 0x13]],
    ["the piece is another", queueOf(piece.slice().fill(9)), 0x01, [0x01, 9, 9, 9]],
    ["something is behind it", queueOf(piece, Uint8Array.of(9)), 0x01, [0x01, 0x11, 0x12, 0x13, 9]],
  ])("is another one when %s", (_, queue, interval, expected) => {
    const bodies = new AnswerBodies();
    const body = bodies.take(queueOf(piece), 0x01, 4);
    expect([...bodies.take(queue, interval, 4)]).toEqual(expected);
    expect([...body]).toEqual([0x01, 0x11, 0x12, 0x13]);
  });

  test("of a piece that is too long is cut, and the rest is not taken for the piece", () => {
    const bodies = new AnswerBodies();
    const queue = queueOf(piece);
    expect([...bodies.take(queue, 0x01, 2)]).toEqual([0x01, 0x11, 0x12]);
    expect([...bodies.take(queueOf(piece), 0x01, 3)]).toEqual([0x01, 0x11, 0x12, 0x13]);
    expect([...bodies.take(queue, 0x01, 3)]).toEqual([0x01, 0x13]);
  });
});
