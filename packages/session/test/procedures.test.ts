import type { AmfValue } from "@rtmp/message";
import { answerCalls, type AnyProcedures, type ProcedureBodies } from "@rtmp/session";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { Bench } from "./bench.ts";
import { property, result } from "./reply-lines.ts";

const seven = "401c000000000000";

const callFailed = (text: string): string =>
  `3/0/20: ${toHex(
    hex(`02 0006 "_error" 00 ${seven} 05
    03 ${property("level", "error")} ${property("code", "NetConnection.Call.Failed")}
       ${property("description", text)} 0000 09`),
  )}`;

type Bodies = ProcedureBodies<AnyProcedures>;

/** What the peer gets for one call, transaction 7, at once and after the promises of the procedures. */
async function replies(
  bodies: Bodies,
  name: string,
  args: readonly AmfValue[] = [],
  describeError?: (error: unknown) => string,
): Promise<string[]> {
  const bench = Bench.connected({
    handlers: { onCall: answerCalls<AnyProcedures>(bodies, describeError) },
  });
  bench.command(0, name, 7, null, ...args);
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  return bench.replyLines();
}

const fails = (): never => {
  throw new Error("the password is x");
};

const add = (a: AmfValue, b: AmfValue): AmfValue => Number(a) + Number(b);
const lengthOf = (error: unknown): string => `why: ${String(error).length}`;

describe("RTMP §7.2.1.2 a procedure", () => {
  test("gets the arguments of the call, and what it returns is the answer", async () => {
    expect(await replies({ add }, "add", [40, 2])).toEqual([result(seven, "00 4045000000000000")]);
  });

  test("may answer later", async () => {
    expect(await replies({ later: () => Promise.resolve("done") }, "later")).toEqual([
      result(seven, `02 0004 "done"`),
    ]);
  });

  test("that returns nothing is answered by undefined", async () => {
    expect(await replies({ run: () => undefined }, "run")).toEqual([result(seven, "06")]);
  });

  test.each([
    ["throws", fails],
    ["rejects", () => Promise.reject(new Error("the password is x"))],
  ])("that %s is a refusal that tells nothing of why", async (_how, run) => {
    expect(await replies({ run }, "run")).toEqual([callFailed("the call failed")]);
  });

  test.each([
    ["throws", fails],
    ["rejects", () => Promise.reject(new Error("the password is x"))],
  ])("that %s is a refusal with the words of describeError", async (_how, run) => {
    expect(await replies({ run }, "run", [], lengthOf)).toEqual([callFailed("why: 24")]);
  });

  test.each(["toString", "constructor", "__proto__", "other", ""])(
    "named %j is none of the declared ones, and is refused",
    async (name) => {
      expect(await replies({ add: () => 1 }, name)).toEqual([
        callFailed(`${name} is not a procedure of this peer`),
      ]);
    },
  );

  test("that is not wanted to answer runs all the same", () => {
    const ran: AmfValue[] = [];
    const bench = Bench.connected({
      handlers: { onCall: answerCalls<AnyProcedures>({ note: (value) => ran.push(value) }) },
    });
    bench.command(0, "note", 0, null, "x");
    expect(ran).toEqual(["x"]);
    expect(bench.replyLines()).toEqual([]);
  });

  test("that answers when the peer has gone is no harm", async () => {
    let answer: ((value: AmfValue) => void) | undefined;
    const waits = new Promise<AmfValue>((resolve) => {
      answer = resolve;
    });
    const bench = Bench.connected({ handlers: { onCall: answerCalls({ wait: () => waits }) } });
    bench.command(0, "wait", 7);
    bench.session.end();
    bench.replyLines();
    answer?.(1);
    await waits;
    await Promise.resolve();
    expect(bench.replyLines()).toEqual([]);
  });
});

describe("a value that has no AMF0 form", () => {
  // As it comes from a program without types.
  const unsayable: Bodies = JSON.parse("{}");
  const withFunction = (run: () => unknown): Bodies => Object.assign(unsayable, { run });

  test.each([
    ["returned", () => Symbol("x")],
    ["returned later", () => Promise.resolve(Symbol("x"))],
  ])("is a refusal when it is %s", async (_how, run) => {
    expect(await replies(withFunction(run), "run")).toEqual([
      callFailed("the answer cannot be sent"),
    ]);
  });

  test("in an argument is an error of the caller, and the call waits for nothing", () => {
    const bench = Bench.connected({ limits: { maxPendingCalls: 1 } });
    const outcomes: boolean[] = [];
    const args: AmfValue[] = JSON.parse("[]");
    Object.assign(args, { 0: Symbol("x") });
    expect(() => bench.session.call("add", args, ({ ok }) => outcomes.push(ok))).toThrow(TypeError);
    bench.session.call("add", [], ({ ok }) => outcomes.push(ok));
    bench.session.end();
    expect(outcomes).toEqual([false]);
  });
});
