import { StreamHub } from "@rtmp/hub";
import { describe, expect, test } from "vitest";
import { autoMergeWindowMs, MergeWindow } from "../src/merge-window.ts";

describe("the window by itself", () => {
  test.each([
    [0, 0],
    [1, 0],
    [79, 0],
    [80, 16],
    [100, 20],
    [400, 80],
    [499, 99.8],
    [500, 100],
    [5_000, 100],
  ])("with %d subscribers of the hub it is %d ms", (subscribers, milliseconds) => {
    expect(autoMergeWindowMs(subscribers)).toBeCloseTo(milliseconds, 9);
  });

  test("follows the subscribers as they come and go", () => {
    const window = new MergeWindow("auto");
    expect(window.milliseconds).toBe(0);
    window.subscribers = 222;
    expect(window.milliseconds).toBeCloseTo(44.4, 9);
    window.subscribers = 0;
    expect(window.milliseconds).toBe(0);
  });
});

test("a window that is asked for stays, however many subscribers there are", () => {
  const window = new MergeWindow(33);
  window.subscribers = 5_000;
  expect(window.milliseconds).toBe(33);
  expect(new MergeWindow(0).milliseconds).toBe(0);
  expect(new MergeWindow(10_000).milliseconds).toBe(10_000);
});

test.each([-1, 10_000.5, Number.POSITIVE_INFINITY, Number.NaN])(
  "mergeWindowMs: %d is refused",
  (mergeWindowMs) => {
    expect(() => new StreamHub({ mergeWindowMs })).toThrow(RangeError);
    expect(() => new StreamHub({ mergeWindowMs })).toThrow(/mergeWindowMs/);
  },
);
