import { defaultSharedObjectLimits, resolveSharedObjectLimits } from "@rtmp/relay";
import { expect, test } from "vitest";

test("without arguments the defaults hold, and nobody can change them", () => {
  expect(resolveSharedObjectLimits()).toEqual({
    maxSharedObjects: 1024,
    maxSharedObjectsPerClient: 64,
    maxSharedObjectClients: 4096,
    maxSharedObjectSlots: 1024,
    maxSharedObjectSlotBytes: 65_536,
    maxSharedObjectDataBytes: 1_048_576,
    maxSharedObjectBacklog: 32,
    maxSharedObjectQueueBytes: 8_388_608,
  });
  expect(Object.isFrozen(defaultSharedObjectLimits)).toBe(true);
});

test("what is given replaces its default only", () => {
  expect(resolveSharedObjectLimits({ maxSharedObjects: 1111 })).toEqual({
    ...defaultSharedObjectLimits,
    maxSharedObjects: 1111,
  });
});

test.each(Object.keys(defaultSharedObjectLimits))("%s is a positive integer", (name) => {
  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => resolveSharedObjectLimits({ [name]: value })).toThrow(RangeError);
    expect(() => resolveSharedObjectLimits({ [name]: value })).toThrow(name);
  }
});
