import { expect, test } from "vitest";

import { SampleTimes } from "../src/sample-times.ts";

test("samples are timed by counting them, however unevenly they are handed over", () => {
  const times = new SampleTimes(48_000);
  expect(times.take(480, 1_010)).toBe(1_000);
  expect(times.take(480, 1_050)).toBe(1_010);
  expect(times.take(480, 1_000)).toBe(1_020);
});

test("after samples were lost the clock counts", () => {
  const times = new SampleTimes(48_000);
  times.take(480, 10);
  expect(times.take(480, 500)).toBe(490);
  expect(times.take(480, 500)).toBe(500);
});

test("no time is negative", () => {
  expect(new SampleTimes(48_000).take(4_800, 20)).toBe(0);
});
