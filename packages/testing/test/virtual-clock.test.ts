import { VirtualClock } from "@rtmp/testing";
import { expect, test } from "vitest";

test("stands still until it is moved", () => {
  const clock = new VirtualClock(1_111);
  expect(clock.now()).toBe(1_111);
  clock.advance(5);
  expect(clock.now()).toBe(1_116);
});

test("runs what falls due in order of time, each at its time", () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  clock.schedule(20, () => ran.push(`b at ${clock.now()}`));
  clock.schedule(10, () => ran.push(`a at ${clock.now()}`));
  clock.schedule(31, () => ran.push("too late"));
  clock.schedule(20, () => ran.push(`c at ${clock.now()}`));
  clock.advance(30);
  expect(ran).toEqual(["a at 10", "b at 20", "c at 20"]);
  expect(clock.now()).toBe(30);
  expect(clock.pending).toBe(1);
});

test("runs what a callback schedules within the same move", () => {
  const clock = new VirtualClock();
  const ran: number[] = [];
  const again = (): void => {
    ran.push(clock.now());
    clock.schedule(10, again);
  };
  clock.schedule(10, again);
  clock.advance(35);
  expect(ran).toEqual([10, 20, 30]);
  expect(clock.pending).toBe(1);
});

test("a callback that was taken back does not run; taking back twice or late does nothing", () => {
  const clock = new VirtualClock();
  let runs = 0;
  const cancelled = clock.schedule(10, () => runs++);
  const late = clock.schedule(10, () => runs++);
  cancelled();
  cancelled();
  expect(clock.pending).toBe(1);
  clock.advance(10);
  late();
  expect(runs).toBe(1);
});

test("a delay below zero is none, and does not run inside schedule", () => {
  const clock = new VirtualClock(50);
  const ran: number[] = [];
  clock.schedule(-10, () => ran.push(clock.now()));
  expect(ran).toEqual([]);
  clock.advance(0);
  expect(ran).toEqual([50]);
});
