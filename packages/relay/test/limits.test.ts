import { defaultRelayLimits, resolveRelayLimits } from "@rtmp/relay";
import { expect, test } from "vitest";

test("without arguments the defaults hold, and nobody can change them", () => {
  expect(resolveRelayLimits()).toEqual({
    firstRetryMs: 500,
    maxRetryMs: 30_000,
    stableMs: 10_000,
    openTimeoutMs: 30_000,
    silentSourceMs: 10_000,
    maxReconnects: 5,
  });
  expect(Object.isFrozen(defaultRelayLimits)).toBe(true);
});

test("what is given replaces its default only", () => {
  expect(resolveRelayLimits({ stableMs: 1111 })).toEqual({ ...defaultRelayLimits, stableMs: 1111 });
});

const times = Object.keys(defaultRelayLimits).filter((name) => name.endsWith("Ms"));

test.each(times)("%s is a time that a timer can wait", (name) => {
  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 0x80000000]) {
    expect(() => resolveRelayLimits({ [name]: value })).toThrow(RangeError);
    expect(() => resolveRelayLimits({ [name]: value })).toThrow(name);
  }
});

test("Reconnect Requests may be followed always, or never", () => {
  for (const maxReconnects of [0, Number.POSITIVE_INFINITY]) {
    expect(resolveRelayLimits({ maxReconnects }).maxReconnects).toBe(maxReconnects);
  }
  for (const maxReconnects of [-1, Number.NaN]) {
    expect(() => resolveRelayLimits({ maxReconnects })).toThrow(RangeError);
  }
});
