import type { SharedObjectValue } from "@rtmp/message";
import { defaultSharedObjectLimits } from "@rtmp/relay";
import { describe, expect, test } from "vitest";
import { eventBytes, Slots } from "../../src/shared-objects/slots.ts";

const full = expect.objectContaining({ code: "RTMP_ERR_SHARED_OBJECT_FULL", fault: "limit" });
const make = (limits: Partial<typeof defaultSharedObjectLimits>) =>
  new Slots({ ...defaultSharedObjectLimits, ...limits });

// Event type, length, name length, name, marker: "a" = null takes 9 bytes; a string its length and two more.
const nullBytes = 9;
const textBytes = (text: string) => nullBytes + 2 + text.length;

describe("an event", () => {
  test("is measured as it stands on the wire", () => {
    expect(eventBytes({ type: "change", name: "a", value: null }, 99)).toBe(nullBytes);
    expect(eventBytes({ type: "send-message", handler: "go", args: [] }, 99)).toBe(10);
  });

  test("that is larger has no measure", () => {
    const event = { type: "change", name: "a", value: null } as const;
    expect([eventBytes(event, nullBytes), eventBytes(event, nullBytes - 1)]).toEqual([
      nullBytes,
      undefined,
    ]);
  });

  test("that nests deeper than can be written has none either", () => {
    let value: SharedObjectValue = null;
    for (let depth = 0; depth < 40; depth++) value = [value];
    expect(eventBytes({ type: "change", name: "a", value }, 9999)).toBeUndefined();
  });
});

describe("slots", () => {
  test("are counted up to maxSharedObjectSlots; those that are there can change", () => {
    const slots = make({ maxSharedObjectSlots: 2 });
    slots.set("a", 1);
    slots.set("b", 1);
    slots.set("a", 2);
    expect(() => slots.set("c", 1)).toThrow(full);
    expect(slots.delete("b")).toBe(true);
    slots.set("c", 1);
    expect(Object.fromEntries(slots.values())).toEqual({ a: 2, c: 1 });
  });

  test("take maxSharedObjectSlotBytes each", () => {
    const slots = make({ maxSharedObjectSlotBytes: textBytes("12345") });
    slots.set("a", "12345");
    expect(() => slots.set("a", "123456")).toThrow(full);
    expect(slots.get("a")).toEqual({ value: "12345", bytes: textBytes("12345") });
  });

  test("take maxSharedObjectDataBytes in all: what a slot held before is free, what left too", () => {
    const slots = make({ maxSharedObjectDataBytes: textBytes("12345") + nullBytes });
    slots.set("a", "12345");
    slots.set("b", null);
    slots.set("a", "54321");
    expect(() => slots.set("a", "123456")).toThrow(full);
    expect(() => slots.set("c", null)).toThrow(full);
    expect([slots.delete("b"), slots.delete("b")]).toEqual([true, false]);
    slots.set("c", null);
    expect(() => slots.set("d", null)).toThrow(full);
  });

  test("can be copied: the copy stays as it was", () => {
    const slots = make({});
    slots.set("a", 1);
    const copy = slots.values();
    slots.set("a", 2);
    slots.set("b", 2);
    expect(Object.fromEntries(copy)).toEqual({ a: 1 });
    expect([...slots].map(([name, { value }]) => [name, value])).toEqual([
      ["a", 2],
      ["b", 2],
    ]);
  });
});
