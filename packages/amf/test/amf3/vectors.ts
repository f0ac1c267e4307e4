/** AMF3 values and their bytes, for decoding, encoding, round trips and as seeds of the fuzz tests. */
import {
  AmfDate,
  AmfDictionary,
  type AmfObject,
  AmfObjectVector,
  type AmfValue,
  AmfVector,
  AmfXml,
  EcmaArray,
  TypedObject,
} from "@rtmp/amf";
import type { Vector } from "../vectors.ts";

const sealedPoint = { sealed: ["x", "y"], dynamic: false };
const selfHolding: AmfValue[] = [];
selfHolding.push(selfHolding);
const selfReferring: AmfObject = {};
selfReferring["me"] = selfReferring;
const selfNaming = new EcmaArray({}, []);
selfNaming.properties["a"] = selfNaming;
const selfTyped = new TypedObject("C", {});
selfTyped.properties["a"] = selfTyped;
const vectorMembers: AmfValue[] = [];
const selfVector = new AmfObjectVector(vectorMembers);
vectorMembers.push(selfVector);
const entries: [AmfValue, AmfValue][] = [];
const selfDictionary = new AmfDictionary(entries);
entries.push([selfDictionary, selfDictionary]);
const date = new AmfDate(0);
const xml = new AmfXml("<a/>", "XML");
const bytes = Uint8Array.of(1);
const vector = new AmfVector(Int32Array.of(1));

/** AMF3 §3.2 to §3.8. */
const plainValues: readonly Vector[] = [
  { name: "undefined", values: [undefined], hex: "00" },
  { name: "null", values: [null], hex: "01" },
  { name: "false", values: [false], hex: "02" },
  { name: "true", values: [true], hex: "03" },
  { name: "integer 0", values: [0], hex: "04 00" },
  { name: "integer 127", values: [127], hex: "04 7f" },
  { name: "integer 128", values: [128], hex: "04 81 00" },
  { name: "integer 16383", values: [16_383], hex: "04 ff 7f" },
  { name: "integer 16384", values: [16_384], hex: "04 81 80 00" },
  { name: "integer 2097151", values: [2_097_151], hex: "04 ff ff 7f" },
  { name: "integer 2097152", values: [2_097_152], hex: "04 80 c0 80 00" },
  { name: "integer 268435455", values: [268_435_455], hex: "04 bf ff ff ff" },
  { name: "integer -1", values: [-1], hex: "04 ff ff ff ff" },
  { name: "integer -268435456", values: [-268_435_456], hex: "04 c0 80 80 00" },
  { name: "integer 1 in two bytes", values: [1], hex: "04 80 01", canonical: false },
  { name: "integer 1 in three bytes", values: [1], hex: "04 80 80 01", canonical: false },
  { name: "integer 1 in four bytes", values: [1], hex: "04 80 80 80 01", canonical: false },
  { name: "double 268435456", values: [268_435_456], hex: "05 41 b0 00 00 00 00 00 00" },
  { name: "double -268435457", values: [-268_435_457], hex: "05 c1 b0 00 00 01 00 00 00" },
  { name: "double 0.5", values: [0.5], hex: "05 3f e0 00 00 00 00 00 00" },
  { name: "double 1", values: [1], hex: "05 3f f0 00 00 00 00 00 00", canonical: false },
  { name: "negative zero", values: [-0], hex: "05 80 00 00 00 00 00 00 00" },
  { name: "NaN", values: [Number.NaN], hex: "05 7f f8 00 00 00 00 00 00" },
  { name: "-Infinity", values: [-Infinity], hex: "05 ff f0 00 00 00 00 00 00" },
  { name: "empty string", values: [""], hex: "06 01" },
  { name: "string", values: ["hi"], hex: "06 05 68 69" },
  { name: "string of two bytes a character", values: ["é"], hex: "06 05 c3 a9" },
  { name: "string of four bytes a character", values: ["😀"], hex: "06 09 f0 9f 98 80" },
  { name: "string that occurs twice", values: ["hi", "hi"], hex: "06 05 68 69 06 00" },
  {
    name: "string that occurs twice as literal",
    values: ["hi", "hi"],
    hex: "06 05 68 69 06 05 68 69",
    canonical: false,
  },
  {
    name: "empty strings, which have no index",
    values: ["", "a", "", "b", "a", "b"],
    hex: "06 01 06 03 61 06 01 06 03 62 06 00 06 02",
  },
];

