import { addTimestamp, timestampDifference } from "@rtmp/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("RTMP §5.3.1.2 timestamps", () => {
  test("a delta past 2^32 ms wraps", () => {
    expect(addTimestamp(0xfffffff0, 0x20)).toBe(0x10);
  });

  test("10000 comes after 4000000000, and 3000000000 before it", () => {
    expect(timestampDifference(10_000, 4_000_000_000)).toBe(294_977_296);
    expect(timestampDifference(3_000_000_000, 4_000_000_000)).toBe(-1_000_000_000);
  });

  test("a difference below 2^31 ms survives the wrap in both directions", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.integer({ min: 1, max: 0x7fffffff }),
        (start, delta) => {
          const later = addTimestamp(start, delta);
          expect(timestampDifference(later, start)).toBe(delta);
          expect(timestampDifference(start, later)).toBe(-delta);
        },
      ),
    );
  });
});
