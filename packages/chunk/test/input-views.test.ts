import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ChunkReader } from "@rtmp/chunk";
import { hex } from "@rtmp/testing";
import { expect, test } from "vitest";
import { InputViews } from "../src/input-views.ts";
import { hexOf } from "./reading.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

test("a view shows the bytes of the input and shares its memory", () => {
  const input = hex("00 11 22 33 44");
  const view = new InputViews().of(input, 1, 3);
  expect(hexOf(view)).toBe("112233");
  input[2] = 0xee;
  expect(hexOf(view)).toBe("11ee33");
});

test("a view of a Buffer that is a part of a larger one is plain and begins where the Buffer does", () => {
  const input = Buffer.from("0011223344556677", "hex").subarray(2);
  const view = new InputViews().of(input, 1, 2);
  expect(Object.getPrototypeOf(view)).toBe(Uint8Array.prototype);
  expect(hexOf(view)).toBe("3344");
});

test("inputs may take turns, also parts of one buffer", () => {
  const views = new InputViews();
  const whole = hex("00 11 22 33");
  const [first, second] = [whole.subarray(0, 2), whole.subarray(2)];
  const other = hex("aa bb");
  const seen = [first, second, other, first].map((input) => hexOf(views.of(input, 1, 1)));
  expect(seen).toEqual(["11", "33", "bb", "11"]);
});

test("an input is viewed rightly after it was forgotten", () => {
  const views = new InputViews();
  const input = hex("00 11 22 33").subarray(1);
  views.of(input, 0, 1);
  views.forget();
  expect(hexOf(views.of(input, 0, 2))).toBe("1122");
});

test("a view beyond the memory of the input is a mistake", () => {
  expect(() => new InputViews().of(hex("00 11"), 1, 2)).toThrow(RangeError);
});

test("a reader keeps no input alive after push", async () => {
  const reader = new ChunkReader();
  const pushOne = (): WeakRef<ArrayBufferLike> => {
    const input = hex("04 00 00 00 00 00 02 08 01 00 00 00 aa bb");
    reader.push(input, () => {});
    return new WeakRef(input.buffer);
  };
  const input = pushOne();
  // A WeakRef holds its target until the present job ends.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(input.deref()).toBeUndefined();
  expect(reader.state).toBe("basic-header");
});
