import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { StatusCode } from "@rtmp/message";
import { Bench, commandMessage } from "./bench.ts";

describe("RTMP §7.2.1.1 connect comes first", () => {
  test("another command before it gets _error and ends the connection", () => {
    const bench = Bench.opened();
    bench.command(0, "createStream", 4);
    expect(bench.replyLines()).toEqual([
      `3/0/20: ${toHex(
        hex(`
        02 0006 "_error" 00 4010000000000000 05
        03 0005 "level" 02 0005 "error" 0004 "code" 02 0019 "NetConnection.Call.Failed"
           000b "description" 02 000d "connect first" 0000 09`),
      )}`,
    ]);
    expect(bench.events).toEqual(["close RTMP_ERR_COMMAND_BEFORE_CONNECT"]);
  });

  test("another command before it that wants no answer gets none", () => {
    const bench = Bench.opened();
    bench.publish();
    expect(bench.replies()).toEqual([]);
    expect(bench.events).toEqual(["close RTMP_ERR_COMMAND_BEFORE_CONNECT"]);
  });
});

describe("connect a second time", () => {
  const refusal = `3/0/20: ${toHex(
    hex(`
    02 0006 "_error" 00 4014000000000000 05
    03 0005 "level" 02 0005 "error" 0004 "code" 02 001e "NetConnection.Connect.Rejected"
       000b "description" 02 0024 "connect came twice on one connection" 0000 09`),
  )}`;

  test("gets _error, and the connection goes on", () => {
    const bench = Bench.connected();
    bench.command(0, "connect", 5, { app: "other" });
    expect(bench.replyLines()).toEqual([refusal]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_CONNECT_TWICE"]);
    expect(bench.session.connect?.app).toBe("live");
    expect(bench.session.closed).toBe(false);
  });

  test("gets _error also while the first one waits for its answer", () => {
    const bench = Bench.opened({ late: true });
    bench.connect();
    bench.command(0, "connect", 5, { app: "other" });
    expect(bench.replyLines()).toEqual([refusal]);
    expect(bench.connects[0]?.accept()).toBe(true);
    expect(bench.codes()).toEqual(["_result NetConnection.Connect.Success"]);
  });
});

describe("connect that is answered late", () => {
  test("is not known before it is accepted", () => {
    const bench = Bench.opened({ late: true });
    bench.connect();
    expect(bench.session.connect).toBeUndefined();
    expect(bench.replies()).toEqual([]);
    bench.connects[0]?.accept();
    expect(bench.session.connect?.app).toBe("live");
  });

  test("holds back the commands behind it, in order, also such as come after the answer", () => {
    const bench = Bench.opened({ late: true });
    bench.connect();
    bench.command(0, "createStream", 2);
    bench.command(0, "createStream", 3);
    bench.connects[0]?.accept();
    bench.command(0, "_checkbw", 4);
    expect(bench.replies().flatMap(({ command }) => command?.transactionId ?? [])).toEqual([
      1, 2, 3, 4,
    ]);
  });

  test("the commands behind it run when output is taken, not inside of accept", () => {
    const bench = Bench.opened({ late: true });
    bench.connect();
    bench.command(0, "createStream", 2);
    bench.publish(1);
    bench.connects[0]?.accept();
    expect(bench.events).toEqual(["connect live"]);
    bench.output();
    expect(bench.events).toEqual(["connect live", "publish 1 cam"]);
  });

  test("keeps the order also when it is answered in the middle of a piece", () => {
    const bench: Bench = Bench.opened({
      late: true,
      handlers: { onProblem: () => bench.connects[0]?.accept() },
    });
    bench.connect();
    bench.send(
      commandMessage(0, "createStream", 2),
      { chunkStreamId: 3, timestamp: 0, typeId: 21, messageStreamId: 0, payload: hex("00") },
      commandMessage(0, "createStream", 3),
    );
    expect(bench.replies().flatMap(({ command }) => command?.transactionId ?? [])).toEqual([
      1, 2, 3,
    ]);
  });

  test("the commands behind it are forgotten when the session ends between the answer and them", () => {
    const bench = Bench.opened({ late: true });
    bench.connect();
    bench.command(0, "createStream", 2);
    bench.publish();
    bench.connects[0]?.accept();
    bench.session.end();
    expect(bench.codes()).toEqual(["_result NetConnection.Connect.Success"]);
    expect(bench.events).toEqual(["connect live", "close in order"]);
  });

  test("maxPendingCommands may wait behind it, one more ends the connection", () => {
    const bench = Bench.opened({ late: true, limits: { maxPendingCommands: 3 } });
    bench.connect();
    for (let i = 0; i < 3; i++) bench.command(0, "createStream", 2 + i);
    expect(bench.session.closed).toBe(false);
    bench.command(0, "createStream", 5);
    expect(bench.events.at(-1)).toBe("close RTMP_ERR_TOO_MANY_PENDING_COMMANDS");
    expect(bench.connects[0]?.accept()).toBe(false);
    expect(bench.replies()).toEqual([]);
  });

  test("cannot be answered after the client has gone", () => {
    for (const answer of ["accept", "reject"] as const) {
      const bench = Bench.opened({ late: true });
      bench.connect();
      bench.session.end();
      expect(bench.connects[0]?.[answer]({ description: "" })).toBe(false);
      expect(bench.replies()).toEqual([]);
      expect(bench.events).toEqual(["connect live", "close in order"]);
    }
  });

  test("cannot be answered twice", () => {
    const bench = Bench.opened({ late: true });
    bench.connect();
    bench.connects[0]?.accept();
    expect(() => bench.connects[0]?.accept()).toThrow(TypeError);
    expect(() => bench.connects[0]?.reject({ description: "no" })).toThrow(TypeError);
  });
});

describe("connect that is refused", () => {
  test("gets _error with the reason, then the connection ends", () => {
    const bench = Bench.opened({
      handlers: { onConnect: (request) => request.reject({ description: "no such app" }) },
    });
    bench.connect();
    bench.command(0, "createStream", 2);
    expect(bench.replyLines()).toEqual([
      `3/0/20: ${toHex(
        hex(`
        02 0006 "_error" 00 3ff0000000000000 05
        03 0005 "level" 02 0005 "error" 0004 "code" 02 001e "NetConnection.Connect.Rejected"
           000b "description" 02 000b "no such app" 0000 09`),
      )}`,
    ]);
    expect(bench.events).toEqual(["close RTMP_ERR_CONNECT_REJECTED"]);
    expect(bench.session.closeFlushMs).toBe(1_000);
    expect(bench.session.connect).toBeUndefined();
  });

  test("may be refused with another code", () => {
    const code = StatusCode.ConnectInvalidApp;
    const bench = Bench.opened({
      handlers: { onConnect: (request) => request.reject({ code, description: "no" }) },
    });
    bench.connect();
    expect(bench.codes()).toEqual(["_error NetConnection.Connect.InvalidApp"]);
  });
});
