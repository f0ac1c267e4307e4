import {
  Amf0Encoder,
  AmfDictionary,
  type AmfObject,
  AmfObjectVector,
  type AmfValue,
  decodeAmf0,
  decodeAmf0Sequence,
  encodeAmf0,
  TypedObject,
} from "@rtmp/amf";
import { hex, toHex } from "@rtmp/testing";
import { ByteWriter } from "@rtmp/wire";
import { describe, expect, test } from "vitest";
import { asArray, decodeArray } from "../decoded.ts";

/** A vector that holds itself. */
function selfHolding(): AmfObjectVector {
  const members: AmfValue[] = [];
  const value = new AmfObjectVector(members, "");
  members.push(value);
  return value;
}

describe("AMF0 §3 reading AMF3 values", () => {
  test("the marker switches for one value only", () => {
    expect(decodeAmf0Sequence(hex("11 03 05 11 01 06"))).toEqual([true, null, null, undefined]);
  });

  test("an AMF3 value takes no index in the AMF0 table", () => {
    const value = decodeArray("0a 00 00 00 03 11 0a 0b 01 01 03 00 00 09 07 00 01");
    expect(value[2]).toBe(value[1]);
    expect(value[2]).not.toBe(value[0]);
  });

  test("the values of a body share their tables", () => {
    const values = decodeAmf0Sequence(
      hex("11 0a 13 03 50 03 78 06 05 68 69 11 06 04 05 11 0a 00 11 0a 01 03"),
    );
    expect(values[1]).toBe("hi");
    expect(values[3]).toBe(values[0]);
    expect(values[4]).toEqual(new TypedObject("P", { x: true }, { sealed: ["x"], dynamic: false }));
  });

  test("where a reference leads nowhere, that value and those behind it have their own tables", () => {
    // With shared tables the second "bb" would be 3, and the third value would be "aa".
    const bytes = hex("11 06 05 61 61 11 09 05 01 06 05 62 62 06 00");
    expect(decodeAmf0Sequence(bytes)).toEqual(["aa", ["bb", "aa"]]);
    const own = "11 09 05 01 06 05 63 63 09 00";
    const [, second, third] = decodeAmf0Sequence(
      hex(`11 06 05 61 61 ${own} 11 09 05 01 06 05 64 64 06 00`),
    );
    // The self reference 0 is an array in both readings.
    expect(asArray(second)[1]).toBe(second);
    expect(third).toEqual(["dd", "aa"]);

    const [, , fourth, fifth] = decodeAmf0Sequence(
      hex(`11 0a 0b 01 01 05 11 09 05 01 06 05 63 63 09 00 11 09 05 01 06 05 64 64 06 00`),
    );
    expect(asArray(fourth)[0]).toBe("cc");
    expect(asArray(fourth)[1]).toBe(fourth);
    expect(fifth).toEqual(["dd", "dd"]);
  });

  test("a value that no tables suit is refused for its first fault", () => {
    expect(() => decodeAmf0Sequence(hex("11 06 05 61 61 11 09 03 01 06 08 12"))).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_INVALID_REFERENCE", offset: 10 }),
    );
    // With tables of its own the value is cut.
    expect(() => decodeAmf0Sequence(hex("11 0a 0b 01 01 11 09 05 01 09 00"))).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_INVALID_REFERENCE", offset: 10 }),
    );
  });

  test("limits hold over both versions", () => {
    const bytes = hex("0a 00 00 00 01 11 09 03 01 03");
    expect(decodeAmf0(bytes, { limits: { maxDepth: 2, maxValues: 3 } })).toEqual([[true]]);
    expect(() => decodeAmf0(bytes, { limits: { maxDepth: 1 } })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_TOO_DEEP", offset: 6 }),
    );
    expect(() => decodeAmf0(bytes, { limits: { maxValues: 2 } })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_TOO_MANY_VALUES", offset: 9 }),
    );
    expect(() => decodeAmf0Sequence(hex("11 03 05"), { limits: { maxValues: 1 } })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_TOO_MANY_VALUES", offset: 2 }),
    );
  });

  test("a value read again counts once", () => {
    const bytes = hex("11 0a 0b 01 01 11 09 03 01 09 00");
    expect(decodeAmf0Sequence(bytes, { limits: { maxValues: 3 } })).toHaveLength(2);
  });
});