/** AMF3 §3.9, §3.10, §3.13 to §3.16. */
const referableValues: readonly Vector[] = [
  { name: "XMLDocument", values: [new AmfXml("<a/>", "XMLDocument")], hex: "07 09 3c 61 2f 3e" },
  { name: "XML", values: [new AmfXml("<a/>", "XML")], hex: "0b 09 3c 61 2f 3e" },
  { name: "empty XML", values: [new AmfXml("", "XML")], hex: "0b 01" },
  {
    name: "XML, whose text has no index in the string table",
    values: [xml, "a", "a"],
    hex: "0b 09 3c 61 2f 3e 06 03 61 06 00",
  },
  { name: "date 1970-01-01", values: [new AmfDate(0)], hex: "08 01 00 00 00 00 00 00 00 00" },
  {
    name: "date whose head has more bits",
    values: [new AmfDate(0)],
    hex: "08 7f 00 00 00 00 00 00 00 00",
    canonical: false,
  },
  { name: "byte array", values: [Uint8Array.of(0xde, 0xad, 0xbe, 0xef)], hex: "0c 09 de ad be ef" },
  { name: "empty byte array", values: [Uint8Array.of()], hex: "0c 01" },
  {
    name: "vector of int",
    values: [new AmfVector(Int32Array.of(1, -1))],
    hex: "0d 05 00 00 00 00 01 ff ff ff ff",
  },
  {
    name: "fixed vector of uint",
    values: [new AmfVector(Uint32Array.of(4_294_967_295), true)],
    hex: "0e 03 01 ff ff ff ff",
  },
  {
    name: "vector of double",
    values: [new AmfVector(Float64Array.of(1))],
    hex: "0f 03 00 3f f0 00 00 00 00 00 00",
  },
  { name: "empty vector", values: [new AmfVector(Float64Array.of())], hex: "0f 01 00" },
  {
    name: "vector of any values",
    values: [new AmfObjectVector(["a"])],
    hex: "10 03 00 03 2a 06 03 61",
  },
  {
    name: "fixed vector without a type name",
    values: [new AmfObjectVector([null, 1], "", true)],
    hex: "10 05 01 01 01 04 01",
  },
  {
    name: "vector of a class",
    values: [
      new AmfObjectVector(
        [
          new TypedObject("P", { x: 3, y: 4 }, sealedPoint),
          new TypedObject("P", { x: 5, y: 6 }, sealedPoint),
        ],
        "P",
      ),
    ],
    hex: "10 05 00 03 50 0a 23 00 03 78 03 79 04 03 04 04 0a 01 04 05 04 06",
  },
  { name: "dictionary", values: [new AmfDictionary([["k", 1]])], hex: "11 03 00 06 03 6b 04 01" },
  {
    name: "dictionary with weak keys of any type",
    values: [
      new AmfDictionary(
        [
          [1, "one"],
          [{}, null],
        ],
        true,
      ),
    ],
    hex: "11 05 01 04 01 06 07 6f 6e 65 0a 0b 01 01 01",
  },
  {
    name: "every kind that has an index, twice",
    values: [date, xml, bytes, vector, date, xml, bytes, vector],
    hex: `08 01 00 00 00 00 00 00 00 00 0b 09 3c 61 2f 3e 0c 03 01 0d 03 00 00 00 00 01
      08 00 0b 02 0c 04 0d 06`,
  },
];

