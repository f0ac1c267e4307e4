import { AmfError } from "@rtmp/amf";
import { hex, toHex } from "@rtmp/testing";
import { ByteReader, ByteWriter } from "@rtmp/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readU29, toInteger, writeU29 } from "../../src/amf3/u29.ts";

function read(bytes: Uint8Array): [value: number, length: number] {
  const reader = new ByteReader(bytes, (offset) => {
    return new AmfError("RTMP_ERR_AMF_TRUNCATED", "cut", { offset });
  });
  return [readU29(reader), reader.offset];
}

function write(value: number): string {
  const writer = new ByteWriter();
  writeU29(writer, value);
  return toHex(writer.take());
}

const edges = [
  [0, "00"],
  [1, "01"],
  [0x7f, "7f"],
  [0x80, "81 00"],
  [0xff, "81 7f"],
  [0x3fff, "ff 7f"],
  [0x4000, "81 80 00"],
  [0x1fffff, "ff ff 7f"],
  [0x200000, "80 c0 80 00"],
  [0xfffffff, "bf ff ff ff"],
  [0x10000000, "c0 80 80 00"],
  [0x1fffffff, "ff ff ff ff"],
] as const;

describe("AMF3 §1.3.1 U29", () => {
  test.each(edges)("%i is %s", (value, text) => {
    const bytes = hex(text);
    expect(read(bytes)).toEqual([value, bytes.length]);
    expect(write(value)).toBe(text);
  });

  test("forms that are longer than they need be are read", () => {
    expect(read(hex("80 01"))).toEqual([1, 2]);
    expect(read(hex("80 80 01"))).toEqual([1, 3]);
    expect(read(hex("80 80 80 01"))).toEqual([1, 4]);
  });

  test("the fourth byte is the last one", () => {
    expect(read(hex("80 80 80 ff ff"))).toEqual([0xff, 4]);
  });

  test("is cut wherever a byte is missing", () => {
    for (const [, text] of edges) {
      const bytes = hex(text);
      for (let length = 0; length < bytes.length; length++) {
        expect(() => read(bytes.subarray(0, length))).toThrow(
          expect.objectContaining({ code: "RTMP_ERR_AMF_TRUNCATED", offset: length }),
        );
      }
    }
  });

  test("every value is the same after writing and reading", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x1fffffff }), (value) => {
        expect(read(hex(write(value)))[0]).toBe(value);
      }),
    );
  });

  test("as a signed number bit 28 is the sign", () => {
    expect(toInteger(0xfffffff)).toBe(268_435_455);
    expect(toInteger(0x10000000)).toBe(-268_435_456);
    expect(toInteger(0x1fffffff)).toBe(-1);
    expect(write(-1)).toBe("ff ff ff ff");
    expect(write(-268_435_456)).toBe("c0 80 80 00");
  });
});
