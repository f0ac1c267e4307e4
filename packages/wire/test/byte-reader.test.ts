import { ByteReader, RtmpError } from "@rtmp/wire";
import { expect, test } from "vitest";

const truncated = (offset: number, wanted: number, left: number) =>
  new RtmpError("RTMP_ERR_TEST_TRUNCATED", "malformed", `${wanted} wanted, ${left} left`, {
    offset,
  });

const bytes = Uint8Array.of(0xff, 0xff, 0xec, 0x39, 0x30, 0x00, 0x00, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0);

test("reads each field in its byte order", () => {
  const reader = new ByteReader(bytes, truncated);
  expect(reader.i24()).toBe(-20);
  expect(reader.u32le()).toBe(12345);
  expect(reader.f64()).toBe(1);
  expect(reader.left).toBe(0);
});

test("reads unsigned fields as unsigned", () => {
  expect(new ByteReader(bytes, truncated).u24()).toBe(0xffffec);
  expect(new ByteReader(bytes, truncated).u16()).toBe(0xffff);
  expect(new ByteReader(bytes, truncated).i16()).toBe(-1);
  expect(new ByteReader(bytes, truncated).u32()).toBe(0xffffec39);
  expect(new ByteReader(bytes, truncated).u8()).toBe(0xff);
});

test("a read past the end throws the layer's error with the offset and moves nothing", () => {
  const reader = new ByteReader(bytes, truncated, 12);
  expect(() => reader.u32()).toThrow(
    expect.objectContaining({ code: "RTMP_ERR_TEST_TRUNCATED", offset: 12 }),
  );
  expect(reader.offset).toBe(12);
  expect(() => reader.view(0xffffffff)).toThrow("3 left");
});

test("a view shares the memory of the input", () => {
  const reader = new ByteReader(bytes, truncated, 1);
  expect(reader.view(2).buffer).toBe(bytes.buffer);
  expect(reader.offset).toBe(3);
});

test("a reader of a subarray stays inside it", () => {
  const reader = new ByteReader(bytes.subarray(3, 7), truncated);
  expect(reader.u32()).toBe(0x39300000);
  expect(() => reader.u8()).toThrow(RtmpError);
});
