import { expect, test } from "vitest";
import { CurrentPlay } from "../src/current-play.ts";

test("requests are numbered from 1", () => {
  const play = new CurrentPlay();
  expect([play.ask(), play.ask(), play.ask()]).toEqual([1, 2, 3]);
});

test.each([
  [
    [1, 2, 3],
    [true, true, true],
  ],
  [
    [3, 1, 2],
    [true, false, false],
  ],
  [
    [2, 1, 3],
    [true, false, true],
  ],
  [
    [1, 3, 2],
    [true, true, false],
  ],
])("granted in the order %j, those count: %j", (order, counts) => {
  const play = new CurrentPlay();
  for (const _ of order) play.ask();
  expect(order.map((request) => play.grant(request))).toEqual(counts);
});
