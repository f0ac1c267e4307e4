import { defaultFlvLimits, resolveFlvLimits } from "@rtmp/flv";
import { expect, test } from "vitest";

test("what is not said has its default", () => {
  expect(resolveFlvLimits()).toEqual({
    maxTracksPerMessage: 16,
    maxModExBlocks: 16,
    maxParameterSets: 256,
    maxTagBytes: 16_777_215,
  });
  expect(resolveFlvLimits({ maxModExBlocks: 1111 })).toEqual({
    maxTracksPerMessage: 16,
    maxModExBlocks: 1111,
    maxParameterSets: 256,
    maxTagBytes: 16_777_215,
  });
});

test("neither the defaults nor a result can be changed", () => {
  expect(Object.isFrozen(defaultFlvLimits)).toBe(true);
  expect(Object.isFrozen(resolveFlvLimits())).toBe(true);
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("%d tracks are no limit", (value) => {
  expect(() => resolveFlvLimits({ maxTracksPerMessage: value })).toThrow(RangeError);
  expect(() => resolveFlvLimits({ maxModExBlocks: value })).toThrow(/maxModExBlocks/);
});
