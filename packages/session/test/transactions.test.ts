import type { Command } from "@rtmp/message";
import type { CallAnswer } from "@rtmp/session";
import { describe, expect, test } from "vitest";
import { Transactions } from "../src/transactions.ts";

const answer = (name: "_result" | "_error", transactionId: number, ...args: Command["args"]) => ({
  name,
  transactionId,
  commandObject: null,
  args,
});

/** Open calls of which three may wait, each for 1111 ms; what came of them, in order. */
function waiting() {
  const transactions = new Transactions({ firstId: 5, maxPendingCalls: 3, callTimeoutMs: 1_111 });
  const log: string[] = [];
  const open = (name: string): number =>
    transactions.open(name, (outcome) => log.push(`${name} ${lineOf(outcome)}`));
  return { transactions, log, open };
}

const lineOf = (outcome: CallAnswer): string =>
  outcome.ok ? `ok ${JSON.stringify(outcome.command.args)}` : outcome.error.code;

describe("RTMP §7.1.1 transaction ids", () => {
  test("count up from the first, also for commands that nobody waits for", () => {
    const { transactions, open } = waiting();
    expect(transactions.nextId).toBe(5);
    expect(open("a")).toBe(5);
    transactions.skip();
    expect(open("b")).toBe(7);
    expect(transactions.nextId).toBe(8);
  });

  test("tell which call an answer is for, in any order", () => {
    const { transactions, log, open } = waiting();
    open("a");
    open("b");
    expect(transactions.close(answer("_result", 6, 42))).toBe(true);
    expect(transactions.close(answer("_result", 5, "x", null))).toBe(true);
    expect(log).toEqual(["b ok [42]", 'a ok ["x",null]']);
  });

  test("that no call has, or one that was answered before, close none", () => {
    const { transactions, log, open } = waiting();
    open("a");
    transactions.close(answer("_result", 5));
    for (const id of [5, 4, 6, 0, 5.5, -5]) {
      expect(transactions.close(answer("_result", id))).toBe(false);
    }
    expect(log).toHaveLength(1);
  });
});

describe("a call", () => {
  test("that gets _error fails with what the peer said", () => {
    const transactions = new Transactions({ firstId: 1, maxPendingCalls: 1, callTimeoutMs: 1 });
    const outcomes: CallAnswer[] = [];
    transactions.open("add", (outcome) => outcomes.push(outcome));
    transactions.close(answer("_error", 1, { code: "X", description: "no" }));
    expect(outcomes).toMatchObject([
      {
        ok: false,
        error: {
          code: "RTMP_ERR_CALL_REJECTED",
          message: "add was refused: no",
          status: { code: "X", level: "error" },
        },
      },
    ]);
  });

  test.each([
    [[{ code: "X" }], "add was refused: X"],
    [[], "add was refused: no reason given"],
  ])("that gets _error with %j says so", (args, message) => {
    const transactions = new Transactions({ firstId: 1, maxPendingCalls: 1, callTimeoutMs: 1 });
    const outcomes: CallAnswer[] = [];
    transactions.open("add", (outcome) => outcomes.push(outcome));
    transactions.close(answer("_error", 1, ...args));
    expect(outcomes).toMatchObject([{ error: { message } }]);
  });

  test("beyond maxPendingCalls is refused, and has room again when one is answered or forgotten", () => {
    const { transactions, open } = waiting();
    for (const name of ["a", "b", "c"]) open(name);
    expect(() => open("d")).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_TOO_MANY_PENDING_CALLS" }),
    );
    // The refused one took no id.
    expect(transactions.nextId).toBe(8);
    transactions.close(answer("_result", 6));
    expect(open("d")).toBe(8);
    transactions.forget(5);
    expect(open("e")).toBe(9);
  });

  test("that is forgotten hears nothing, neither of an answer nor of the end", () => {
    const { transactions, log, open } = waiting();
    open("a");
    transactions.forget(5);
    expect(transactions.close(answer("_result", 5))).toBe(false);
    transactions.failAll(undefined);
    expect(log).toEqual([]);
  });
});

