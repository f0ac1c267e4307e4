/** The same bytes and values read by amfjs 1.3.1. */
import {
  AmfDate,
  type AmfInput,
  AmfObjectVector,
  type AmfValue,
  AmfVector,
  decodeAmf0,
  decodeAmf3,
  EcmaArray,
  encodeAmf0,
  encodeAmf3,
  TypedObject,
} from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import amfjs from "amfjs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { vectors3 } from "../amf3/vectors.ts";
import { vectors } from "../vectors.ts";

type Version = typeof amfjs.AMF0;

function read(bytes: Uint8Array, count: number, version: Version): unknown[] {
  let at = 0;
  const decoder = new amfjs.AMFDecoder({
    read: (length) => {
      const start = at;
      at += length;
      return at > bytes.length ? null : Buffer.from(bytes.subarray(start, at));
    },
  });
  return Array.from({ length: count }, () => decoder.decode(version));
}

function write(value: unknown, version: Version): Uint8Array {
  const parts: Buffer[] = [];
  new amfjs.AMFEncoder({ write: (bytes) => parts.push(bytes) }).writeObject(value, version);
  return Buffer.concat(parts);
}

/** Members as amfjs has them: an object whatever the class, arrays of names too. */
function membersOf(value: object, properties: object, seen: Map<object, unknown>): unknown {
  const members: Record<string, unknown> = {};
  seen.set(value, members);
  for (const [name, member] of Object.entries(properties)) {
    if (name !== "__class") members[name] = toPlain(member, seen);
  }
  return members;
}

/** What a value is without what amfjs does not keep. */
function toPlain(value: unknown, seen = new Map<object, unknown>()): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  if (value instanceof AmfDate) return new Date(value.time);
  if (value instanceof Date) return value;
  if (value instanceof Uint8Array) return [...value];
  if (value instanceof AmfVector) return [...value.values];
  if (value instanceof AmfObjectVector) return toPlain(value.values, seen);
  if (value instanceof EcmaArray) {
    const { dense, properties } = value;
    return membersOf(value, dense.length > 0 ? { ...properties, dense } : properties, seen);
  }
  if (value instanceof TypedObject) return membersOf(value, value.properties, seen);
  if (!Array.isArray(value)) return membersOf(value, value, seen);
  const items: unknown[] = [];
  seen.set(value, items);
  for (const item of value) items.push(toPlain(item, seen));
  return items;
}

/** Whether amfjs reads the values. */
function agrees(bytes: Uint8Array, values: readonly AmfValue[], version: Version): boolean {
  try {
    expect(toPlain(read(bytes, values.length, version))).toEqual(toPlain(values));
    return true;
  } catch {
    return false;
  }
}

/** The vectors that amfjs reads otherwise; README.md says which of the two is right. */
const differing0 = [
  // It refuses the markers.
  "unsupported",
  "XML document",
  "XML of E4X",
  // It gives a container its index behind its members.
  "object that refers to itself",
  "reference to a sibling",
  "AMF3 byte array, AMF0 object, AMF0 reference to itself",
  // It takes one byte for a number.
  "AMF3 byte array in an AMF0 object",
  // As below.
  "array with names and dense values",
  "vectors and a dictionary",
];
const differing3 = [
  // It refuses the markers.
  "XMLDocument",
  "XML",
  "empty XML",
  "XML, whose text has no index in the string table",
  "every kind that has an index, twice",
  // It does not read the dense values behind names.
  "array of names and dense values",
  // It reads an unsigned number as a signed one.
  "fixed vector of uint",
  // It reads two items where there are none.
  "empty vector",
  // It does not read the type name.
  "vector of any values",
  "fixed vector without a type name",
  "vector of a class",
  "vector that holds itself",
  // Its keys are JSON.
  "dictionary",
  "dictionary with weak keys of any type",
  "dictionary that is its own key and value",
];

describe("vectors", () => {
  test("of AMF0 are read alike, but for those that README.md names", () => {
    const differing = vectors.filter(({ hex: text, offset = 0, values }) => {
      return !agrees(hex(text).subarray(offset), values, amfjs.AMF0);
    });
    expect(differing.map(({ name }) => name).toSorted()).toEqual(differing0.toSorted());
  });

  test("of AMF3 are read alike, but for those that README.md names", () => {
    const differing = vectors3.filter(({ hex: text, values }) => {
      return !agrees(hex(text), values, amfjs.AMF3);
    });
    expect(differing.map(({ name }) => name).toSorted()).toEqual(differing3.toSorted());
  });
});

