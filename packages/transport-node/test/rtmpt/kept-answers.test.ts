import { expect, test } from "vitest";

import { KeptAnswers } from "../../src/rtmpt/kept-answers.ts";

const first = Uint8Array.of(1, 11);
const second = Uint8Array.of(1, 22);

test("an answer is found by the number of its request", () => {
  const answers = new KeptAnswers(3);
  answers.keep(7, first);
  answers.keep(9, second);
  expect(answers.find(7)).toBe(first);
  expect(answers.find(8)).toBeUndefined();
  expect(answers.find(9)).toBe(second);
});

test("an answer is kept until so many requests have come behind it", () => {
  const answers = new KeptAnswers(3);
  answers.keep(7, first);
  answers.passed(8);
  answers.keep(8, second);
  answers.passed(9);
  expect(answers.find(7)).toBe(first);
  answers.passed(10);
  expect(answers.find(7)).toBeUndefined();
  expect(answers.find(8)).toBe(second);
});

test("with a span of 1 the last answer alone is kept", () => {
  const answers = new KeptAnswers(1);
  answers.keep(7, first);
  expect(answers.find(7)).toBe(first);
  answers.passed(8);
  expect(answers.find(7)).toBeUndefined();
});

test("numbers wrap at 32 bits", () => {
  const answers = new KeptAnswers(3);
  answers.keep(0x7fffffff, first);
  answers.passed(-0x80000000);
  answers.passed(-0x7fffffff);
  expect(answers.find(0x7fffffff)).toBe(first);
  answers.passed(-0x7ffffffe);
  expect(answers.find(0x7fffffff)).toBeUndefined();
});

test("nothing is found after clear", () => {
  const answers = new KeptAnswers(3);
  answers.keep(7, first);
  answers.clear();
  expect(answers.find(7)).toBeUndefined();
});