describe("time", () => {
  test("is over for each call callTimeoutMs after it was made", () => {
    const { transactions, log, open } = waiting();
    expect(transactions.deadline).toBe(Number.POSITIVE_INFINITY);
    open("a");
    transactions.settle(1_000);
    open("b");
    transactions.settle(1_500);
    expect(transactions.deadline).toBe(2_111);
    transactions.expire(2_110);
    expect(log).toEqual([]);
    transactions.expire(2_111);
    expect(log).toEqual(["a RTMP_ERR_CALL_TIMEOUT"]);
    expect(transactions.deadline).toBe(2_611);
    transactions.expire(9_999);
    expect(log).toEqual(["a RTMP_ERR_CALL_TIMEOUT", "b RTMP_ERR_CALL_TIMEOUT"]);
  });

  test("begins when it is told next, and is wanted until then", () => {
    const { transactions, log, open } = waiting();
    open("a");
    transactions.settle(1_000);
    open("b");
    expect(transactions.deadline).toBe(Number.NEGATIVE_INFINITY);
    transactions.expire(2_000);
    expect(transactions.deadline).toBe(2_111);
    transactions.settle(2_050);
    transactions.expire(2_111);
    expect(log).toEqual(["a RTMP_ERR_CALL_TIMEOUT"]);
    expect(transactions.deadline).toBe(3_111);
  });

  test("lets a call that hears of it call again", () => {
    const { transactions, log, open } = waiting();
    transactions.open("a", () => open("again"));
    transactions.settle(0);
    transactions.expire(1_111);
    expect(log).toEqual([]);
    expect(transactions.deadline).toBe(2_222);
  });
});

/** A call for which the time is over; what came of it later. */
function late() {
  const { transactions, log, open } = waiting();
  const after: unknown[] = [];
  const note = (outcome: CallAnswer): void => {
    log.push(lineOf(outcome));
  };
  transactions.open("a", note, ({ args }) => after.push(args));
  transactions.expire(0);
  transactions.expire(1_111);
  expect(log).toEqual(["RTMP_ERR_CALL_TIMEOUT"]);
  return { transactions, log, open, after };
}

describe("an answer that comes too late", () => {
  test("is told to who can do something about it, once, and closes the call", () => {
    const { transactions, log, after } = late();
    expect(transactions.close(answer("_result", 5, 42))).toBe(true);
    expect(transactions.close(answer("_result", 5, 42))).toBe(false);
    expect(after).toEqual([[42]]);
    expect(log).toHaveLength(1);
  });

  test("is not told when it is a refusal", () => {
    const { transactions, after } = late();
    expect(transactions.close(answer("_error", 5))).toBe(true);
    expect(after).toEqual([]);
  });

  test("closes a call, too, that has nothing to do about it", () => {
    const { transactions, open } = waiting();
    open("a");
    transactions.expire(0);
    transactions.expire(1_111);
    expect(transactions.close(answer("_result", 5))).toBe(true);
  });

  test("is remembered for as many calls as may wait, the oldest forgotten first", () => {
    const { transactions, open } = waiting();
    for (const name of ["a", "b", "c", "d"]) {
      open(name);
      transactions.expire(0);
      transactions.expire(1_111);
    }
    expect([5, 6, 7, 8].map((id) => transactions.close(answer("_result", id)))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });
});

describe("the end of the session", () => {
  test("fails every call, in order, with why", () => {
    const { transactions, log, open } = waiting();
    const causes: unknown[] = [];
    open("a");
    transactions.open("b", (outcome) => {
      if (!outcome.ok) causes.push(outcome.error.cause);
    });
    open("c");
    const cause = new Error("gone");
    transactions.failAll(cause);
    transactions.failAll(cause);
    expect(log).toEqual(["a RTMP_ERR_SESSION_ENDED", "c RTMP_ERR_SESSION_ENDED"]);
    expect(causes).toEqual([cause]);
    expect(transactions.deadline).toBe(Number.POSITIVE_INFINITY);
  });
});
