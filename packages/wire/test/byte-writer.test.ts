import { ByteWriter } from "@rtmp/wire";
import { expect, test } from "vitest";

test("writes each field in its byte order", () => {
  const writer = new ByteWriter();
  writer.u8(0x12);
  writer.u16(0x3456);
  writer.u24(-20);
  writer.u32(0xfffffffe);
  writer.u32le(12345);
  writer.f64(1);
  expect(Buffer.from(writer.take()).toString("hex")).toBe(
    "123456ffffecfffffffe393000003ff0000000000000",
  );
});

test("grows from any capacity without losing what was written", () => {
  const writer = new ByteWriter(0);
  for (let i = 0; i < 1111; i++) writer.u16(i);
  const bytes = writer.take();
  expect(bytes.length).toBe(2222);
  expect(bytes.subarray(2220)).toEqual(Uint8Array.of(1110 >> 8, 1110 & 0xff));
});

test("counts UTF-8 bytes, not characters", () => {
  const writer = new ByteWriter(1);
  expect(writer.utf8("é😀a")).toBe(7);
  expect(writer.take()).toEqual(Uint8Array.of(0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80, 0x61));
});

test("taken bytes never change afterwards", () => {
  const writer = new ByteWriter();
  writer.u8(1);
  const taken = writer.take();
  writer.u8(2);
  expect(taken).toEqual(Uint8Array.of(1));
});

test("an earlier field can be filled in, and an attempt taken back", () => {
  const writer = new ByteWriter();
  writer.u16(0);
  writer.u32(0);
  writer.setU16(0, 0x1111);
  writer.setU32(2, 0x22222222);
  writer.u8(9);
  writer.truncate(6);
  expect(() => writer.truncate(7)).toThrow(RangeError);
  expect(writer.take()).toEqual(Uint8Array.of(0x11, 0x11, 0x22, 0x22, 0x22, 0x22));
});
