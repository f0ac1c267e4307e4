import {
  Amf3Encoder,
  AmfDate,
  AmfDictionary,
  AmfExternalizable,
  type AmfObject,
  AmfObjectVector,
  type AmfValue,
  AmfXml,
  decodeAmf3,
  EcmaArray,
  encodeAmf3,
  flexExternalizables,
  TypedObject,
  Unsupported,
} from "@rtmp/amf";
import { hex, toHex } from "@rtmp/testing";
import { ByteWriter } from "@rtmp/wire";
import { describe, expect, test } from "vitest";
import { vectors3 } from "./vectors.ts";

const canonical = vectors3.filter((vector) => vector.canonical ?? true);

function nested(levels: number): AmfValue[] {
  let value: AmfValue[] = [];
  for (let level = 1; level < levels; level++) value = [value];
  return value;
}

describe("AMF3 §3 values", () => {
  test.each(canonical)("$name", ({ values, hex: text }) => {
    expect(toHex(encodeAmf3(...values))).toBe(toHex(hex(text)));
  });

  test("no value is no byte", () => {
    expect(encodeAmf3()).toEqual(new Uint8Array());
  });

  test("read-only arrays and objects are taken, and a hole in an array is undefined", () => {
    const list = Object.freeze([true, false] as const);
    const holes: AmfValue[] = [];
    holes[1] = null;
    expect(toHex(encodeAmf3(Object.freeze({ a: list }), holes))).toBe(
      "0a 0b 01 03 61 09 05 01 03 02 01 09 05 01 00 01",
    );
  });

  test("a Buffer is a byte array", () => {
    expect(toHex(encodeAmf3(Buffer.from("ab")))).toBe("0c 05 61 62");
  });

  test("the time zone of a date stays behind", () => {
    expect(toHex(encodeAmf3(new AmfDate(0, -60)))).toBe("08 01 00 00 00 00 00 00 00 00");
  });

  test("an ECMA array without names is an array", () => {
    expect(toHex(encodeAmf3(new EcmaArray({})))).toBe("09 01 01");
    expect(toHex(encodeAmf3(new EcmaArray({}, [null])))).toBe("09 03 01 01");
  });

  test("__proto__ is written like any other property, and an inherited one is not", () => {
    const bytes = hex("0a 0b 01 13 5f 5f 70 72 6f 74 6f 5f 5f 03 01");
    expect(encodeAmf3(JSON.parse('{"__proto__":true}'))).toEqual(bytes);
    expect(encodeAmf3(decodeAmf3(bytes))).toEqual(bytes);
    const sealed = new TypedObject("", {}, { sealed: ["toString"], dynamic: false });
    expect(toHex(encodeAmf3(sealed).subarray(-1))).toBe("00");
  });

  test("a lone surrogate becomes U+FFFD", () => {
    expect(toHex(encodeAmf3("\ud83d"))).toBe("06 07 ef bf bd");
  });

  test("the length of a text takes as many bytes as it needs", () => {
    expect(toHex(encodeAmf3("a".repeat(63)).subarray(0, 3))).toBe("06 7f 61");
    expect(toHex(encodeAmf3("a".repeat(64)).subarray(0, 4))).toBe("06 81 01 61");
    // 63 characters, 126 bytes.
    const bytes = encodeAmf3("é".repeat(63));
    expect(toHex(bytes.subarray(0, 5))).toBe("06 81 7d c3 a9");
    expect(bytes.length).toBe(3 + 126);
  });
});

describe("AMF3 §2.2 references", () => {
  test("a value that occurs twice is a reference the second time", () => {
    const shared = {};
    expect(toHex(encodeAmf3([shared, shared], shared))).toBe("09 05 01 0a 0b 01 01 0a 02 0a 02");
  });

  test("values that are equal are not the same", () => {
    expect(toHex(encodeAmf3([], []))).toBe("09 01 01 09 01 01");
  });

  test("a container has its index before its members have theirs", () => {
    const list: AmfValue[] = [];
    const root: AmfObject = { list };
    list.push(root, list, {});
    // root is 0, list 1, {} 2.
    expect(toHex(encodeAmf3(root, list[2]))).toBe(
      "0a 0b 01 09 6c 69 73 74 09 07 01 0a 00 09 02 0a 01 01 01 0a 04",
    );
  });

  test("traits that differ in one respect are not the same class", () => {
    const bytes = encodeAmf3(
      new TypedObject("C", {}),
      new TypedObject("C", {}, { sealed: [], dynamic: false }),
      new TypedObject("C", { x: 1 }, { sealed: ["x"], dynamic: false }),
      new TypedObject("C", { x: 1 }, { sealed: ["x"], dynamic: true }),
      new TypedObject("D", {}),
      new TypedObject("C", {}),
    );
    expect(toHex(bytes)).toBe(
      "0a 0b 03 43 01 0a 03 00 0a 13 00 03 78 04 01 0a 1b 00 02 04 01 01 0a 0b 03 44 01 0a 01 01",
    );
  });
});

