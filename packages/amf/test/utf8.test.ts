import { decodeAmf0 } from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

function decodeString(bytes: Uint8Array): unknown {
  return decodeAmf0(Buffer.concat([Uint8Array.of(0x02, bytes.length >> 8, bytes.length), bytes]));
}

describe("AMF0 §1.3.1 strings", () => {
  test("ASCII of any length", () => {
    for (let length = 0; length <= 100; length++) {
      const text = Array.from({ length }, (_, i) => String.fromCharCode(0x20 + (i % 0x5f))).join(
        "",
      );
      expect(decodeString(Buffer.from(text, "latin1"))).toBe(text);
    }
  });

  test("one character of two bytes at any place among ASCII", () => {
    for (let length = 0; length <= 40; length++) {
      for (let at = 0; at <= length; at++) {
        const bytes = new Uint8Array(length + 2).fill(0x61);
        bytes.set([0xc3, 0xa9], at);
        expect(decodeString(bytes)).toBe(`${"a".repeat(at)}é${"a".repeat(length - at)}`);
      }
    }
  });

  test("bytes that are not UTF-8 become U+FFFD, also a character that is cut", () => {
    expect(decodeAmf0(hex("02 00 03 61 ff 62"))).toBe("a\ufffdb");
    expect(decodeAmf0(hex("02 00 02 61 c3"))).toBe("a\ufffd");
  });

  test("one byte that is not UTF-8 at any place among ASCII", () => {
    for (let length = 1; length <= 40; length++) {
      for (let at = 0; at < length; at++) {
        const bytes = new Uint8Array(length).fill(0x61);
        bytes[at] = 0xff;
        expect(decodeString(bytes)).toBe(`${"a".repeat(at)}\ufffd${"a".repeat(length - at - 1)}`);
      }
    }
  });

  test("a byte order mark and NUL belong to the text", () => {
    expect(decodeAmf0(hex("02 00 04 ef bb bf 61"))).toBe("\ufeffa");
    expect(decodeAmf0(hex("02 00 02 61 00"))).toBe("a\0");
  });

  test("a string in a view that does not begin where its buffer begins", () => {
    const text = "a".repeat(40);
    const buffer = Buffer.from(`xxxxx\u0002\0\u0028${text}yyy`, "latin1");
    expect(decodeAmf0(buffer.subarray(5, 48))).toBe(text);
    expect(decodeAmf0(new Uint8Array(buffer).subarray(5, 48))).toBe(text);
  });
});
