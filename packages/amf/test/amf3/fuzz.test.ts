import { isDeepStrictEqual } from "node:util";
import { AmfError } from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { anyGraph, anyValue3, isSameGraph, makeGraph } from "../any-value.ts";
import { amf0, amf3, fuzz, isStable } from "../fuzz.ts";
import { refused3 } from "./refused.ts";
import { vectors3 } from "./vectors.ts";

test("any values are the same after encoding and decoding", () => {
  fc.assert(
    fc.property(fc.array(anyValue3, { maxLength: 4 }), (values) => {
      expect(isDeepStrictEqual(amf3.decode(amf3.encode(values)), values)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("any bytes throw an AmfError or decode to what can be encoded", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const outcome = amf3.decode(bytes);
      expect(outcome instanceof AmfError || isStable(amf3, outcome)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("20000 mutated bodies throw an AmfError or decode to what can be encoded", () => {
  const seeds = [
    ...vectors3.map((vector) => hex(vector.hex)),
    ...refused3.map((entry) => hex(entry.hex)),
    // flex.messaging.io.ArrayList
    hex(
      "0a 07 37 66 6c 65 78 2e 6d 65 73 73 61 67 69 6e 67 2e 69 6f 2e 41 72 72 61 79 4c 69 73 74 09 03 01 0a 00",
    ),
  ];
  const decoded = fuzz(amf3, seeds, 20_000);
  // Far from none and far from all: the mutations reach both outcomes.
  expect(decoded).toBeGreaterThan(2000);
  expect(decoded).toBeLessThan(18_000);
});

test("20000 mutated AMF3 values in AMF0 bodies do so too", () => {
  const seeds = vectors3.map((vector) => hex(`11 ${vector.hex} 05 11 ${vector.hex}`));
  const decoded = fuzz(amf0, seeds, 20_000);
  expect(decoded).toBeGreaterThan(2000);
  expect(decoded).toBeLessThan(18_000);
});

test("any graph keeps its shape", () => {
  fc.assert(
    fc.property(anyGraph, (plan) => {
      const nodes = makeGraph(plan);
      expect(isSameGraph(amf3.decode(amf3.encode(nodes)), nodes)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
