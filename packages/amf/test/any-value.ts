/** Arbitrary values of fast-check. */
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
  Unsupported,
} from "@rtmp/amf";
import fc from "fast-check";

const text = fc.string({ unit: "binary", maxLength: 50 });
const odd = fc.constantFrom("__proto__", "constructor", "0", "toString", "x");
const i16 = fc.integer({ min: -32_768, max: 32_767 });
const integer = fc.integer({ min: -0x10000002, max: 0x10000001 });
const numbers = fc.oneof(
  fc.int32Array({ maxLength: 5 }),
  fc.uint32Array({ maxLength: 5 }),
  fc.float64Array({ maxLength: 5 }),
);

function withoutPrototype(entries: [string, AmfValue][]): AmfObject {
  const properties: AmfObject = Object.create(null);
  for (const [key, value] of entries) properties[key] = value;
  return properties;
}

/** Seals the first half of the members. */
function halfSealed(className: string, properties: AmfObject, dynamic: boolean): TypedObject {
  const names = Object.keys(properties);
  const sealed = dynamic ? names.slice(0, names.length / 2) : names;
  return new TypedObject(className, properties, { sealed, dynamic });
}

/** An anonymous object whose members are all dynamic is an {@link AmfObject}. */
function isTyped({ className, traits }: TypedObject): boolean {
  return className !== "" || traits.sealed.length > 0 || !traits.dynamic;
}

/** An array without names is read as an array. */
function named(properties: AmfObject, dense: AmfValue[]): EcmaArray {
  if (Object.keys(properties).length === 0) properties["x"] = null;
  return new EcmaArray(properties, dense);
}

interface Tied {
  readonly value: fc.Arbitrary<AmfValue>;
  readonly list: fc.Arbitrary<AmfValue[]>;
  readonly properties: fc.Arbitrary<AmfObject>;
}

/** Nests what `kinds` gives, arrays and objects. */
function nestedValue(
  name: fc.Arbitrary<string>,
  kinds: (tied: Tied) => fc.Arbitrary<AmfValue>[],
): fc.Arbitrary<AmfValue> {
  return fc.letrec<{ value: AmfValue; list: AmfValue[]; properties: AmfObject }>((tie) => {
    const tied = { value: tie("value"), list: tie("list"), properties: tie("properties") };
    const { value, list, properties } = tied;
    return {
      value: fc.oneof({ maxDepth: 5 }, plainValue, list, properties, ...kinds(tied)),
      list: fc.array(value, { maxLength: 5 }),
      properties: fc.array(fc.tuple(name, value), { maxLength: 5 }).map(withoutPrototype),
    };
  }).value;
}

const plainValue: fc.Arbitrary<AmfValue> = fc.oneof(
  fc.double(),
  integer,
  fc.boolean(),
  text,
  fc.constantFrom(null, undefined),
  text.map((source) => new AmfXml(source)),
);

/** Any value that AMF3 reads as it was written. */
export const anyValue3 = nestedValue(
  // An empty name ends the members.
  fc.oneof(text, odd).filter((name) => name !== ""),
  ({ value, list, properties }) => [
    fc.uint8Array({ maxLength: 20 }),
    text.map((source) => new AmfXml(source, "XML")),
    fc.tuple(numbers, fc.boolean()).map(([values, fixed]) => new AmfVector(values, fixed)),
    fc.double().map((time) => new AmfDate(time)),
    fc.tuple(properties, list).map(([members, dense]) => named(members, dense)),
    fc
      .tuple(fc.oneof(text, odd), properties, fc.boolean())
      .map(([className, members, dynamic]) => halfSealed(className, members, dynamic))
      .filter(isTyped),
    fc
      .tuple(list, text, fc.boolean())
      .map(([values, typeName, fixed]) => new AmfObjectVector(values, typeName, fixed)),
    fc
      .tuple(fc.array(fc.tuple(value, value), { maxLength: 3 }), fc.boolean())
      .map(([entries, weakKeys]) => new AmfDictionary(entries, weakKeys)),
  ],
);

/** Any value that AMF0 reads as it was written, with AMF3 values in it. */
export const anyValue0 = nestedValue(fc.oneof(text, odd, fc.constant("")), ({ properties }) => [
  fc.constant(Unsupported),
  fc.tuple(fc.double(), i16).map(([time, zone]) => new AmfDate(time, zone)),
  properties.map((members) => new EcmaArray(members)),
  fc.tuple(text, properties).map(([className, members]) => new TypedObject(className, members)),
  anyValue3,
]);

/** How to make a graph: for each node its kind and the nodes that it holds. */
export const anyGraph = fc.array(
  fc.tuple(fc.nat({ max: 4 }), fc.array(fc.nat({ max: 9 }), { maxLength: 4 })),
  { minLength: 1, maxLength: 10 },
);

/** Makes the graph: its nodes hold one another in any way, also themselves. */
export function makeGraph(plan: readonly (readonly [number, readonly number[]])[]): AmfValue[] {
  const made = plan.map(([kind], i): { list: AmfValue[]; node: AmfValue } => {
    const list: AmfValue[] = [];
    return { list, node: nodeOf(kind, list, i) };
  });
  for (const [i, [, targets]] of plan.entries()) {
    for (const target of targets) made.at(i)?.list.push(made.at(target % made.length)?.node);
  }
  return made.map(({ node }) => node);
}

function nodeOf(kind: number, list: AmfValue[], key: number): AmfValue {
  if (kind === 0) return list;
  if (kind === 1) return new AmfObjectVector(list);
  if (kind === 2) return new EcmaArray(withoutPrototype([["list", list]]), [list]);
  if (kind === 3) return new AmfDictionary([[list, key]]);
  return withoutPrototype([["list", list]]);
}

/** Whether two graphs have the same shape: what is one value in one of them is one in the other. */
export function isSameGraph(
  one: unknown,
  other: unknown,
  pairs = new Map<unknown, unknown>(),
): boolean {
  if (typeof one !== "object" || one === null) return Object.is(one, other);
  if (typeof other !== "object" || other === null) return false;
  if (pairs.has(one) || pairs.has(other)) {
    return pairs.get(one) === other && pairs.get(other) === one;
  }

  pairs.set(one, other).set(other, one);
  const members = Object.entries(one);
  const otherMembers = new Map<string, unknown>(Object.entries(other));
  return (
    Object.getPrototypeOf(one) === Object.getPrototypeOf(other) &&
    members.length === otherMembers.size &&
    members.every(([name, member]) => isSameGraph(member, otherMembers.get(name), pairs))
  );
}
