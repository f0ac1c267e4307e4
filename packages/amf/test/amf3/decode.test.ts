import {
  Amf3Decoder,
  AmfError,
  AmfXml,
  decodeAmf3,
  decodeAmf3Sequence,
  EcmaArray,
  TypedObject,
} from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import {
  asArray,
  asObject,
  decodeArray3,
  decodeInstance,
  decodeObject3,
  tryDecode3,
} from "../decoded.ts";
import { refused3 } from "./refused.ts";
import { vectors3 } from "./vectors.ts";

describe("AMF3 §3 values", () => {
  test.each(vectors3)("$name", ({ values, hex: text }) => {
    expect(decodeAmf3Sequence(hex(text))).toEqual(values);
  });

  test("properties keep their order on the wire, and of two with one name the last counts", () => {
    const value = decodeObject3("0a 0b 01 03 7a 01 03 61 02 00 03 01");
    expect(Object.entries(value)).toEqual([
      ["z", true],
      ["a", false],
    ]);
  });

  test("a dynamic member with the name of a sealed one counts", () => {
    const value = decodeInstance(TypedObject, "0a 1b 03 43 03 78 02 02 03 01", decodeAmf3);
    expect(value.properties).toEqual({ x: true });
  });

  test("__proto__ and constructor are members like any other", () => {
    const members =
      "13 5f 5f 70 72 6f 74 6f 5f 5f 0a 0b 01 03 78 03 01 17 63 6f 6e 73 74 72 75 63 74 6f 72 01 01";
    const plain = decodeObject3(`0a 0b 01 ${members.replace("0a 0b 01", "0a 01")}`);
    const { properties: named } = decodeInstance(EcmaArray, `09 01 ${members}`, decodeAmf3);
    const { properties: sealed } = decodeInstance(
      TypedObject,
      "0a 23 03 43 13 5f 5f 70 72 6f 74 6f 5f 5f 17 63 6f 6e 73 74 72 75 63 74 6f 72 0a 0b 01 03 78 03 01 01",
      decodeAmf3,
    );
    for (const properties of [plain, named, sealed]) {
      expect(Object.keys(properties)).toEqual(["__proto__", "constructor"]);
      expect(Object.getPrototypeOf(properties)).toBeNull();
      expect(properties["__proto__"]).toEqual({ x: true });
      expect(properties["x"]).toBeUndefined();
    }
    expect({}).not.toHaveProperty("x");
  });

  test("no value keeps the bytes of the body", () => {
    const body = hex("0c 03 01");
    const value = decodeAmf3(body);
    body.fill(0xff);
    expect(value).toEqual(Uint8Array.of(1));
    expect(Object.getPrototypeOf(decodeAmf3(Buffer.from(hex("0c 03 01"))))).toBe(
      Uint8Array.prototype,
    );
  });

  test("any flag byte but 0 is fixed or weak", () => {
    expect(decodeAmf3(hex("0d 01 02"))).toMatchObject({ fixed: true });
    expect(decodeAmf3(hex("10 01 80 01"))).toMatchObject({ fixed: true });
    expect(decodeAmf3(hex("11 01 ff"))).toMatchObject({ weakKeys: true });
  });

  test("bytes that are not UTF-8 become U+FFFD", () => {
    expect(decodeAmf3(hex("06 07 61 ff 62"))).toBe("a\ufffdb");
  });
});

describe("AMF3 §2.2 references", () => {
  test("two references to one value give the same value", () => {
    const value = decodeArray3("09 07 01 0a 0b 01 01 0a 02 0a 02");
    expect(value[0]).toEqual({});
    expect(value[1]).toBe(value[0]);
    expect(value[2]).toBe(value[0]);
  });

  test("a container has its index before its members have theirs", () => {
    // [ { list: [ref 0, ref 1, ref 2] }, ref 1 ]: array 0, object 1, array 2.
    const value = decodeArray3(
      "09 05 01 0a 0b 01 09 6c 69 73 74 09 07 01 09 00 0a 02 09 04 01 0a 02",
    );
    expect(value[1]).toBe(value[0]);
    const { list } = asObject(value[0]);
    expect(list).toHaveLength(3);
    expect(asArray(list)[0]).toBe(value);
    expect(asArray(list)[1]).toBe(value[0]);
    expect(asArray(list)[2]).toBe(list);
  });

  test("all values of a body share the three tables", () => {
    const [first, second, third] = decodeAmf3Sequence(
      hex("0a 13 03 50 03 78 06 05 68 69 0a 00 0a 01 06 04"),
    );
    expect(second).toBe(first);
    expect(third).toEqual(first);
    expect(third).not.toBe(first);
    expect(third).toMatchObject({ className: "P", properties: { x: "hi" } });
  });

  test("a value of a class without members takes an index too", () => {
    const value = decodeArray3("09 05 01 0a 03 03 43 0a 02");
    expect(value[1]).toBe(value[0]);
  });
});

describe("malformed bodies", () => {
  test.each(refused3)("$name", ({ hex: text, code, offset }) => {
    const decoder = new Amf3Decoder(hex(text));
    expect(() => {
      do decoder.read();
      while (!decoder.done);
    }).toThrow(expect.objectContaining({ name: "AmfError", code, offset }));
  });

  test.each(vectors3.filter(({ values }) => values.length === 1))(
    "$name is refused at every length but its own",
    ({ hex: text }) => {
      const bytes = hex(text);
      for (let length = 0; length < bytes.length; length++) {
        expect(() => decodeAmf3(bytes.subarray(0, length))).toThrow(AmfError);
      }
      expect(() => decodeAmf3(Buffer.concat([bytes, hex("00")]))).toThrow(
        expect.objectContaining({ code: "RTMP_ERR_AMF_TRAILING_BYTES", offset: bytes.length }),
      );
    },
  );

  test("a sequence is accepted where a value ends, and nowhere else", () => {
    const bytes = hex("06 05 68 69 09 03 01 06 00 0c 05 de ad 03");
    const accepted = Array.from({ length: bytes.length + 1 }, (_, length) => length).filter(
      (length) => Array.isArray(tryDecode3(bytes.subarray(0, length))),
    );
    expect(accepted).toEqual([0, 4, 9, 13, 14]);
  });
});

describe("Amf3Decoder", () => {
  test("tells where it is and when the body is done", () => {
    const decoder = new Amf3Decoder(hex("ff ff 03 04 81 00"), { offset: 2 });
    expect(decoder.offset).toBe(2);
    expect(decoder.read()).toBe(true);
    expect(decoder.offset).toBe(3);
    expect(decoder.done).toBe(false);
    expect(decoder.read()).toBe(128);
    expect(decoder.done).toBe(true);
    expect(() => decoder.read()).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_TRUNCATED", offset: 6 }),
    );
  });

  test("takes an offset inside the body or at its end", () => {
    expect(new Amf3Decoder(hex("01"), { offset: 1 }).done).toBe(true);
    for (const offset of [-1, 2, 0.5, Number.NaN]) {
      expect(() => new Amf3Decoder(hex("01"), { offset })).toThrow(RangeError);
    }
  });

  test("an empty body has no values", () => {
    expect(decodeAmf3Sequence(new Uint8Array())).toEqual([]);
  });

  test("the two kinds of XML are not the same value", () => {
    expect(decodeAmf3(hex("07 01"))).toEqual(new AmfXml(""));
    expect(decodeAmf3(hex("0b 01"))).not.toEqual(new AmfXml(""));
  });
});