// Of what one of the two gets wrong the other says nothing.
const text = fc.string({ unit: "binary", maxLength: 40 });
const name = text.filter((value) => value !== "" && !value.startsWith("__"));
const date = fc.integer({ min: -8.64e15, max: 8.64e15 });
const integer = fc.integer({ min: -0x10000000, max: 0xfffffff });
const integer21 = fc.integer({ min: 0, max: 0x1fffff });

/** Nests arrays, and objects if they have names. */
function anyInput(
  integers: fc.Arbitrary<number>,
  names?: fc.Arbitrary<string>,
): fc.Arbitrary<AmfInput> {
  return fc.letrec<{ value: AmfInput; list: AmfInput[]; object: Record<string, AmfInput> }>(
    (tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.double().filter((value) => !Number.isInteger(value)),
        integers,
        fc.boolean(),
        fc.constantFrom(null, undefined),
        text,
        date.map((time) => new AmfDate(time)),
        tie("list"),
        ...(names === undefined ? [] : [tie("object")]),
      ),
      list: fc.array(tie("value"), { minLength: 1, maxLength: 5 }),
      object: fc.dictionary(names ?? name, tie("value"), { maxKeys: 5 }),
    }),
  ).value;
}

describe("any values", () => {
  test("that are written as AMF0 are read alike", () => {
    fc.assert(
      fc.property(anyInput(integer, name), (value) => {
        expect(toPlain(read(encodeAmf0(value), 1, amfjs.AMF0)[0])).toEqual(toPlain(value));
      }),
      { numRuns: 300 },
    );
  });

  test("that are written as AMF3 are read alike", () => {
    fc.assert(
      fc.property(anyInput(integer, name), (value) => {
        expect(toPlain(read(encodeAmf3(value), 1, amfjs.AMF3)[0])).toEqual(toPlain(value));
      }),
      { numRuns: 300 },
    );
  });

  test("that amfjs writes as AMF0 are read alike", () => {
    fc.assert(
      fc.property(anyInput(integer, name), (value) => {
        expect(toPlain(decodeAmf0(write(toPlain(value), amfjs.AMF0)))).toEqual(toPlain(value));
      }),
      { numRuns: 300 },
    );
  });

  test("that amfjs writes as AMF3 are read alike, but for names and long integers", () => {
    // It writes each name as text and does not count it, so that later references miss.
    fc.assert(
      fc.property(anyInput(integer21), (value) => {
        expect(toPlain(decodeAmf3(write(toPlain(value), amfjs.AMF3)))).toEqual(toPlain(value));
      }),
      { numRuns: 300 },
    );
  });
});

describe("what amfjs writes otherwise", () => {
  test("references of AMF3 to arrays and objects count as here", () => {
    const shared = Object.assign(new amfjs.Serializable("P"), { x: 1 });
    const value = decodeAmf3(write([shared, shared, [shared]], amfjs.AMF3));
    expect(value).toEqual(decodeAmf3(hex("09 07 01 0a 13 03 50 03 78 04 01 0a 02 09 03 01 0a 02")));
  });

  test("negative zero is an integer, and so are numbers up to 2^29", () => {
    expect(decodeAmf3(write(-0, amfjs.AMF3))).toBe(0);
    expect([...write(268_435_456, amfjs.AMF3)].slice(0, 1)).toEqual([0x04]);
  });

  test("an integer of four bytes has its bits in other places", () => {
    expect(read(encodeAmf3(2_097_152), 1, amfjs.AMF3)).toEqual([2_097_152]);
    expect(read(write(2_097_152, amfjs.AMF3), 1, amfjs.AMF3)).toEqual([0]);
  });

  test("the count of 64 dense values and more is cut to one byte", () => {
    const bytes = write(Array.from({ length: 70 }), amfjs.AMF3);
    expect([...bytes.subarray(0, 3)]).toEqual([0x09, 0x8d, 0x01]);
  });
});
