import { describe, expect, test } from "vitest";

import { type NumberedRequest, RequestOrder } from "../../src/rtmpt/request-order.ts";

function orderFrom(sequence: number): RequestOrder<NumberedRequest> {
  const order = new RequestOrder<NumberedRequest>(4);
  order.pass(sequence, 1_111);
  return order;
}

describe("the order of requests", () => {
  test.each([0, 1, 1_111, -1])("begins with the first that comes: %d", (sequence) => {
    expect(new RequestOrder(4).placeOf(sequence)).toBe("due");
  });

  test("the next number is due, the same and those before are there again", () => {
    const order = orderFrom(7);
    expect(order.placeOf(8)).toBe("due");
    expect(order.placeOf(7)).toBe("again");
    expect(order.placeOf(-1_111)).toBe("again");
  });

  test("those behind a missing one are early, and far when too many are missing or wait", () => {
    const order = orderFrom(7);
    expect(order.placeOf(9)).toBe("early");
    expect(order.placeOf(12)).toBe("early");
    expect(order.placeOf(13)).toBe("far");
    expect(order.placeOf(1_000_000)).toBe("far");
  });

  test("gives early requests when their turn has come", () => {
    const order = orderFrom(7);
    const [ninth, tenth] = [{ sequence: 9 }, { sequence: 10 }];
    order.keep(tenth, 2_222);
    order.keep(ninth, 2_222);
    expect(order.takeDue()).toBeUndefined();
    order.pass(8, 1_111);
    expect(order.takeDue()).toBe(ninth);
    order.pass(9, 1_111);
    expect(order.takeDue()).toBe(tenth);
    order.pass(10, 1_111);
    expect(order.takeDue()).toBeUndefined();
  });

  test("an early request that comes again takes the place of the first", () => {
    const order = orderFrom(7);
    const [once, again] = [{ sequence: 9 }, { sequence: 9 }];
    expect(order.keep(once, 2_222)).toBeUndefined();
    expect(order.keep(again, 2_222)).toBe(once);
    order.pass(8, 1_111);
    expect(order.takeDue()).toBe(again);
  });

  test("says since when one is missing: from the first early request, or the last one passed", () => {
    const order = orderFrom(7);
    expect(order.missingSince).toBe(Infinity);
    order.keep({ sequence: 9 }, 2_222);
    order.keep({ sequence: 11 }, 3_333);
    expect(order.missingSince).toBe(2_222);
    order.pass(8, 4_444);
    order.takeDue();
    order.pass(9, 5_555);
    expect(order.missingSince).toBe(5_555);
    order.pass(10, 6_666);
    order.takeDue();
    order.pass(11, 7_777);
    expect(order.missingSince).toBe(Infinity);
  });

  test("gives all early requests at the end", () => {
    const order = orderFrom(7);
    order.keep({ sequence: 9 }, 2_222);
    order.keep({ sequence: 11 }, 2_222);
    expect(order.takeAll()).toEqual([{ sequence: 9 }, { sequence: 11 }]);
    expect(order.takeAll()).toEqual([]);
  });

  test("numbers wrap at 32 bits", () => {
    const order = orderFrom(0x7ffffffe);
    expect(order.placeOf(0x7fffffff)).toBe("due");
    expect(order.placeOf(-0x80000000)).toBe("early");
    order.pass(0x7fffffff, 1_111);
    expect(order.placeOf(-0x80000000)).toBe("due");
    expect(order.placeOf(0x7fffffff)).toBe("again");
  });

  test("keeps nothing early when none may be", () => {
    const order = new RequestOrder(0);
    order.pass(7, 1_111);
    expect(order.placeOf(8)).toBe("due");
    expect(order.placeOf(9)).toBe("far");
  });
});