/** AMF3 §3.11. */
const arrays: readonly Vector[] = [
  { name: "empty array", values: [[]], hex: "09 01 01" },
  { name: "dense array", values: [[1, 2]], hex: "09 05 01 04 01 04 02" },
  {
    name: "dense array of one string twice",
    values: [["hi", "hi"]],
    hex: "09 05 01 06 05 68 69 06 00",
  },
  {
    name: "array of names",
    values: [new EcmaArray({ a: 1 })],
    hex: "09 01 03 61 04 01 01",
  },
  {
    name: "array of names and dense values",
    values: [new EcmaArray({ a: 1, "7": "a" }, [true, "a"])],
    // Names like "7" come first, as in every JavaScript object.
    hex: "09 05 03 37 06 03 61 02 04 01 01 03 06 02",
  },
  { name: "array that holds itself", values: [selfHolding], hex: "09 03 01 09 00" },
  { name: "array that names itself", values: [selfNaming], hex: "09 01 03 61 09 00 01" },
];

/** AMF3 §3.12. */
const objects: readonly Vector[] = [
  { name: "empty object", values: [{}], hex: "0a 0b 01 01" },
  { name: "object", values: [{ a: 1 }], hex: "0a 0b 01 03 61 04 01 01" },
  {
    name: "two objects, which share their traits and names",
    values: [{ a: 1 }, { a: 2 }],
    hex: "0a 0b 01 03 61 04 01 01 0a 01 00 04 02 01",
  },
  {
    name: "sealed object",
    values: [new TypedObject("P", { x: 3, y: 4 }, sealedPoint)],
    hex: "0a 23 03 50 03 78 03 79 04 03 04 04",
  },
  {
    name: "two sealed objects, which share their traits",
    values: [
      [
        new TypedObject("P", { x: 3, y: 4 }, sealedPoint),
        new TypedObject("P", { x: 5, y: 6 }, sealedPoint),
      ],
    ],
    hex: "09 05 01 0a 23 03 50 03 78 03 79 04 03 04 04 0a 01 04 05 04 06",
  },
  {
    name: "objects of three classes, the last of the second one",
    values: [
      {},
      new TypedObject("P", { x: 1 }, { sealed: ["x"], dynamic: false }),
      new TypedObject("P", {}, { sealed: [], dynamic: false }),
      new TypedObject("P", { x: 2 }, { sealed: ["x"], dynamic: false }),
    ],
    hex: "0a 0b 01 01 0a 13 03 50 03 78 04 01 0a 03 00 0a 05 04 02",
  },
  {
    name: "dynamic object of a class",
    values: [new TypedObject("C", { x: true })],
    hex: "0a 0b 03 43 03 78 03 01",
  },
  {
    name: "object with sealed and dynamic members",
    values: [new TypedObject("C", { x: true, y: false }, { sealed: ["x"], dynamic: true })],
    hex: "0a 1b 03 43 03 78 03 03 79 02 01",
  },
  {
    name: "anonymous object with a sealed member",
    values: [new TypedObject("", { x: true }, { sealed: ["x"], dynamic: false })],
    hex: "0a 13 01 03 78 03",
  },
  {
    name: "sealed member with an empty name",
    values: [new TypedObject("C", { "": 1 }, { sealed: [""], dynamic: false })],
    hex: "0a 13 03 43 01 04 01",
  },
  {
    name: "class name, names and values in one string table",
    values: [new TypedObject("a", { a: "a" }, { sealed: ["a"], dynamic: true })],
    hex: "0a 1b 03 61 00 06 00 01",
  },
  {
    name: "object that refers to itself",
    values: [selfReferring],
    hex: "0a 0b 01 05 6d 65 0a 00 01",
  },
  {
    name: "dynamic object that refers to itself",
    values: [selfTyped],
    hex: "0a 0b 03 43 03 61 0a 00 01",
  },
  { name: "vector that holds itself", values: [selfVector], hex: "10 03 00 03 2a 10 00" },
  {
    name: "dictionary that is its own key and value",
    values: [selfDictionary],
    hex: "11 03 00 11 00 11 00",
  },
];

export const vectors3: readonly Vector[] = [
  ...plainValues,
  ...referableValues,
  ...arrays,
  ...objects,
];
