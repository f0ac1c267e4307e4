import { VirtualClock } from "@rtmp/testing";
import { expect, test } from "vitest";

import { DeadlineTimer } from "../../src/rtmpt/deadline-timer.ts";

function timerOf(clock: VirtualClock): { timer: DeadlineTimer; calls: number[] } {
  const calls: number[] = [];
  return { timer: new DeadlineTimer(clock, () => calls.push(clock.now())), calls };
}

test("the time is told once, at the deadline", () => {
  const clock = new VirtualClock(1_000);
  const { timer, calls } = timerOf(clock);
  timer.arm(1_111);
  clock.advance(110);
  expect(calls).toEqual([]);
  clock.advance(1_000);
  expect(calls).toEqual([1_111]);
});

test("an earlier deadline takes the place of a later one", () => {
  const clock = new VirtualClock(1_000);
  const { timer, calls } = timerOf(clock);
  timer.arm(2_000);
  timer.arm(1_500);
  expect(clock.pending).toBe(1);
  clock.advance(2_000);
  expect(calls).toEqual([1_500]);
});

test("a later deadline costs no timer: the earlier one is told", () => {
  const clock = new VirtualClock(1_000);
  const { timer, calls } = timerOf(clock);
  timer.arm(1_500);
  timer.arm(2_000);
  clock.advance(2_000);
  expect(calls).toEqual([1_500]);
  timer.arm(4_000);
  clock.advance(2_000);
  expect(calls).toEqual([1_500, 4_000]);
});

test("a deadline in the past is told at once, but not inside the call", () => {
  const clock = new VirtualClock(1_000);
  const { timer, calls } = timerOf(clock);
  timer.arm(999);
  expect(calls).toEqual([]);
  clock.advance(0);
  expect(calls).toEqual([1_000]);
});

test("Infinity asks for nothing, and nothing is told after cancel", () => {
  const clock = new VirtualClock(1_000);
  const { timer, calls } = timerOf(clock);
  timer.arm(Number.POSITIVE_INFINITY);
  expect(clock.pending).toBe(0);
  timer.arm(1_500);
  timer.cancel();
  expect(clock.pending).toBe(0);
  clock.advance(9_999);
  expect(calls).toEqual([]);
});
