import { defaultTunnelLimits, resolveTunnelLimits } from "@rtmp/transport-node";
import { expect, test } from "vitest";

test("what is left out has its default", () => {
  const limits = resolveTunnelLimits({ maxTunnels: 1_111 });
  expect(limits).toEqual({ ...defaultTunnelLimits, maxTunnels: 1_111 });
  expect(resolveTunnelLimits()).toEqual(defaultTunnelLimits);
});

test.each([
  ["maxTunnels", 0],
  ["maxTunnelBodyBytes", 1.5],
  ["maxTunnelAnswerBytes", 0],
  ["idleHoldMs", -1],
  ["maxEarlyRequests", -1],
  ["tunnelTimeoutMs", 0x80000000],
  ["missingRequestMs", Number.NaN],
])("%s cannot be %d", (name, value) => {
  expect(() => resolveTunnelLimits({ [name]: value })).toThrow(RangeError);
  expect(() => resolveTunnelLimits({ [name]: value })).toThrow(name);
});

test.each(["idleHoldMs", "maxEarlyRequests"])("%s can be 0", (name) => {
  expect(resolveTunnelLimits({ [name]: 0 })).toMatchObject({ [name]: 0 });
});