describe("values without an AMF3 form", () => {
  class Point {
    readonly x = 1;
  }

  test.each<[string, any]>([
    ["a function", () => 0],
    ["a bigint", 1n],
    ["a symbol", Symbol("other")],
    ["Unsupported", Unsupported],
    ["a Date", new Date(0)],
    ["a Map", new Map()],
    ["an array of floats", new Float32Array(1)],
    ["an instance of another class", new Point()],
    ["an object whose prototype has none", Object.create(Object.create(null))],
  ])("%s is a TypeError, at any depth", (_, value) => {
    expect(() => encodeAmf3(value)).toThrow(/has no AMF3 form/);
    expect(() => encodeAmf3({ list: [value] })).toThrow(TypeError);
  });

  test("a member that a sealed class does not have is a TypeError", () => {
    const value = new TypedObject("C", { x: 1, y: 2 }, { sealed: ["x"], dynamic: false });
    expect(() => encodeAmf3(value)).toThrow(TypeError);
  });

  test("a sealed member without a value is undefined", () => {
    const value = new TypedObject("C", {}, { sealed: ["x"], dynamic: false });
    expect(toHex(encodeAmf3(value))).toBe("0a 13 03 43 03 78 00");
  });

  test("an empty name would end the members", () => {
    expect(() => encodeAmf3({ "": 1 })).toThrow(RangeError);
    expect(() => encodeAmf3(new EcmaArray({ "": 1 }))).toThrow(RangeError);
    expect(() => encodeAmf3(new TypedObject("C", { "": 1 }))).toThrow(RangeError);
  });

  test("an externalizable class without a codec is a TypeError", () => {
    expect(() => encodeAmf3(new AmfExternalizable("E", null))).toThrow(TypeError);
  });
});

describe("what a body can hold", () => {
  test("32 levels are written and read again, 33 are refused", () => {
    expect(decodeAmf3(encodeAmf3(nested(32)))).toEqual(nested(32));
    expect(() => encodeAmf3(nested(33))).toThrow(RangeError);
  });

  test.each<[string, (value: AmfValue) => AmfValue]>([
    ["objects", (value) => ({ value })],
    ["ECMA arrays", (value) => new EcmaArray({ value })],
    ["typed objects", (value) => new TypedObject("C", { value })],
    ["vectors", (value) => new AmfObjectVector([value])],
    ["dictionaries", (value) => new AmfDictionary([[value, null]])],
    [
      "externalizable objects",
      (value) => new AmfExternalizable("flex.messaging.io.ArrayList", value),
    ],
  ])("so it is with %s", (_, wrap) => {
    const encoder = new Amf3Encoder(new ByteWriter(), { externalizables: flexExternalizables });
    let value: AmfValue = null;
    for (let level = 0; level < 32; level++) value = wrap(value);
    encoder.write(value);
    expect(() => {
      encoder.write(wrap(value));
    }).not.toThrow();
    expect(() => {
      new Amf3Encoder(new ByteWriter(), { externalizables: flexExternalizables }).write(
        wrap(value),
      );
    }).toThrow(/nested deeper than 32/);
  });

  test("a text that exceeds 2^24 - 1 bytes is refused", () => {
    expect(encodeAmf3("a".repeat(0xffffff - 5)).length).toBe(0xffffff);
    expect(() => encodeAmf3("a".repeat(0xffffff - 4))).toThrow(RangeError);
    expect(() => encodeAmf3(new AmfXml("a".repeat(0x1000000)))).toThrow(RangeError);
  });

  test("a graph that would unfold to 2^30 values keeps its shape", () => {
    let value: AmfValue = "leaf";
    for (let level = 0; level < 30; level++) value = [value, value];
    expect(encodeAmf3(value).length).toBeLessThan(200);
  });
});

describe("Amf3Encoder", () => {
  test("writes behind what the writer holds", () => {
    const writer = new ByteWriter();
    writer.u8(0x11);
    const encoder = new Amf3Encoder(writer);
    encoder.write("a");
    encoder.write("a");
    expect(toHex(writer.take())).toBe("11 06 03 61 06 00");
  });

  test("a value that cannot be written leaves the writer and the tables as they were", () => {
    const writer = new ByteWriter();
    const encoder = new Amf3Encoder(writer);
    const kept = {};
    const lost = new TypedObject("C", { name: "lost" });
    encoder.write(kept);
    expect(() => {
      encoder.write([lost, nested(32)]);
    }).toThrow(RangeError);

    encoder.write([lost, kept]);
    expect(toHex(writer.take())).toBe(
      "0a 0b 01 01 09 05 01 0a 0b 03 43 09 6e 61 6d 65 06 09 6c 6f 73 74 01 0a 00",
    );
  });
});
