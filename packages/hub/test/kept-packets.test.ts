import { expect, test } from "vitest";
import { KeptPackets } from "../src/kept-packets.ts";
import { largeKeyframe } from "./packets.ts";

test("the buffer grows with what is kept, to the limit and no further", () => {
  const kept = new KeptPackets(900_000);
  for (let i = 0; i < 9; i++) kept.add(largeKeyframe(i, 100_000));
  expect(kept.capacity).toBe(900_000);
  expect(kept.take().map(({ body }) => body.at(-1))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("the buffer is given back when the next packets need less than a quarter of it", () => {
  const kept = new KeptPackets(1_000_000);
  kept.add(largeKeyframe(0, 400_000));
  kept.clear();
  expect(kept.capacity).toBe(500_000);
  kept.add(largeKeyframe(1, 100_000));
  kept.clear();
  expect(kept.capacity).toBe(0);
  kept.add(largeKeyframe(2, 50_000));
  expect(kept.first?.body.length).toBe(50_000);
  expect(kept.capacity).toBe(62_500);
});

test("what was taken, and the first one, stay as they are when the buffer is used again", () => {
  const kept = new KeptPackets(1_000_000);
  kept.add(largeKeyframe(1, 2_000));
  const { first } = kept;
  const taken = kept.take();
  kept.add(largeKeyframe(2, 2_000));
  expect(kept.capacity).toBe(4_096);
  expect([first, taken[0]].map((packet) => packet?.body.at(-1))).toEqual([1, 1]);
});
