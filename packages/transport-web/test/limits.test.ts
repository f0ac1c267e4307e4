import { defaultWebTransportLimits, resolveWebTransportLimits } from "@rtmp/transport-web";
import { expect, test } from "vitest";

test("what is left out has its default", () => {
  expect(resolveWebTransportLimits()).toEqual(defaultWebTransportLimits);
  expect(resolveWebTransportLimits({ maxUnreadBytes: 1111 }).maxUnreadBytes).toBe(1111);
});

test("a negative limit is refused by name; zero and no bound are not", () => {
  expect(() => resolveWebTransportLimits({ maxUnreadBytes: -1 })).toThrow(/maxUnreadBytes/);
  expect(() => resolveWebTransportLimits({ maxUnreadBytes: Number.NaN })).toThrow(RangeError);
  expect(resolveWebTransportLimits({ maxUnreadBytes: 0 }).maxUnreadBytes).toBe(0);
  const unbounded = Number.POSITIVE_INFINITY;
  expect(resolveWebTransportLimits({ maxUnreadBytes: unbounded }).maxUnreadBytes).toBe(unbounded);
});
