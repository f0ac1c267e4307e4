import { expect, test } from "vitest";

import { PollInterval } from "../../src/rtmpt/poll-interval.ts";

test("the interval rises after ten empty answers each, up to 21 hex", () => {
  const interval = new PollInterval();
  const said: number[] = [];
  for (let answer = 0; answer < 70; answer++) {
    said.push(interval.value);
    interval.countEmpty();
  }
  const steps = [0x01, 0x03, 0x05, 0x09, 0x11, 0x21, 0x21];
  expect(said).toEqual(steps.flatMap((step) => Array.from({ length: 10 }, () => step)));
});

test("the interval is 01 again as soon as there were bytes", () => {
  const interval = new PollInterval();
  for (let answer = 0; answer < 25; answer++) interval.countEmpty();
  expect(interval.value).toBe(0x05);
  interval.reset();
  expect(interval.value).toBe(0x01);
});
