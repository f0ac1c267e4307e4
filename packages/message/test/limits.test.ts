import { defaultMessageLimits, resolveMessageLimits } from "@rtmp/message";
import { expect, test } from "vitest";

test("without arguments the defaults hold", () => {
  expect(resolveMessageLimits()).toEqual({
    maxCommandBytes: 65_536,
    maxCommandNameLength: 128,
    maxDataBytes: 1_048_576,
    maxSharedObjectBytes: 262_144,
    maxSharedObjectEvents: 1024,
    maxSharedObjectNameBytes: 512,
    maxAggregateParts: 4096,
    maxStreamPathBytes: 512,
    amf: {},
  });
});

test("what is given replaces its default only", () => {
  expect(resolveMessageLimits({ maxDataBytes: 2222, amf: { maxDepth: 3 } })).toEqual({
    ...defaultMessageLimits,
    maxDataBytes: 2222,
    amf: { maxDepth: 3 },
  });
});

test("nobody can change the defaults", () => {
  expect(Object.isFrozen(defaultMessageLimits)).toBe(true);
  expect(Object.isFrozen(defaultMessageLimits.amf)).toBe(true);
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("%d is no bound", (value) => {
  for (const name of [
    "maxCommandBytes",
    "maxCommandNameLength",
    "maxDataBytes",
    "maxSharedObjectBytes",
    "maxSharedObjectEvents",
    "maxSharedObjectNameBytes",
    "maxAggregateParts",
    "maxStreamPathBytes",
  ]) {
    expect(() => resolveMessageLimits({ [name]: value })).toThrow(RangeError);
    expect(() => resolveMessageLimits({ [name]: value })).toThrow(name);
  }
});
