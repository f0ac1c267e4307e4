import {
  AmfDate,
  type AmfValue,
  EcmaArray,
  propertiesOf,
  TypedObject,
  Unsupported,
} from "@rtmp/amf";
import { expect, test } from "vitest";

const members = { width: 320 };

test.each<[string, AmfValue]>([
  ["an object", members],
  ["an ECMA array", new EcmaArray(members)],
  ["a typed object", new TypedObject("Size", members)],
])("the members of %s are given as they are", (_what, value) => {
  expect(propertiesOf(value)).toBe(members);
});

test("an object without a prototype has members like any other", () => {
  const bare = Object.assign(Object.create(null), members);
  expect(propertiesOf(bare)).toBe(bare);
});

test.each<[string, AmfValue]>([
  ["null", null],
  ["undefined", undefined],
  ["a number", 1],
  ["text", "width"],
  ["an array", [members]],
  ["a date", new AmfDate(0)],
  ["bytes", new Uint8Array(1)],
  ["unsupported", Unsupported],
])("%s has none", (_what, value) => {
  expect(propertiesOf(value)).toBe(undefined);
});
