import {
  Amf0Decoder,
  AmfError,
  decodeAmf0,
  decodeAmf0Sequence,
  EcmaArray,
  TypedObject,
} from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { decodeArray, decodeInstance, decodeObject, tryDecode } from "../decoded.ts";
import { refused } from "../refused.ts";
import { vectors } from "../vectors.ts";

/** How long the beginning of a body may be. */
function acceptedLengths(bytes: Uint8Array): number[] {
  const lengths = Array.from({ length: bytes.length + 1 }, (_, length) => length);
  return lengths.filter((length) => Array.isArray(tryDecode(bytes.subarray(0, length))));
}

describe("AMF0 §2 values", () => {
  test.each(vectors)("$name", ({ values, hex: text, offset = 0 }) => {
    expect(decodeAmf0Sequence(hex(text), { offset })).toEqual(values);
  });

  test("any boolean byte but 0 is true", () => {
    expect(decodeAmf0(hex("01 02"))).toBe(true);
  });

  test("NaN, infinity and negative zero are numbers like any other", () => {
    expect(decodeAmf0(hex("00 7f f8 00 00 00 00 00 00"))).toBeNaN();
    expect(decodeAmf0(hex("00 ff f0 00 00 00 00 00 00"))).toBe(-Infinity);
    expect(decodeAmf0(hex("00 80 00 00 00 00 00 00 00"))).toBe(-0);
  });

  test("properties keep their order on the wire", () => {
    const value = decodeObject("03 00 01 7a 05 00 01 61 05 00 01 6d 05 00 00 09");
    expect(Object.keys(value)).toEqual(["z", "a", "m"]);
  });

  test("of two properties with the same name the last one counts", () => {
    expect(decodeObject("03 00 01 61 01 00 00 01 61 01 01 00 00 09")).toEqual({ a: true });
  });

  test("an empty name that no object end follows is a property", () => {
    expect(decodeObject("03 00 00 01 01 00 00 09")).toEqual({ "": true });
  });

  test("__proto__ and constructor are properties like any other", () => {
    const value = decodeObject(
      "03 00 09 5f 5f 70 72 6f 74 6f 5f 5f 03 00 01 78 01 01 00 00 09 00 0b 63 6f 6e 73 74 72 75 63 74 6f 72 05 00 00 09",
    );
    expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(value["__proto__"]).toEqual({ x: true });
    expect(value["x"]).toBeUndefined();
    expect({}).not.toHaveProperty("x");
  });

  test("the members of ECMA arrays and typed objects have no prototype either", () => {
    const ecma = decodeInstance(EcmaArray, "08 00 00 00 00 00 00 09");
    const typed = decodeInstance(TypedObject, "10 00 00 00 00 09");
    expect(Object.getPrototypeOf(ecma.properties)).toBeNull();
    expect(Object.getPrototypeOf(typed.properties)).toBeNull();
  });
});

describe("AMF0 §2.9 references", () => {
  test("two references to one object give the same object", () => {
    const value = decodeObject("03 00 01 61 03 00 00 09 00 01 62 07 00 01 00 00 09");
    expect(value["b"]).toBe(value["a"]);
  });

  test("a member can refer to every kind of container around it", () => {
    const list = decodeArray("0a 00 00 00 01 07 00 00");
    const ecma = decodeInstance(EcmaArray, "08 00 00 00 01 00 01 61 07 00 00 00 00 09");
    const typed = decodeInstance(TypedObject, "10 00 01 43 00 01 61 07 00 00 00 00 09");
    expect(list[0]).toBe(list);
    expect(ecma.properties["a"]).toBe(ecma);
    expect(typed.properties["a"]).toBe(typed);
  });

  test("containers are counted in the order of their markers, references and plain values are not", () => {
    // [[null, ref 1], "", date, {}, ref 2]
    const value =
      decodeArray(`0a 00 00 00 05 0a 00 00 00 02 05 07 00 01 02 00 00 0b 00 00 00 00 00 00 00 00 00 00
           03 00 00 09 07 00 02`);
    expect(value[4]).toBe(value[3]);
    expect(value[4]).toEqual({});
  });

  test("all values of a body share one table", () => {
    const [first, second] = decodeAmf0Sequence(hex("03 00 00 09 07 00 00"));
    expect(second).toBe(first);
  });
});

