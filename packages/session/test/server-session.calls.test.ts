import { answerCalls, type CallAnswer, type IncomingCall } from "@rtmp/session";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { Bench } from "./bench.ts";
import { property, result } from "./reply-lines.ts";

/** A bench whose calls are kept, for the test to answer. */
function keepingCalls(options: { maxPendingCalls?: number } = {}): {
  readonly bench: Bench;
  readonly calls: IncomingCall[];
} {
  const calls: IncomingCall[] = [];
  const bench = Bench.connected({
    limits: options,
    handlers: { onCall: (call) => calls.push(call) },
  });
  return { bench, calls };
}

const callFailed = (transactionId: string, text: string): string =>
  `3/0/20: ${toHex(
    hex(`02 0006 "_error" 00 ${transactionId} 05
    03 ${property("level", "error")} ${property("code", "NetConnection.Call.Failed")}
       ${property("description", text)} 0000 09`),
  )}`;

describe("RTMP §7.2.1.2 a call of the client", () => {
  test("reaches the owner with its arguments and the stream it came on", () => {
    const { bench, calls } = keepingCalls();
    bench.command(0, "add", 7, null, 40, 2);
    bench.command(0, "createStream", 2);
    bench.command(1, "mark", 0, { at: 3 }, "here");
    expect(calls).toMatchObject([
      { name: "add", args: [40, 2], commandObject: null, messageStreamId: 0, wantsAnswer: true },
      { name: "mark", args: ["here"], commandObject: { at: 3 }, messageStreamId: 1 },
    ]);
    expect(calls[1]?.wantsAnswer).toBe(false);
    expect(bench.problemCodes).toEqual([]);
  });

  test("gets _result with the values of accept, at once or later", () => {
    const { bench, calls } = keepingCalls();
    bench.command(0, "add", 7, null, 40, 2);
    bench.command(0, "add", 8, null, 1, 2);
    expect(bench.replyLines()).toEqual([]);
    expect(calls[1]?.accept(3)).toBe(true);
    expect(calls[0]?.accept(42, "bytes")).toBe(true);
    expect(bench.replyLines()).toEqual([
      result("4020000000000000", "00 4008000000000000"),
      result("401c000000000000", `00 4045000000000000 02 0005 "bytes"`),
    ]);
  });

  test("gets _error when it is rejected, with a code of the owner's or Call.Failed", () => {
    const { bench, calls } = keepingCalls();
    bench.command(0, "add", 7, null, 1);
    bench.command(0, "add", 7, null, 1);
    calls[0]?.reject({ description: "no" });
    expect(bench.replyLines()).toEqual([callFailed("401c000000000000", "no")]);
    calls[1]?.reject({ code: "NetConnection.Call.Prohibited", description: "no" });
    expect(bench.codes()).toEqual(["_error NetConnection.Call.Prohibited"]);
  });

  test("that wants no answer gets none", () => {
    const { bench, calls } = keepingCalls();
    bench.command(0, "mark", 0, null, 1);
    bench.command(0, "mark", 0, null, 2);
    expect(calls[0]?.accept(3)).toBe(true);
    expect(calls[1]?.reject({ description: "no" })).toBe(true);
    expect(bench.replyLines()).toEqual([]);
  });

  test("is void when the client has gone, and cannot be answered twice", () => {
    const { bench, calls } = keepingCalls();
    bench.command(0, "add", 7, null, 1);
    bench.command(0, "mark", 0, null, 1);
    bench.session.end();
    expect(calls.map((call) => call.accept(1))).toEqual([false, false]);
    expect(() => calls[0]?.accept(1)).toThrow(TypeError);
    expect(bench.replyLines()).toEqual([]);
  });

  test("past maxPendingCalls gets _error until one is answered", () => {
    const { bench, calls } = keepingCalls({ maxPendingCalls: 2 });
    for (const id of [7, 8, 9]) bench.command(0, "add", id, null, id);
    expect(bench.codes()).toEqual(["_error NetConnection.Call.Failed"]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_TOO_MANY_PENDING_CALLS"]);
    calls[0]?.accept(1);
    bench.command(0, "add", 10, null, 10);
    expect(calls).toHaveLength(3);
  });

  test("that nobody can answer does not use the limit up when it wants no answer", () => {
    const { bench, calls } = keepingCalls({ maxPendingCalls: 1 });
    for (let count = 0; count < 5; count++) bench.command(0, "mark", 0, null, count);
    expect(calls).toHaveLength(5);
    expect(bench.problemCodes).toEqual([]);
  });

  test("is answered by functions", async () => {
    const bench = Bench.connected({
      handlers: {
        onCall: answerCalls<{ add: (a: number, b: number) => number; later: () => string }>({
          add: (a, b) => a + b,
          later: () => Promise.resolve("done"),
        }),
      },
    });
    bench.command(0, "add", 7, null, 40, 2);
    expect(bench.replyLines()).toEqual([result("401c000000000000", "00 4045000000000000")]);
    bench.command(0, "later", 8);
    expect(bench.replyLines()).toEqual([]);
    await Promise.resolve();
    await Promise.resolve();
    expect(bench.replyLines()).toEqual([result("4020000000000000", `02 0004 "done"`)]);
    bench.command(0, "toString", 9);
    expect(bench.codes()).toEqual(["_error NetConnection.Call.Failed"]);
  });
});

describe("a call of the server", () => {
  test("goes out on the connection, and its answer comes back", () => {
    const bench = Bench.connected();
    const answers: CallAnswer[] = [];
    bench.session.call("onBandwidth", [8192, "kbit"], (answer) => answers.push(answer));
    expect(bench.replyLines()).toEqual([
      `3/0/20: ${toHex(
        hex(`02 000b "onBandwidth" 00 3ff0000000000000 05
        00 40c0000000000000 02 0004 "kbit"`),
      )}`,
    ]);
    bench.command(0, "_result", 1, null, "thanks");
    expect(answers).toMatchObject([{ ok: true, command: { args: ["thanks"] } }]);
    bench.command(0, "_result", 1, null, "again");
    expect(answers).toHaveLength(1);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_UNKNOWN_COMMAND"]);
  });

  test("that is refused says with which status", () => {
    const bench = Bench.connected();
    const answers: CallAnswer[] = [];
    bench.session.call("draw", [], (answer) => answers.push(answer));
    bench.command(0, "_error", 1, null, {
      level: "error",
      code: "NetConnection.Call.Failed",
      description: "no such thing",
    });
    expect(answers).toMatchObject([
      {
        ok: false,
        error: {
          code: "RTMP_ERR_CALL_REJECTED",
          status: { code: "NetConnection.Call.Failed", description: "no such thing" },
        },
      },
    ]);
  });

  test("that is not answered in time, or before the end, fails", () => {
    const bench = Bench.withStreams(1, { limits: { callTimeoutMs: 1_111 } });
    bench.publish();
    const codes: string[] = [];
    const note = (answer: CallAnswer): void => {
      codes.push(answer.ok ? "ok" : answer.error.code);
    };
    bench.session.call("draw", [], note);
    bench.advance(1_110);
    expect(codes).toEqual([]);
    bench.advance(1);
    expect(codes).toEqual(["RTMP_ERR_CALL_TIMEOUT"]);
    bench.session.call("draw", [], note);
    bench.session.end();
    expect(codes).toEqual(["RTMP_ERR_CALL_TIMEOUT", "RTMP_ERR_SESSION_ENDED"]);
    expect(() => bench.session.call("draw", [], note)).toThrow(/after the session ended/);
  });

  test("has its whole time also behind a silence in which the session was told nothing", () => {
    const bench = Bench.withStreams(1, { limits: { callTimeoutMs: 1_111 } });
    bench.play();
    bench.replies();
    bench.advance(60_000);
    const codes: string[] = [];
    bench.session.call("draw", [], (answer) => codes.push(answer.ok ? "ok" : answer.error.code));
    bench.advance(1_110);
    expect(codes).toEqual([]);
    bench.advance(1);
    expect(codes).toEqual(["RTMP_ERR_CALL_TIMEOUT"]);
  });

  test("is refused here past maxPendingCalls and before connect", () => {
    const bench = Bench.connected({ limits: { maxPendingCalls: 1 } });
    bench.session.call("draw", [], () => {});
    expect(() => bench.session.call("draw", [], () => {})).toThrow(/1 calls wait/);
    expect(() => Bench.opened().session.call("draw", [], () => {})).toThrow(TypeError);
  });

  test("without an answer is a notice; before connect it is not sent", () => {
    const bench = Bench.connected();
    bench.session.notify("onBWDone", 8192);
    expect(bench.replyLines()).toEqual([
      `3/0/20: ${toHex(hex(`02 0008 "onBWDone" 00 0000000000000000 05 00 40c0000000000000`))}`,
    ]);
    const early = Bench.opened();
    early.session.notify("onBWDone");
    expect(early.replyLines()).toEqual([]);
  });
});

test("close ends the session in order", () => {
  const bench = Bench.withStreams(1);
  bench.publish();
  bench.command(0, "close", 0);
  expect(bench.events.slice(-2)).toEqual(["end 1 lost", "close in order"]);
});
