import { AmfError, type AmfLimits, decodeAmf3Sequence } from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { tryDecode3 } from "../decoded.ts";
import { refused3 } from "./refused.ts";

function decode(text: string, limits: Partial<AmfLimits> = {}) {
  return tryDecode3(hex(text), { limits });
}

function usedBytes(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function refusal(name: string, offset: number) {
  return { code: `RTMP_ERR_AMF_${name}`, offset, fault: "limit" };
}

describe("maxBodyBytes", () => {
  test("counts from the offset to the end of the body", () => {
    const limits = { maxBodyBytes: 2 };
    expect(decodeAmf3Sequence(hex("ff 01 01"), { offset: 1, limits })).toHaveLength(2);
    expect(decode("01 01 01", limits)).toMatchObject(refusal("BODY_TOO_LONG", 0));
  });
});

describe("maxDepth", () => {
  test.each([
    ["arrays", "09 03 01"],
    ["arrays of names", "09 01 03 61"],
    ["objects", "0a 0b 01 03 61"],
    ["sealed objects", "0a 13 01 03 61"],
    ["vectors", "10 03 00 01"],
    ["dictionary keys", "11 03 00"],
  ])("stops 10000 nested %s at the 33rd", (_, head) => {
    const bytes = hex(head).length;
    expect(decode(head.repeat(10_000))).toMatchObject(refusal("TOO_DEEP", 32 * bytes));
  });

  test("stops dictionary values too", () => {
    expect(decode("11 03 00 01 11 03 00 01 01", { maxDepth: 1 })).toMatchObject(
      refusal("TOO_DEEP", 4),
    );
  });

  test("does not count values without members, references, or what stands side by side", () => {
    const text = "09 07 01 0c 01 09 00 0d 01 00 09 01 01";
    expect(decode(text, { maxDepth: 1 })).toHaveLength(2);
  });
});

describe("maxValues", () => {
  test("counts containers, members, keys and references, over all values of the body", () => {
    const seven = "09 03 01 01 11 03 00 06 03 6b 09 00 06 00 03";
    expect(decode(seven, { maxValues: 7 })).toHaveLength(4);
    expect(decode(seven, { maxValues: 6 })).toMatchObject(refusal("TOO_MANY_VALUES", 14));
    expect(decode(seven, { maxValues: 3 })).toMatchObject(refusal("TOO_MANY_VALUES", 7));
  });
});

describe("maxStringBytes", () => {
  test.each([
    ["a string", "06 07 61 62 63"],
    ["XML", "0b 07 61 62 63"],
    ["an XMLDocument", "07 07 61 62 63"],
  ])("holds for %s", (_, text) => {
    expect(decode(text, { maxStringBytes: 3 })).toHaveLength(1);
    expect(decode(text, { maxStringBytes: 2 })).toMatchObject(refusal("STRING_TOO_LONG", 2));
  });

  test("does not hold for bytes and numbers", () => {
    expect(decode("0c 07 61 62 63 0e 03 00 00 00 00 00", { maxStringBytes: 0 })).toHaveLength(2);
  });
});

describe("maxNameBytes", () => {
  test.each([
    ["a property name", "0a 0b 01 05 c3 a9 01 01", 4],
    ["a name of an array", "09 01 05 c3 a9 01 01", 3],
    ["a class name", "0a 0b 05 c3 a9 01", 3],
    ["a sealed name", "0a 13 01 05 c3 a9 01", 4],
    ["a type name", "10 01 00 05 c3 a9", 4],
    ["the name of an externalizable class", "0a 07 05 c3 a9", 3],
  ])("holds for %s", (_, text, offset) => {
    expect(decode(text, { maxNameBytes: 1 })).toMatchObject(refusal("NAME_TOO_LONG", offset));
    expect(decode(text, { maxNameBytes: 2 })).not.toMatchObject({ fault: "limit" });
  });

  test("holds for a name that refers to a string", () => {
    const text = "06 05 c3 a9 0a 0b 01 00 01 01";
    expect(decode(text, { maxNameBytes: 2 })).toEqual(["é", { é: null }]);
    expect(decode(text, { maxNameBytes: 1 })).toMatchObject(refusal("NAME_TOO_LONG", 7));
  });
});

describe("maxProperties", () => {
  test.each([
    ["an object, and a repeated name counts again", "0a 0b 01 03 61 01 00 01 01", 6],
    ["an array", "09 05 03 61 01 00 01 01 01 01", 5],
    ["a class", "0a 23 03 43 00 00 01 01", 1],
    ["sealed and dynamic members together", "0a 1b 03 43 00 01 00 01 01", 6],
    ["a dictionary", "11 05 00 01 01 01 01", 1],
  ])("holds for %s", (_, text, offset) => {
    expect(decode(text, { maxProperties: 2 })).toHaveLength(1);
    expect(decode(text, { maxProperties: 1 })).toMatchObject(
      refusal("TOO_MANY_PROPERTIES", offset),
    );
  });

  test("does not hold for the dense values of an array", () => {
    expect(decode("09 05 01 01 01", { maxProperties: 1 })).toHaveLength(1);
  });
});

describe("counts that the body cannot hold", () => {
  const claims = refused3.filter(({ hex: text }) => /^.. ff ff ff/.test(text));

  test("allocate nothing", () => {
    expect(claims.length).toBeGreaterThan(6);
    const bodies = claims.map(({ hex: text }) => hex(text));
    let highest = 0;
    const before = usedBytes();
    for (let i = 0; i < 2000; i++) {
      for (const body of bodies) expect(tryDecode3(body)).toBeInstanceOf(AmfError);
      if (i % 100 === 0) highest = Math.max(highest, usedBytes() - before);
    }
    // One of the claims alone is 256 MiB or more.
    expect(highest).toBeLessThan(64 * 2 ** 20);
  });

  test("a body of a MiB takes memory in proportion to what it holds", () => {
    // As many sealed objects as there may be, each with a value.
    const head = hex("0a 13 03 50 03 78 01");
    const body = new Uint8Array(2 ** 20);
    body.set(head);
    for (let at = head.length; at < body.length; at += 3) body.set([0x0a, 0x01, 0x01], at);
    expect(tryDecode3(body.subarray(0, head.length + 3 * 32_767))).toHaveLength(32_768);
    expect(tryDecode3(body)).toMatchObject({ code: "RTMP_ERR_AMF_TOO_MANY_VALUES" });
  });
});
