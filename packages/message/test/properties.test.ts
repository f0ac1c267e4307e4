import { AmfDate, AmfXml, type AmfValue, EcmaArray, TypedObject, Unsupported } from "@rtmp/amf";
import { describe, expect, test } from "vitest";
import {
  firstProperties,
  numberOf,
  propertiesOf,
  property,
  textProperty,
} from "../src/properties.ts";

describe("an object of any kind", () => {
  const properties = { a: 1 };
  test.each<[string, AmfValue]>([
    ["an object", properties],
    ["an object without a prototype", Object.assign(Object.create(null), properties)],
    ["an ECMA array", new EcmaArray(properties)],
    ["a typed object", new TypedObject("C", properties)],
  ])("%s gives its properties", (_, value) => {
    expect(propertiesOf(value)).toEqual(properties);
  });

  test.each<[string, AmfValue]>([
    ["null", null],
    ["undefined", undefined],
    ["a string", "abc"],
    ["a number", 1],
    ["a strict array", [1]],
    ["a date", new AmfDate(0)],
    ["XML", new AmfXml("<a/>")],
    ["unsupported", Unsupported],
  ])("%s has none", (_, value) => {
    expect(Object.keys(propertiesOf(value))).toEqual([]);
  });
});

describe("among several values", () => {
  test("the first object that has a property counts", () => {
    const values = [null, 1, {}, new EcmaArray({ a: 1 }), { a: 2 }];
    expect(firstProperties(values)).toEqual({ a: 1 });
  });

  test("none has no properties", () => {
    expect(Object.keys(firstProperties([null, "abc", {}]))).toEqual([]);
    expect(Object.keys(firstProperties([]))).toEqual([]);
  });
});

describe("a property", () => {
  test("is found in another letter case, the exact name first", () => {
    expect(property({ tcurl: "a" }, "tcUrl")).toBe("a");
    expect(property({ tcurl: "a", tcUrl: "b" }, "tcUrl")).toBe("b");
  });

  test("is never one that the object inherits", () => {
    expect(property({}, "constructor")).toBeUndefined();
    expect(property({}, "toString")).toBeUndefined();
  });

  test("is text when it is a string or a number", () => {
    const properties = { a: "x\0", b: 1111, c: true, d: null };
    expect(["a", "b", "c", "d", "e"].map((name) => textProperty(properties, name))).toEqual([
      "x",
      "1111",
      "",
      "",
      "",
    ]);
  });
});

test.each<[AmfValue, number | undefined]>([
  [2222, 2222],
  ["3", 3],
  [" 0x10 ", 16],
  [true, 1],
  [false, 0],
  ["", undefined],
  [" ", undefined],
  ["abc", undefined],
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, undefined],
  ["Infinity", undefined],
  [null, undefined],
  [undefined, undefined],
  [[1], undefined],
])("%j as a number is %s", (value, number) => {
  expect(numberOf(value)).toBe(number);
});
