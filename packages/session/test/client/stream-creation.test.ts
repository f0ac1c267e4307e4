import type { Command } from "@rtmp/message";
import { describe, expect, test } from "vitest";
import { StreamCreation } from "../../src/client/stream-creation.ts";
import type { ClientStreamLine } from "../../src/client/stream-line.ts";
import { SessionError } from "../../src/errors.ts";
import type { OnCallAnswer, OnLateResult } from "../../src/transactions.ts";

/** A creation on a line that writes down what is sent, and what was told, in order. */
function creation({ full = false } = {}) {
  const log: string[] = [];
  const calls: { onAnswer: OnCallAnswer; onLate: OnLateResult }[] = [];
  const line: Pick<ClientStreamLine, "send"> = {
    send: (messageStreamId, build, onAnswer, onLate) => {
      if (full) throw new SessionError("RTMP_ERR_TOO_MANY_PENDING_CALLS", "full");
      const { name, args } = build(7);
      log.push([messageStreamId, name, ...args.map(String)].join(" "));
      if (onAnswer !== undefined && onLate !== undefined) calls.push({ onAnswer, onLate });
      return 7;
    },
  };
  const made = new StreamCreation(line, {
    onCreated: () => log.push("created"),
    onFailure: ({ code }) => log.push(code),
  });
  return { made, log, calls, ask: () => made.request((id) => log.push(`has ${id}`)) };
}

const result = (id: number | null): Command => ({
  name: "_result",
  transactionId: 7,
  commandObject: null,
  args: [id],
});

describe("RTMP §7.2.1.3 createStream of a client", () => {
  test("is sent once, and its id is given to the last who asked, and to all who ask later", () => {
    const { made, log, calls, ask } = creation();
    made.request(() => log.push("not the last"));
    ask();
    expect(made.id).toBeUndefined();
    calls[0]?.onAnswer({ ok: true, command: result(5) });
    expect(made.id).toBe(5);
    ask();
    expect(log).toEqual(["0 createStream", "created", "has 5", "has 5"]);
  });

  test("that nobody waits for any more brings the id all the same", () => {
    const { made, log, calls, ask } = creation();
    ask();
    made.forget();
    calls[0]?.onAnswer({ ok: true, command: result(5) });
    expect(log).toEqual(["0 createStream", "created"]);
  });

  test("that failed, or brought no id, is sent anew for who asks then", () => {
    const { made, log, calls, ask } = creation();
    ask();
    calls[0]?.onAnswer({ ok: false, error: new SessionError("RTMP_ERR_CALL_TIMEOUT", "late") });
    ask();
    calls[1]?.onAnswer({ ok: true, command: result(null) });
    ask();
    expect(log).toEqual([
      "0 createStream",
      "RTMP_ERR_CALL_TIMEOUT",
      "0 createStream",
      "RTMP_ERR_CALL_REJECTED",
      "0 createStream",
    ]);
    calls[0]?.onLate(result(3));
    calls[1]?.onLate(result(null));
    expect(log.slice(5)).toEqual(["0 deleteStream 3"]);
    expect(made.id).toBeUndefined();
  });

  test("that cannot be sent has failed", () => {
    const { log, ask } = creation({ full: true });
    ask();
    expect(log).toEqual(["RTMP_ERR_TOO_MANY_PENDING_CALLS"]);
  });

  test("is taken back by deleteStream, at once or when the id comes", () => {
    const early = creation();
    early.ask();
    early.made.giveBack();
    early.calls[0]?.onAnswer({ ok: true, command: result(5) });
    expect(early.log).toEqual(["0 createStream", "0 deleteStream 5"]);

    const { made, log, calls, ask } = creation();
    ask();
    calls[0]?.onAnswer({ ok: true, command: result(6) });
    made.giveBack();
    expect(log.slice(3)).toEqual(["0 deleteStream 6"]);
  });
});
