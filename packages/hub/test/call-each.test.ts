import { expect, test } from "vitest";
import { callEach } from "../src/call-each.ts";

test("all are called, and the first error is thrown in the end", () => {
  const called: number[] = [];
  expect(() =>
    callEach([1, 2, 3, 4], (item) => {
      called.push(item);
      if (item % 2 === 0) throw new TypeError(`bug ${item}`);
    }),
  ).toThrow("bug 2");
  expect(called).toEqual([1, 2, 3, 4]);
});

test("without an error nothing is thrown", () => {
  expect(() => callEach([1, 2], () => {})).not.toThrow();
});
