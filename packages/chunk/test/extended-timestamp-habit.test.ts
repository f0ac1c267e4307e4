import { everySplit, hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { ExtendedTimestampHabit } from "../src/extended-timestamp-habit.ts";
import { readAll, readPieces } from "./reading.ts";
import { counting, received } from "./vectors.ts";

const value = "01 00 00 00";

/** A message of 130 bytes at 0x01000000 whose continuation is given. */
function message(payload: string, continuation: string): string {
  return `06 ff ff ff 00 00 82 09 01 00 00 00 ${value} ${payload.slice(0, 256)} ${continuation}`;
}

const plain = counting(130);
const repeated = message(plain, `c6 ${value} ${plain.slice(256)}`);
const leftOut = message(plain, `c6 ${plain.slice(256)}`);

describe("RTMP §5.3.1.3 extended timestamp on continuations", () => {
  test("three equal cases decide for a peer that repeats the value", () => {
    const habit = new ExtendedTimestampHabit();
    expect([true, true, true].map((isEqual) => habit.decide(isEqual))).toEqual([true, true, true]);
    expect(habit.decide(false)).toBe(true);
    expect(habit.isLeftOut).toBe(false);
  });

  test("three other cases decide for a peer that leaves it out", () => {
    const habit = new ExtendedTimestampHabit();
    expect([false, false].map((isEqual) => habit.decide(isEqual))).toEqual([false, false]);
    expect(habit.isLeftOut).toBe(false);
    expect(habit.decide(false)).toBe(false);
    expect(habit.isLeftOut).toBe(true);
    expect(habit.decide(true)).toBe(false);
  });

  test("one reader takes both continuations, in every split", () => {
    const expected = received(6, 0x01000000, 9, 1, plain);
    for (const pieces of everySplit(hex(repeated + leftOut + repeated))) {
      expect(readAll(pieces)).toEqual([expected, expected, expected]);
    }
  });

  test("bytes that were looked at in vain may span several chunks and messages", () => {
    // Continuation of one byte, then a type 0 message of one byte whose header was looked into.
    const short = counting(129);
    const begin = `06 ff ff ff 00 00 81 09 01 00 00 00 ${value} ${short.slice(0, 256)}`;
    const bytes = hex(`${begin} c6 ${short.slice(256)} 03 00 00 07 00 00 01 14 00 00 00 00 ab
      42 00 00 00 00 00 00 04`);
    for (const pieces of everySplit(bytes)) {
      expect(readAll(pieces)).toEqual([
        received(6, 0x01000000, 9, 1, short),
        received(3, 7, 20, 0, "ab"),
        received(2, 0, 4, 0, ""),
      ]);
    }
  });

  test("within chunks of one byte, with whole messages among the bytes looked at", () => {
    const small = "02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 01";
    const bytes = hex(`${small} 06 ff ff ff 00 00 03 09 01 00 00 00 ${value} a1
      c6 a2 c6 a3 c6 ${value} b1 c6 b2 c6 b3 42 00 00 00 00 00 00 04`);
    for (const pieces of everySplit(bytes)) {
      expect(readAll(pieces)).toEqual([
        received(2, 0, 1, 0, "00000001"),
        received(6, 0x01000000, 9, 1, "a1a2a3"),
        received(6, 0x02000000, 9, 1, "b1b2b3"),
        received(2, 0, 4, 0, ""),
      ]);
    }
  });

  test("a payload that looks like the value is safe once the peer's habit is known", () => {
    const tricky = counting(128) + "01000000ff";
    const before = hex(leftOut.repeat(3));
    const length133 = `06 ff ff ff 00 00 85 09 01 00 00 00 ${value}`;
    const bytes = hex(`${length133} ${tricky.slice(0, 256)} c6 ${tricky.slice(256)}`);
    const plainMessage = received(6, 0x01000000, 9, 1, plain);
    for (const pieces of everySplit(new Uint8Array([...before, ...bytes]))) {
      expect(readAll(pieces)).toEqual([
        plainMessage,
        plainMessage,
        plainMessage,
        received(6, 0x01000000, 9, 1, tricky),
      ]);
    }
    // Without that knowledge the four bytes are taken for the field, and the message lacks its end.
    expect(readPieces([bytes]).messages).toEqual([]);
  });

  test("once the habit is known, the message does not wait for the bytes behind it", () => {
    const { messages } = readPieces([hex(leftOut.repeat(4))]);
    expect(messages.length).toBe(4);
    // While it is not known, two bytes of payload are too few to compare.
    expect(readPieces([hex(leftOut)]).messages.length).toBe(0);
    expect(readPieces([hex(`${leftOut} 02 00`)]).messages.length).toBe(1);
  });

  test("a type 1 or 2 header without the field ends it", () => {
    const bytes = hex(`${repeated} 86 00 00 01 ${plain.slice(0, 256)} c6 ${plain.slice(256)}`);
    expect(readAll([bytes])).toEqual([
      received(6, 0x01000000, 9, 1, plain),
      received(6, 0x01000001, 9, 1, plain),
    ]);
  });
});
