import { seededBytes, seededRandom } from "@rtmp/testing";
import { expect, test } from "vitest";

const take = (seed: number, count: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
};

test("the same seed gives the same numbers, another seed others", () => {
  expect(take(1111, 100)).toEqual(take(1111, 100));
  expect(take(1111, 100)).not.toEqual(take(2222, 100));
});

test("the numbers for seed 0 are Mulberry32's, so that a seed means the same in every version", () => {
  expect(take(0, 3)).toEqual([0.26642920868471265, 0.0003297457005828619, 0.2232720274478197]);
});

test("numbers lie from 0 up to but without 1, and fill that range", () => {
  const numbers = take(7, 10_000);
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  for (let tenth = 0; tenth < 10; tenth++) {
    const share = numbers.filter((number) => Math.floor(number * 10) === tenth).length;
    expect(share).toBeGreaterThan(900);
    expect(share).toBeLessThan(1_100);
  }
});

test("bytes take every value", () => {
  const bytes = seededBytes(seededRandom(1), 10_000);
  expect(bytes.length).toBe(10_000);
  expect(new Set(bytes).size).toBe(256);
});