describe("AMF0 §3 writing AMF3 values", () => {
  test("only the first has references, so that shared tables and own tables read the same", () => {
    const bytes = Uint8Array.of(1);
    const member = { k: "vv" };
    const value = new AmfObjectVector([member, member, bytes], "");
    expect(toHex(encodeAmf0(value, "vv", value))).toBe(
      toHex(
        hex(`11 10 07 00 01 0a 0b 01 03 6b 06 05 76 76 01 0a 02 0c 03 01
             02 00 02 76 76
             11 10 07 00 01 0a 0b 01 03 6b 06 05 76 76 01 0a 0b 01 03 6b 06 05 76 76 01 0c 03 01`),
      ),
    );
  });

  test("a later one that contains itself refers to itself in the tables of the body", () => {
    const text = "11 0c 01 11 10 03 00 01 10 02 11 10 03 00 01 10 04";
    const values = [new Uint8Array(), selfHolding(), selfHolding()];
    expect(toHex(encodeAmf0(...values))).toBe(text);
    expect(decodeAmf0Sequence(hex(text))).toEqual(values);
  });

  test("an AMF0 object that an AMF3 value contains is written within it", () => {
    const root: AmfObject = {};
    root["d"] = new AmfDictionary([["up", root]]);
    const text = "03 00 01 64 11 11 03 00 06 05 75 70 0a 0b 01 03 64 11 00 01 00 00 09";
    expect(toHex(encodeAmf0(root))).toBe(text);
    expect(toHex(encodeAmf0(decodeAmf0(hex(text))))).toBe(text);
  });

  test("writeAmf3 writes what AMF0 has too", () => {
    const writer = new ByteWriter();
    const encoder = new Amf0Encoder(writer);
    encoder.write("_result");
    encoder.writeAmf3({ a: "hi" });
    encoder.writeAmf3({ a: "hi" });
    expect(toHex(writer.take())).toBe(
      toHex(
        hex(`02 00 07 5f 72 65 73 75 6c 74 11 0a 0b 01 03 61 06 05 68 69 01
             11 0a 0b 01 03 61 06 05 68 69 01`),
      ),
    );
    expect(() => {
      encoder.writeAmf3({ "": null });
    }).toThrow(RangeError);
    expect(writer.length).toBe(0);
  });

  test("a value that cannot be written leaves the AMF3 tables as they were", () => {
    const self = selfHolding();
    const bad = new AmfDictionary([[self, { "": null }]]);
    const writer = new ByteWriter();
    const encoder = new Amf0Encoder(writer);
    expect(() => {
      encoder.write(bad);
    }).toThrow(RangeError);
    encoder.write(selfHolding());
    expect(() => {
      encoder.write([bad]);
    }).toThrow(RangeError);
    encoder.write(self);
    expect(toHex(writer.take())).toBe("11 10 03 00 01 10 00 11 10 03 00 01 10 02");
  });

  test("levels count over both versions", () => {
    let value: AmfValue = new AmfObjectVector([]);
    for (let level = 0; level < 31; level++) value = [value];
    expect(decodeAmf0(encodeAmf0(value))).toEqual(value);
    expect(() => encodeAmf0([value])).toThrow(/nested deeper than 32/);
  });

  test("literals that would exceed 2^24 - 1 bytes are refused", () => {
    let value: AmfValue = "a".repeat(1000);
    for (let level = 0; level < 29; level++) value = [value, value];
    const unfolding = new AmfObjectVector([value]);
    expect(encodeAmf0(unfolding).length).toBeLessThan(2000);
    expect(() => encodeAmf0(new Uint8Array(), unfolding)).toThrow(/exceeds 16777215 bytes/);
  });
});
