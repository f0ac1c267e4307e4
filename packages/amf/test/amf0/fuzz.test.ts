import { isDeepStrictEqual } from "node:util";
import { AmfError } from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyValue0 } from "../any-value.ts";
import { amf0, fuzz, isStable } from "../fuzz.ts";
import { refused } from "../refused.ts";
import { vectors } from "../vectors.ts";

test("any values are the same after encoding and decoding", () => {
  fc.assert(
    fc.property(fc.array(anyValue0, { maxLength: 4 }), (values) => {
      expect(isDeepStrictEqual(amf0.decode(amf0.encode(values)), values)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("any bytes throw an AmfError or decode to what can be encoded", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const outcome = amf0.decode(bytes);
      expect(outcome instanceof AmfError || isStable(amf0, outcome)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("20000 mutated bodies throw an AmfError or decode to what can be encoded", () => {
  const seeds = [
    ...vectors.map((vector) => hex(vector.hex).subarray(vector.offset ?? 0)),
    ...refused.map((entry) => hex(entry.hex)),
  ];
  const decoded = fuzz(amf0, seeds, 20_000);
  // Far from none and far from all: the mutations reach both outcomes.
  expect(decoded).toBeGreaterThan(2000);
  expect(decoded).toBeLessThan(18_000);
});
