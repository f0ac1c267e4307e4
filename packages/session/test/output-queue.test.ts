import { MessageTypeId } from "@rtmp/chunk";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { OutputQueue } from "../src/output-queue.ts";

const message = (payload: string) => ({
  chunkStreamId: 3,
  timestamp: 0,
  typeId: MessageTypeId.CommandAmf0,
  messageStreamId: 0,
  payload: hex(payload),
});
const takeHex = (queue: OutputQueue): string[] => queue.take().map((piece) => toHex(piece));

describe("the output queue", () => {
  test("is empty at first, and after it was taken", () => {
    const queue = new OutputQueue();
    expect(queue.empty).toBe(true);
    expect(queue.take()).toEqual([]);
    queue.writer.write(message("11"));
    expect(queue.empty).toBe(false);
    queue.take();
    expect(queue.empty).toBe(true);
    queue.push(hex("22"));
    expect(queue.empty).toBe(false);
    queue.take();
    expect(queue.empty).toBe(true);
    expect(queue.take()).toEqual([]);
  });

  test("tells how many pieces wait when it is sealed, and begins another behind them", () => {
    const queue = new OutputQueue();
    expect(queue.seal()).toBe(0);
    queue.push(hex("aa"));
    queue.writer.write(message("11"));
    expect(queue.seal()).toBe(2);
    queue.writer.write(message("22"));
    expect(queue.take()).toHaveLength(3);
    expect(queue.seal()).toBe(0);
  });

  test("joins own messages that follow each other, and keeps the order with shared bytes", () => {
    const queue = new OutputQueue();
    queue.push(hex("aa"));
    queue.writer.write(message("11"));
    queue.writer.write(message("22"));
    queue.push(hex("bb"));
    queue.push(hex("cc"));
    queue.writer.write(message("33 34"));
    expect(takeHex(queue)).toEqual([
      "aa",
      "03 00 00 00 00 00 01 14 00 00 00 00 11 c3 22",
      "bb",
      "cc",
      "43 00 00 00 00 00 02 14 33 34",
    ]);
  });

  test("hands shared bytes on without a copy", () => {
    const queue = new OutputQueue();
    const shared = hex("aa bb");
    queue.push(shared);
    expect(queue.take()[0]).toBe(shared);
  });

  test("does not change what was taken", () => {
    const queue = new OutputQueue();
    queue.writer.write(message("11"));
    const taken = queue.take();
    queue.writer.write(message("22"));
    queue.push(hex("aa"));
    expect(taken.length).toBe(1);
    expect(toHex(taken[0] ?? hex(""))).toBe("03 00 00 00 00 00 01 14 00 00 00 00 11");
    expect(takeHex(queue)).toEqual(["c3 22", "aa"]);
  });
});
