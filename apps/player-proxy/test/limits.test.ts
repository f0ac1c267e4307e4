import { expect, test } from "vitest";

import { defaultProxyLimits, resolveProxyLimits } from "../src/limits.ts";

test("without arguments the defaults hold, and nobody can change them", () => {
  expect(resolveProxyLimits()).toEqual({ lingerMs: 10_000, maxFetchedStreams: 1_024 });
  expect(Object.isFrozen(defaultProxyLimits)).toBe(true);
});

test("what is given replaces its default only", () => {
  expect(resolveProxyLimits({ lingerMs: 0 })).toEqual({ lingerMs: 0, maxFetchedStreams: 1_024 });
  expect(resolveProxyLimits({ maxFetchedStreams: 1 })).toEqual({
    lingerMs: 10_000,
    maxFetchedStreams: 1,
  });
});

test.each([
  ["lingerMs", [-1, Number.NaN, Number.POSITIVE_INFINITY, 0x80000000]],
  ["maxFetchedStreams", [0, -1, Number.NaN]],
])("%s out of range is a mistake of the caller", (name, values) => {
  for (const value of values) {
    expect(() => resolveProxyLimits({ [name]: value })).toThrow(RangeError);
    expect(() => resolveProxyLimits({ [name]: value })).toThrow(name);
  }
});