describe("malformed bodies", () => {
  test.each(refused)("$name", ({ hex: text, code, offset }) => {
    expect(() => decodeAmf0(hex(text))).toThrow(expect.objectContaining({ code, offset }));
  });

  test("a string is not read past the end of a body that is part of a larger buffer", () => {
    const bytes = hex("02 00 03 61 62 63");
    expect(() => decodeAmf0(bytes.subarray(0, 5))).toThrow(AmfError);
  });

  test("a body cut at any length throws an AmfError or gives what came before the cut", () => {
    for (const { hex: text, offset = 0 } of vectors) {
      const bytes = hex(text);
      for (let length = offset; length < bytes.length; length++) {
        const outcome = tryDecode(bytes.subarray(0, length), { offset });
        const code = outcome instanceof AmfError ? outcome.code : "accepted";
        expect(code).toMatch(/^(?:RTMP_ERR_AMF_TRUNCATED|RTMP_ERR_AMF_INVALID_COUNT|accepted)$/);
      }
    }
  });

  test("a body without containers is accepted only where a value ends", () => {
    const publish = hex(
      "02 00 07 70 75 62 6c 69 73 68 00 40 14 00 00 00 00 00 00 05 02 00 03 6b 65 79 02 00 04 6c 69 76 65",
    );
    expect(acceptedLengths(publish)).toEqual([0, 10, 19, 20, 26, 33]);
  });
});

describe("missing object end", () => {
  test("an object may end without its end marker where the body ends, at a property boundary only", () => {
    const bytes = hex("03 00 01 61 00 3f f0 00 00 00 00 00 00 00 01 62 02 00 01 78 00 00 09");
    expect(acceptedLengths(bytes)).toEqual([0, 1, 13, 20, 23]);
    expect(decodeAmf0(bytes.subarray(0, 13))).toEqual({ a: 1 });
    expect(decodeAmf0(bytes.subarray(0, 20))).toEqual({ a: 1, b: "x" });
  });

  test("so may an ECMA array, a typed object, and every container around them", () => {
    expect(decodeAmf0(hex("08 00 00 00 01 00 01 61 05"))).toEqual(new EcmaArray({ a: null }));
    expect(decodeAmf0(hex("10 00 01 43"))).toEqual(new TypedObject("C", {}));
    expect(decodeAmf0(hex("03 00 01 61 0a 00 00 00 01 03"))).toEqual({ a: [{}] });
  });
});

describe("Amf0Decoder", () => {
  test("tells where it is and when the body is done", () => {
    const decoder = new Amf0Decoder(hex("ff ff 01 01 05"), { offset: 2 });
    expect(decoder.offset).toBe(2);
    expect(decoder.read()).toBe(true);
    expect(decoder.offset).toBe(4);
    expect(decoder.done).toBe(false);
    expect(decoder.read()).toBeNull();
    expect(decoder.done).toBe(true);
    expect(() => decoder.read()).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_TRUNCATED", offset: 5 }),
    );
  });

  test("takes an offset inside the body or at its end", () => {
    expect(new Amf0Decoder(hex("05"), { offset: 1 }).done).toBe(true);
    for (const offset of [-1, 2, 0.5, Number.NaN]) {
      expect(() => new Amf0Decoder(hex("05"), { offset })).toThrow(RangeError);
    }
  });
});

describe("decodeAmf0", () => {
  test("refuses bytes behind the value and says where they begin", () => {
    expect(() => decodeAmf0(hex("01 01 05 05"))).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_TRAILING_BYTES", offset: 2 }),
    );
  });
});

describe("decodeAmf0Sequence", () => {
  test("an empty body has no values", () => {
    expect(decodeAmf0Sequence(new Uint8Array())).toEqual([]);
  });
});
