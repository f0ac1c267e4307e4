import {
  Amf0Encoder,
  AmfDate,
  type AmfObject,
  type AmfValue,
  AmfXml,
  decodeAmf0,
  EcmaArray,
  encodeAmf0,
  TypedObject,
} from "@rtmp/amf";
import { hex, toHex } from "@rtmp/testing";
import { ByteWriter } from "@rtmp/wire";
import { describe, expect, test } from "vitest";
import { vectors } from "../vectors.ts";

const canonical = vectors.filter((vector) => vector.canonical ?? true);

function nested(levels: number): AmfValue[] {
  let value: AmfValue[] = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

function selfReferring(): AmfObject {
  const value: AmfObject = {};
  value["self"] = value;
  return value;
}

describe("AMF0 §2 values", () => {
  test.each(canonical)("$name", ({ values, hex: text, offset = 0 }) => {
    expect(toHex(encodeAmf0(...values))).toBe(toHex(hex(text).subarray(offset)));
  });

  test("no value is no byte", () => {
    expect(encodeAmf0()).toEqual(new Uint8Array());
  });

  test("read-only arrays and objects are taken, and a hole in an array is undefined", () => {
    const list = Object.freeze([true, false] as const);
    const holes: AmfValue[] = [];
    holes[1] = null;
    expect(toHex(encodeAmf0(Object.freeze({ a: list }), holes))).toBe(
      "03 00 01 61 0a 00 00 00 02 01 01 01 00 00 00 09 0a 00 00 00 02 06 05",
    );
  });

  test("properties are written in their order, symbols and inherited ones are not", () => {
    const value = { z: null, [Symbol("hidden")]: 1, a: null };
    expect(toHex(encodeAmf0(value))).toBe("03 00 01 7a 05 00 01 61 05 00 00 09");
    expect(toHex(encodeAmf0(Object.create(null)))).toBe("03 00 00 09");
  });

  test("__proto__ is written like any other property", () => {
    const bytes = hex("03 00 09 5f 5f 70 72 6f 74 6f 5f 5f 01 01 00 00 09");
    expect(encodeAmf0(JSON.parse('{"__proto__":true}'))).toEqual(bytes);
    expect(encodeAmf0(decodeAmf0(bytes))).toEqual(bytes);
  });

  test("a lone surrogate becomes U+FFFD", () => {
    expect(toHex(encodeAmf0("\ud83d"))).toBe("02 00 03 ef bf bd");
  });
});

describe("AMF0 §2.14 long strings", () => {
  test("65535 bytes are a string, 65536 a long string", () => {
    const short = encodeAmf0("a".repeat(65_535));
    const long = encodeAmf0("a".repeat(65_536));
    expect(toHex(short.subarray(0, 4))).toBe("02 ff ff 61");
    expect(short.length).toBe(3 + 65_535);
    expect(toHex(long.subarray(0, 6))).toBe("0c 00 01 00 00 61");
    expect(long.length).toBe(5 + 65_536);
  });

  test("bytes count, not characters", () => {
    const bytes = encodeAmf0("é".repeat(32_768));
    expect(toHex(bytes.subarray(0, 7))).toBe("0c 00 01 00 00 c3 a9");
    expect(bytes.length).toBe(5 + 65_536);
  });

  test("a name has no long form", () => {
    expect(encodeAmf0({ ["a".repeat(65_535)]: null }).length).toBe(1 + 2 + 65_535 + 1 + 3);
    expect(() => encodeAmf0({ ["a".repeat(65_536)]: null })).toThrow(RangeError);
    expect(() => encodeAmf0({ ["é".repeat(32_768)]: null })).toThrow(RangeError);
    expect(() => encodeAmf0(new TypedObject("é".repeat(32_768), {}))).toThrow(RangeError);
  });
});

describe("AMF0 §2.9 references", () => {
  test("a value that occurs twice without containing itself is written twice", () => {
    const shared = {};
    expect(toHex(encodeAmf0([shared, shared]))).toBe("0a 00 00 00 02 03 00 00 09 03 00 00 09");
  });

  test("a container has its index before its members have theirs", () => {
    const list: AmfValue[] = [];
    const root: AmfObject = { list };
    list.push({}, { up: list, root });
    // root is 0, list 1, {} 2, the last object 3.
    expect(toHex(encodeAmf0(root))).toBe(
      toHex(
        hex(`03 00 04 6c 69 73 74 0a 00 00 00 02 03 00 00 09
             03 00 02 75 70 07 00 01 00 04 72 6f 6f 74 07 00 00 00 00 09 00 00 09`),
      ),
    );
  });

  test("a value written again takes an index again", () => {
    const shared = {};
    const bytes = encodeAmf0([shared, shared, selfReferring()]);
    expect(toHex(bytes.subarray(13))).toBe("03 00 04 73 65 6c 66 07 00 03 00 00 09");
    expect(decodeAmf0(bytes)).toEqual([{}, {}, selfReferring()]);
  });

  test("ECMA arrays and typed objects that contain themselves refer to themselves", () => {
    const ecma = new EcmaArray({});
    ecma.properties["a"] = ecma;
    const typed = new TypedObject("C", {});
    typed.properties["a"] = typed;
    expect(toHex(encodeAmf0(ecma))).toBe("08 00 00 00 01 00 01 61 07 00 00 00 00 09");
    expect(toHex(encodeAmf0(typed))).toBe("10 00 01 43 00 01 61 07 00 00 00 00 09");
  });

  test("all values of a body share one table, in which dates and XML documents have no place", () => {
    const bytes = encodeAmf0({}, new AmfDate(0), new AmfXml(""), selfReferring());
    expect(toHex(bytes.subarray(-13))).toBe("03 00 04 73 65 6c 66 07 00 01 00 00 09");
  });

  test("an index of 65535 is the last one", () => {
    const before: AmfValue[] = Array.from({ length: 65_534 }, () => []);
    expect(toHex(encodeAmf0([...before, selfReferring()]).subarray(-6))).toBe("07 ff ff 00 00 09");
    expect(() => encodeAmf0([...before, [], selfReferring()])).toThrow(RangeError);
  });
});

describe("values without an AMF0 form", () => {
  class Point {
    readonly x = 1;
  }

  test.each<[string, any]>([
    ["a function", () => 0],
    ["a bigint", 1n],
    ["a symbol", Symbol("other")],
    ["a Date", new Date(0)],
    ["a Map", new Map()],
    ["an array of bytes that is no Uint8Array", new Uint8ClampedArray(1)],
    ["an instance of another class", new Point()],
    ["an object whose prototype has none", Object.create(Object.create(null))],
  ])("%s is a TypeError, at any depth", (_, value) => {
    expect(() => encodeAmf0(value)).toThrow(/has no AMF0 form/);
    expect(() => encodeAmf0({ list: [value] })).toThrow(TypeError);
  });
});

describe("what a body can hold", () => {
  test("32 levels are written and read again, 33 are refused", () => {
    expect(decodeAmf0(encodeAmf0(nested(32)))).toEqual(nested(32));
    expect(() => encodeAmf0(nested(33))).toThrow(RangeError);
  });

  test("a text that exceeds 2^24 - 1 bytes is refused", () => {
    expect(encodeAmf0("a".repeat(0xffffff - 5)).length).toBe(0xffffff);
    expect(() => encodeAmf0("a".repeat(0xffffff - 4))).toThrow(RangeError);
    expect(() => encodeAmf0(new AmfXml("a".repeat(0x1000000)))).toThrow(RangeError);
  });

  test("a small graph that would unfold to more than 2^24 - 1 bytes is refused", () => {
    let value: AmfValue = "a".repeat(1000);
    for (let level = 0; level < 30; level++) value = [value, value];
    expect(() => encodeAmf0(value)).toThrow(/exceeds 16777215 bytes/);
  });
});

describe("Amf0Encoder", () => {
  test("writes behind what the writer holds", () => {
    const writer = new ByteWriter();
    writer.u8(0x11);
    const encoder = new Amf0Encoder(writer);
    encoder.write("a");
    encoder.write(null);
    expect(toHex(writer.take())).toBe("11 02 00 01 61 05");
  });

  test("a value that cannot be written leaves the writer and the reference table as they were", () => {
    const writer = new ByteWriter();
    const encoder = new Amf0Encoder(writer);
    encoder.write(true);
    expect(() => encoder.write([{}, {}, nested(32)])).toThrow(RangeError);

    encoder.write(selfReferring());
    expect(toHex(writer.take())).toBe("01 01 03 00 04 73 65 6c 66 07 00 00 00 00 09");
  });

  test("a value that failed can be written once it is mended", () => {
    const writer = new ByteWriter();
    const encoder = new Amf0Encoder(writer);
    const value = nested(33);
    expect(() => encoder.write(value)).toThrow(RangeError);

    value[0] = null;
    encoder.write(value);
    expect(toHex(writer.take())).toBe("0a 00 00 00 01 05");
  });
});
