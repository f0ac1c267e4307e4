import { expect, test } from "vitest";

import { PlayoutClock } from "../src/playout-clock.ts";

test("what came the shortest way is shown after the buffer, and the rest evenly around it", () => {
  const clock = new PlayoutClock(100);
  clock.arrived(1_000, 5_000);
  expect(clock.dueAt(1_000)).toBe(5_100);
  // 30 ms later than evenly, then 20 ms earlier.
  clock.arrived(1_033, 5_063);
  expect(clock.dueAt(1_033)).toBeLessThan(5_134);
  clock.arrived(1_066, 5_046);
  expect(clock.dueAt(1_066)).toBe(5_146);
});

test("of a GOP that comes at once only the end is not overdue", () => {
  const clock = new PlayoutClock(100);
  for (let timestamp = 0; timestamp <= 2_000; timestamp += 40) clock.arrived(timestamp, 9_000);
  expect(clock.dueAt(2_000)).toBe(9_100);
  expect(clock.dueAt(1_900)).toBe(9_000);
  expect(clock.dueAt(0)).toBeLessThan(9_000);
});

test("a way that has become longer for good is followed", () => {
  const clock = new PlayoutClock(100);
  clock.arrived(0, 0);
  for (let timestamp = 40; timestamp <= 60_000; timestamp += 40) {
    clock.arrived(timestamp, timestamp + 200);
  }
  expect(clock.dueAt(60_000)).toBeCloseTo(60_300, 5);
});

test("before anything came nothing is due", () => {
  expect(new PlayoutClock(100).dueAt(0)).toBe(Number.POSITIVE_INFINITY);
});
