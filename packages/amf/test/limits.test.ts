import { type AmfLimits, decodeAmf0, decodeAmf0Sequence, defaultAmfLimits } from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { tryDecode } from "./decoded.ts";

function decode(text: string, limits: Partial<AmfLimits> = {}) {
  return tryDecode(hex(text), { limits });
}

function refusal(name: string, offset: number) {
  return { code: `RTMP_ERR_AMF_${name}`, offset, fault: "limit" };
}

describe("maxBodyBytes", () => {
  test("counts from the offset to the end of the body", () => {
    const limits = { maxBodyBytes: 2 };
    expect(decodeAmf0Sequence(hex("ff 05 05"), { offset: 1, limits })).toHaveLength(2);
    expect(decode("05 05 05", limits)).toMatchObject(refusal("BODY_TOO_LONG", 0));
    expect(tryDecode(hex("ff 05 05 05"), { offset: 1, limits })).toMatchObject(
      refusal("BODY_TOO_LONG", 1),
    );
  });

  test("is what the length of a message can be by default", () => {
    const bytes = new Uint8Array(0x1000000);
    expect(tryDecode(bytes)).toMatchObject(refusal("BODY_TOO_LONG", 0));
    expect(tryDecode(bytes.subarray(1))).not.toMatchObject(refusal("BODY_TOO_LONG", 0));
  });
});

describe("maxDepth", () => {
  const twoDeep = "03 00 01 61 0a 00 00 00 01 01 01 00 00 09";

  test("counts the containers around the innermost one and that one too", () => {
    expect(decodeAmf0(hex(twoDeep), { limits: { maxDepth: 2 } })).toEqual({ a: [true] });
    expect(decode(twoDeep, { maxDepth: 1 })).toMatchObject(refusal("TOO_DEEP", 4));
  });

  test("does not count containers that stand side by side", () => {
    const sideBySide = "03 00 00 09 03 00 00 09 03 00 00 09";
    expect(decode(sideBySide, { maxDepth: 1 })).toHaveLength(3);
  });

  test("stops 10000 nested objects at the 33rd", () => {
    expect(decode("03 00 01 61".repeat(10_000))).toMatchObject(refusal("TOO_DEEP", 32 * 4));
    expect(decode("08 00 00 00 00 00 01 61".repeat(10_000))).toMatchObject(
      refusal("TOO_DEEP", 32 * 8),
    );
    expect(decode("10 00 00 00 01 61".repeat(10_000))).toMatchObject(refusal("TOO_DEEP", 32 * 6));
    expect(decode("0a 00 00 00 01".repeat(10_000))).toMatchObject(refusal("TOO_DEEP", 32 * 5));
  });
});

describe("maxValues", () => {
  test("counts containers, members and references, over all values of the body", () => {
    const five = "0a 00 00 00 02 05 07 00 00 03 00 00 09 06";
    expect(decode(five, { maxValues: 5 })).toHaveLength(3);
    expect(decode(five, { maxValues: 4 })).toMatchObject(refusal("TOO_MANY_VALUES", 13));
    expect(decode(five, { maxValues: 2 })).toMatchObject(refusal("TOO_MANY_VALUES", 6));
  });

  test("is 65536 by default", () => {
    expect(decodeAmf0Sequence(new Uint8Array(65_536).fill(0x05))).toHaveLength(65_536);
    expect(() => decodeAmf0Sequence(new Uint8Array(65_537).fill(0x05))).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_TOO_MANY_VALUES", offset: 65_536 }),
    );
  });
});

describe("maxStringBytes", () => {
  test.each([
    ["a string", "02 00 03 61 62 63", 3],
    ["a long string", "0c 00 00 00 03 61 62 63", 5],
    ["an XML document", "0f 00 00 00 03 61 62 63", 5],
  ])("holds for %s", (_, text, offset) => {
    expect(decode(text, { maxStringBytes: 3 })).toHaveLength(1);
    expect(decode(text, { maxStringBytes: 2 })).toMatchObject(refusal("STRING_TOO_LONG", offset));
  });

  test("counts bytes, not characters", () => {
    expect(decode("02 00 02 c3 a9", { maxStringBytes: 1 })).toMatchObject(
      refusal("STRING_TOO_LONG", 3),
    );
  });
});

describe("maxNameBytes", () => {
  test.each([
    ["a property name", "03 00 03 61 62 63 05 00 00 09"],
    ["a class name", "10 00 03 61 62 63 00 00 09"],
  ])("holds for %s", (_, text) => {
    expect(decode(text, { maxNameBytes: 3 })).toHaveLength(1);
    expect(decode(text, { maxNameBytes: 2 })).toMatchObject(refusal("NAME_TOO_LONG", 3));
  });
});

describe("maxProperties", () => {
  const properties = "00 01 61 05 00 01 61 06 00 00 09";

  test.each([
    ["an object", "03", 1],
    ["an ECMA array that states fewer", "08 00 00 00 00", 5],
    ["a typed object", "10 00 01 43", 4],
  ])("holds for %s, and a repeated name counts again", (_, head, start) => {
    const text = head + properties;
    expect(decode(text, { maxProperties: 2 })).toHaveLength(1);
    expect(decode(text, { maxProperties: 1 })).toMatchObject(
      refusal("TOO_MANY_PROPERTIES", start + 4),
    );
  });

  test("holds for each container on its own", () => {
    const text = "03 00 01 61 03 00 01 62 05 00 00 09 00 00 09";
    expect(decodeAmf0(hex(text), { limits: { maxProperties: 1 } })).toEqual({ a: { b: null } });
  });
});

describe("limits that are given", () => {
  test("leave the others at their defaults", () => {
    expect(Object.isFrozen(defaultAmfLimits)).toBe(true);
    expect(decode("03 00 01 61".repeat(40), { maxStringBytes: 1 })).toMatchObject(
      refusal("TOO_DEEP", 32 * 4),
    );
  });

  test("are integers of 0 or more, maxDepth at most 64", () => {
    const bytes = hex("05");
    expect(decodeAmf0(bytes, { limits: { maxDepth: 64, maxProperties: 0 } })).toBeNull();
    for (const name of Object.keys(defaultAmfLimits)) {
      for (const value of [-1, 0.5, Number.NaN, Infinity]) {
        expect(() => decodeAmf0(bytes, { limits: { [name]: value } })).toThrow(RangeError);
      }
    }
    expect(() => decodeAmf0(bytes, { limits: { maxDepth: 65 } })).toThrow(RangeError);
  });
});
