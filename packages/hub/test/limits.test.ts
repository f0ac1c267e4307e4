import { defaultHubLimits, resolveHubLimits } from "@rtmp/hub";
import { expect, test } from "vitest";

test("a negative limit is refused by name, zero is not", () => {
  expect(() => resolveHubLimits({ graceMs: -1 })).toThrow(/graceMs/);
  expect(() => resolveHubLimits({ skipAboveBytes: Number.NaN })).toThrow(RangeError);
  expect(resolveHubLimits({ gopCacheMs: 0 }).gopCacheMs).toBe(0);
});

test("what is left out has its default", () => {
  expect(resolveHubLimits()).toEqual(defaultHubLimits);
});

test("graceMs: a time that no timer can wait for is refused", () => {
  expect(() => resolveHubLimits({ graceMs: Number.POSITIVE_INFINITY })).toThrow(/graceMs/);
  expect(() => resolveHubLimits({ graceMs: 0x8000_0000 })).toThrow(RangeError);
  expect(resolveHubLimits({ graceMs: 0x7fff_ffff }).graceMs).toBe(0x7fff_ffff);
});
