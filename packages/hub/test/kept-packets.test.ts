import { type MediaPacket, readMediaPacket } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { expect, test } from "vitest";
import { KeptPackets } from "../src/kept-packets.ts";

/** A keyframe of so many bytes. */
function large(timestamp: number, bytes: number): MediaPacket {
  const body = new Uint8Array(bytes).fill(timestamp);
  body.set(hex("17 01 00 00 00"));
  return readMediaPacket("video", timestamp, body);
}

test("the buffer grows with what is kept, to the limit and no further", () => {
  const kept = new KeptPackets(1_000_000);
  for (let i = 0; i < 10; i++) kept.add(large(i, 100_000));
  expect(kept.capacity).toBe(1_000_000);
  expect(kept.take().map(({ body }) => body.at(-1))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("the buffer is given back when the next packets need less than a quarter of it", () => {
  const kept = new KeptPackets(1_000_000);
  kept.add(large(0, 400_000));
  kept.clear();
  expect(kept.capacity).toBe(500_000);
  kept.add(large(1, 100_000));
  kept.clear();
  expect(kept.capacity).toBe(0);
  kept.add(large(2, 50_000));
  expect(kept.first?.body.length).toBe(50_000);
  expect(kept.capacity).toBe(62_500);
});
