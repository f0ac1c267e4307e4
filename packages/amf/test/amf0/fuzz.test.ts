import { isDeepStrictEqual } from "node:util";
import {
  AmfDate,
  AmfError,
  type AmfObject,
  type AmfValue,
  AmfXml,
  decodeAmf0Sequence,
  EcmaArray,
  encodeAmf0,
  TypedObject,
  Unsupported,
} from "@rtmp/amf";
import { hex, seededBytes, seededRandom, toHex } from "@rtmp/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { tryDecode } from "../decoded.ts";
import { refused } from "../refused.ts";
import { vectors } from "../vectors.ts";

const text = fc.string({ unit: "binary", maxLength: 50 });
const name = fc.oneof(text, fc.constantFrom("", "__proto__", "constructor", "0", "toString"));
const i16 = fc.integer({ min: -32_768, max: 32_767 });

function withoutPrototype(entries: [string, AmfValue][]): AmfObject {
  const properties: AmfObject = Object.create(null);
  for (const [key, value] of entries) properties[key] = value;
  return properties;
}

const { value: anyValue } = fc.letrec<{ value: AmfValue; properties: AmfObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.double(),
    fc.boolean(),
    text,
    fc.constantFrom(null, undefined, Unsupported),
    fc.tuple(fc.double(), i16).map(([time, zone]) => new AmfDate(time, zone)),
    text.map((source) => new AmfXml(source)),
    fc.array(tie("value"), { maxLength: 5 }),
    tie("properties"),
    tie("properties").map((properties) => new EcmaArray(properties)),
    fc.tuple(text, tie("properties")).map(([className, properties]) => {
      return new TypedObject(className, properties);
    }),
  ),
  properties: fc.array(fc.tuple(name, tie("value")), { maxLength: 5 }).map(withoutPrototype),
}));

/** The values' bytes, and the bytes of what these decode to. */
function encodeTwice(values: AmfValue[]): [once: Buffer, twice: Buffer] {
  const once = encodeAmf0(...values);
  return [Buffer.from(once), Buffer.from(encodeAmf0(...decodeAmf0Sequence(once)))];
}

/** Changes, cuts, inserts, or splices two inputs. */
function mutate(bytes: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const mutated = bytes.slice();
  switch (Math.floor(random() * 5)) {
    case 0:
      mutated[at] = Math.floor(random() * 256);
      return mutated;
    case 1:
      // Markers and small lengths reach deeper than any byte.
      mutated[at] = Math.floor(random() * 0x12);
      return mutated;
    case 2:
      return mutated.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), seededBytes(random, 3), bytes.subarray(at)]);
    default:
      return Buffer.concat([bytes.subarray(0, at), other]);
  }
}

test("any values are the same after encoding and decoding", () => {
  fc.assert(
    fc.property(fc.array(anyValue, { maxLength: 4 }), (values) => {
      expect(isDeepStrictEqual(decodeAmf0Sequence(encodeAmf0(...values)), values)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("any bytes throw an AmfError or decode to what can be encoded", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const outcome = tryDecode(bytes);
      const [once, twice] = encodeTwice(outcome instanceof AmfError ? [] : outcome);
      expect(once.equals(twice)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("20000 mutated bodies throw an AmfError or decode to what can be encoded", () => {
  const seeds = [
    ...vectors.map((vector) => hex(vector.hex).subarray(vector.offset ?? 0)),
    ...refused.map((entry) => hex(entry.hex)),
  ];
  const random = seededRandom(1111);
  const pick = () => seeds.at(Math.floor(random() * seeds.length))!;
  let decoded = 0;
  for (let i = 0; i < 20_000; i++) {
    let bytes: Uint8Array = pick();
    for (let rounds = 1 + Math.floor(random() * 3); rounds > 0; rounds--) {
      bytes = mutate(bytes, pick(), random);
    }

    const outcome = tryDecode(bytes);
    if (outcome instanceof AmfError) continue;
    const [once, twice] = encodeTwice(outcome);
    if (!once.equals(twice)) throw new Error(`not stable: ${toHex(bytes)}`);
    decoded++;
  }
  // Far from none and far from all: the mutations reach both outcomes.
  expect(decoded).toBeGreaterThan(2000);
  expect(decoded).toBeLessThan(18_000);
});
