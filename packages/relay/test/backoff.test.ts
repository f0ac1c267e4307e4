import { expect, test } from "vitest";
import { Backoff } from "../src/backoff.ts";

const limits = { firstRetryMs: 100, maxRetryMs: 1_111 };

test("each wait is twice as long as the one before, up to a bound", () => {
  const backoff = new Backoff(limits, () => 1);
  const waits = Array.from({ length: 6 }, () => backoff.next());
  expect(waits).toEqual([100, 200, 400, 800, 1_111, 1_111]);
});

test("chance takes up to half of a wait, and never lengthens the next", () => {
  const random = [0, 0.5, 0];
  const backoff = new Backoff(limits, () => random.shift() ?? 0);
  expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([50, 150, 200]);
});

test("a reset begins anew with the first wait", () => {
  const backoff = new Backoff(limits, () => 1);
  backoff.next();
  backoff.next();
  backoff.reset();
  expect(backoff.next()).toBe(100);
});

test("a first wait above the bound is the bound", () => {
  expect(new Backoff({ firstRetryMs: 2_222, maxRetryMs: 1_111 }, () => 1).next()).toBe(1_111);
});

test("the platform's chance stays within the bounds", () => {
  const backoff = new Backoff(limits);
  for (let turn = 0; turn < 100; turn++) {
    backoff.reset();
    const wait = backoff.next();
    expect(wait).toBeGreaterThanOrEqual(50);
    expect(wait).toBeLessThan(100);
  }
});
