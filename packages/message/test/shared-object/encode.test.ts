import type { AmfValue } from "@rtmp/amf";
import { decodeSharedObject, encodeSharedObject, type SharedObjectMessage } from "@rtmp/message";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { vectors } from "./vectors.ts";

const object = (...events: SharedObjectMessage["events"]): SharedObjectMessage => ({
  name: "a",
  version: 1,
  persistent: false,
  events,
});

/** An object whose member `b` refers to the container with this index. */
const withReference = (index: string) => `03 00 01 62 07 00 ${index} 00 00 09`;

describe("RTMP §7.1.3 shared object messages", () => {
  test.each(vectors)("$name is written", ({ message, bytes }) => {
    expect(toHex(encodeSharedObject(message))).toBe(toHex(bytes));
  });

  test("what only AMF3 has is written behind 11", () => {
    const message = object({ type: "change", name: "b", value: Uint8Array.of(0xab) });
    expect(toHex(encodeSharedObject(message))).toBe(
      toHex(
        hex("00 01 61 00 00 00 01 00 00 00 00 00 00 00 00 04 00 00 00 07 00 01 62 11 0c 03 ab"),
      ),
    );
  });

  test("each slot and each call has a table of references of its own", () => {
    const cycle: Record<string, AmfValue> = {};
    cycle["b"] = cycle;
    const message = object(
      { type: "change", name: "c", value: cycle },
      { type: "change", name: "c", value: cycle },
      { type: "send-message", handler: "go", args: [{}, cycle] },
    );
    expect(toHex(encodeSharedObject(message))).toBe(
      toHex(
        hex(`00 01 61 00 00 00 01 00 00 00 00 00 00 00 00
          04 00 00 00 0d 00 01 63 ${withReference("00")}
          04 00 00 00 0d 00 01 63 ${withReference("00")}
          06 00 00 00 13 02 00 02 67 6f 03 00 00 09 ${withReference("01")}`),
      ),
    );
  });
});

describe("a caller's mistake", () => {
  const longest = "x".repeat(0xffff);

  test("a name of 65536 bytes does not fit, one of 65535 does", () => {
    const payload = encodeSharedObject({ ...object(), name: longest });
    expect(payload).toHaveLength(2 + 0xffff + 12);
    expect(() => encodeSharedObject({ ...object(), name: `${longest}x` })).toThrow(RangeError);
    const half = "é".repeat(0x8000);
    expect(() => encodeSharedObject(object({ type: "remove", name: half }))).toThrow(RangeError);
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])("%d is no version", (version) => {
    expect(() => encodeSharedObject({ ...object(), version })).toThrow("version");
    expect(() => encodeSharedObject({ ...object(), version })).toThrow(RangeError);
  });

  test("more than maxBytes do not fit, and exactly as many do", () => {
    const message = object({ type: "change", name: "b", value: "€uro" });
    const { length } = encodeSharedObject(message);
    expect(encodeSharedObject(message, { maxBytes: length })).toHaveLength(length);
    expect(() => encodeSharedObject(message, { maxBytes: length - 1 })).toThrow(RangeError);
  });

  test("a value whose references would become 2 to the 30th copies is given up soon", () => {
    let value: AmfValue = [];
    for (let level = 0; level < 30; level++) value = [value, value];
    const message = object({ type: "change", name: "b", value });
    const start = performance.now();
    expect(() => encodeSharedObject(message, { maxBytes: 65_536 })).toThrow("exceeds 65536 bytes");
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test("256 is no event type", () => {
    const event = { type: "unknown", id: 256, data: new Uint8Array() } as const;
    expect(() => encodeSharedObject(object(event))).toThrow(RangeError);
    const { events } = decodeSharedObject(encodeSharedObject(object({ ...event, id: 255 })));
    expect(events).toEqual([{ ...event, id: 255 }]);
  });
});
