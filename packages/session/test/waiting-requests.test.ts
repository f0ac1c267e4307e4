import { expect, test } from "vitest";
import type { Answers } from "../src/requests.ts";
import { WaitingRequests } from "../src/waiting-requests.ts";

const said: unknown[] = [];
const answers: Answers<number[]> = {
  accept: (...values) => said.push(values) > 0,
  reject: ({ description }) => said.push(description) < 0,
};

test("as many may wait as were allowed, and an answer of either kind makes room", () => {
  const waiting = new WaitingRequests(2);
  const first = waiting.hold(answers);
  expect(waiting.refusal()).toBeUndefined();
  const second = waiting.hold(answers);
  expect(waiting.refusal()).toMatchObject({
    code: "RTMP_ERR_TOO_MANY_PENDING_CALLS",
    message: "more than 2 calls wait for an answer",
  });

  expect(first.accept(1, 2)).toBe(true);
  expect(waiting.refusal()).toBeUndefined();
  waiting.hold(answers);
  expect(waiting.refusal()).toBeDefined();
  expect(second.reject({ description: "no" })).toBe(false);
  expect(waiting.refusal()).toBeUndefined();
  expect(said).toEqual([[1, 2], "no"]);
});

test("an answer makes room before it is given, also when giving it throws", () => {
  const waiting = new WaitingRequests(1);
  const held = waiting.hold({
    accept: () => {
      expect(waiting.refusal()).toBeUndefined();
      throw new RangeError("no such value");
    },
    reject: () => true,
  });
  expect(() => held.accept()).toThrow(RangeError);
  expect(waiting.refusal()).toBeUndefined();
});
