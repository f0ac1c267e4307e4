import { MessageTypeId } from "@rtmp/chunk";
import type { ClientSessionHandlers, IncomingCall } from "@rtmp/session";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { property } from "../reply-lines.ts";
import { ClientBench, serverHandshake } from "./client-bench.ts";

describe("RTMP §5.2 the handshake", () => {
  test.each([
    ["simple", "00 00 00 00"],
    ["digest", "09 00 7c 02"],
  ] as const)("begins with C0 and C1 (%s)", (handshake, version) => {
    const first = new ClientBench({ handshake }).output();
    expect(first.length).toBe(1537);
    expect(first[0]).toBe(3);
    expect(toHex(first.subarray(5, 9))).toBe(version);
  });

  test("that takes longer than handshakeTimeoutMs ends the session", () => {
    const bench = new ClientBench({ limits: { handshakeTimeoutMs: 1_111 } });
    bench.receive(serverHandshake.subarray(0, 1_000));
    bench.advance(1_111);
    expect(bench.events).toEqual(["close RTMP_ERR_HANDSHAKE_TIMEOUT"]);
  });

  test("of another protocol ends the session", () => {
    const bench = new ClientBench();
    bench.receive(new TextEncoder().encode("HTTP/1.1 400 Bad Request"));
    expect(bench.events).toEqual(["close RTMP_ERR_HANDSHAKE_VERSION"]);
  });
});

describe("RTMP §7.2.1.1 connect", () => {
  test("follows Set Chunk Size behind the handshake, as transaction 1", () => {
    const bench = new ClientBench({ chunkSize: 4096 });
    bench.shakeHands();
    expect(bench.said()).toEqual([
      "2/0/1: 00 00 10 00",
      `3/0/20: ${toHex(
        hex(`02 0007 "connect" 00 3ff0000000000000
        03 ${property("app", "live")} ${property("type", "nonprivate")}
           ${property("flashVer", "FMLE/3.0 (compatible; rtmp)")}
           ${property("tcUrl", "rtmp://127.0.0.1/live")} 0000 09`),
      )}`,
    ]);
    expect(bench.session.reply).toBe(undefined);
  });

  test("that is accepted is told, and the window is announced", () => {
    const bench = new ClientBench();
    bench.shakeHands();
    bench.said();
    bench.command(
      0,
      "_result",
      1,
      { fmsVer: "x", capsEx: 1 },
      { code: "NetConnection.Connect.Success" },
    );
    expect(bench.events).toEqual(["connected NetConnection.Connect.Success"]);
    expect(bench.session.reply?.capabilities.capsEx).toBe(1);
    expect(bench.said()).toEqual(["2/0/5: 00 26 25 a0"]);
  });

  test.each([
    ["_error", "NetConnection.Connect.Rejected"],
    ["_error", "NetConnection.Connect.InvalidApp"],
    ["_result", "NetConnection.Connect.Failed"],
  ])("that is refused by %s with %s ends the session, and says with which status", (name, code) => {
    const bench = new ClientBench();
    bench.shakeHands();
    bench.command(0, name, 1, null, { level: "error", code, description: "no" });
    expect(bench.events).toEqual(["close RTMP_ERR_CONNECT_REJECTED"]);
    expect(bench.session.closeCause).toMatchObject({ status: { code, description: "no" } });
  });

  test("may be refused by a status of the connection, or by close", () => {
    const told = new ClientBench();
    told.shakeHands();
    told.status(0, "error", "NetConnection.Connect.Rejected", "no");
    expect(told.events).toEqual(["close RTMP_ERR_CONNECT_REJECTED"]);
    const closed = new ClientBench();
    closed.shakeHands();
    closed.command(0, "close", 0);
    expect(closed.events).toEqual(["close RTMP_ERR_CONNECT_REJECTED"]);
  });

  test("that is not answered within connectTimeoutMs ends the session", () => {
    const bench = new ClientBench({ limits: { connectTimeoutMs: 1_111 } });
    bench.shakeHands();
    bench.advance(1_111);
    expect(bench.events).toEqual(["close RTMP_ERR_CONNECT_TIMEOUT"]);
  });

  test.each([1_111, 10_000])(
    "that waits for callTimeoutMs, %d, is not taken for refused",
    (limit) => {
      const bench = new ClientBench({ limits: { callTimeoutMs: limit } });
      bench.shakeHands();
      bench.advance(limit);
      expect(bench.events).toEqual(["close RTMP_ERR_CONNECT_TIMEOUT"]);
    },
  );

  test("comes before everything else", () => {
    const bench = new ClientBench();
    expect(() => bench.session.stream({})).toThrow(TypeError);
    expect(() => bench.session.call("add", [], () => {})).toThrow(TypeError);
  });
});

describe("what servers say besides", () => {
  test("onBWDone is answered by _checkbw, and nobody waits for its answer", () => {
    const bench = ClientBench.connected();
    bench.command(0, "onBWDone", 0, null, 8192);
    expect(bench.commands()).toEqual(["_checkbw 2"]);
    bench.command(0, "_error", 2);
    expect(bench.events.slice(1)).toEqual([]);
  });

  test("the bandwidth test of Flash Media Server and its ping are answered", () => {
    const bench = ClientBench.connected();
    bench.command(0, "_onbwcheck", 7, null, 1_111);
    bench.command(0, "ping", 8);
    bench.command(0, "_onbwdone", 0, null, 1);
    expect(bench.commands()).toEqual(["_result 7", "pong 8"]);
  });

  test("notices of other content networks are passed over", () => {
    const bench = ClientBench.connected();
    for (const name of ["onFCPublish", "onFCUnpublish", "onFCSubscribe", "onFCUnsubscribe"]) {
      bench.command(0, name, 0, null, { code: "NetStream.Publish.Start" });
    }
    expect(bench.events.slice(1)).toEqual([]);
    expect(bench.said()).toEqual([]);
  });

  test("a ping is answered with its time", () => {
    const bench = ClientBench.connected();
    bench.sendPayload(MessageTypeId.UserControl, hex("00 06 00 00 0d 0f"));
    expect(bench.said()).toEqual(["2/0/4: 00 07 00 00 0d 0f"]);
    expect(bench.controls).toMatchObject([{ event: 6, timestamp: 0x0d0f }]);
  });

  test("a status of the connection is told", () => {
    const bench = ClientBench.connected();
    bench.status(0, "status", "NetConnection.Connect.ReconnectRequest");
    expect(bench.events.slice(1)).toEqual(["status NetConnection.Connect.ReconnectRequest"]);
  });

  test("a status of a stream that nobody has is nobody's", () => {
    const bench = ClientBench.connected();
    bench.status(7, "error", "NetStream.Publish.BadName");
    expect(bench.events.slice(1)).toEqual([]);
    // Whatever its stream, it speaks of the connection.
    bench.status(7, "status", "NetConnection.Connect.ReconnectRequest");
    expect(bench.events.slice(1)).toEqual(["status NetConnection.Connect.ReconnectRequest"]);
  });

  test("close ends the session in order", () => {
    const bench = ClientBench.connected();
    bench.command(0, "close", 0);
    expect(bench.events.slice(1)).toEqual(["close in order"]);
  });

  test("a call reaches the owner, or is refused", () => {
    const calls: IncomingCall[] = [];
    const bench = ClientBench.connected({
      handlers: { onConnected: () => {}, onCall: (call) => calls.push(call) },
    });
    bench.command(0, "draw", 7, null, "circle");
    calls[0]?.accept("done");
    expect(bench.commands()).toEqual(["_result 7"]);
    const deaf = ClientBench.connected();
    deaf.command(0, "draw", 7);
    expect(deaf.commands()).toEqual(["_error 7"]);
  });
});

describe("silence", () => {
  test("is asked about, and after silentServerMs ends the session when the server once answered", () => {
    const bench = ClientBench.connected({ limits: { silentServerMs: 11_111 } });
    bench.advance(5_000);
    expect(bench.said()).toEqual([`2/0/4: 00 06 ${toHex(hex("00 00 17 70"))}`]);
    bench.sendPayload(MessageTypeId.UserControl, hex("00 07 00 00 17 70"));
    bench.advance(11_110);
    expect(bench.session.closed).toBe(false);
    bench.advance(1);
    expect(bench.events.at(-1)).toBe("close RTMP_ERR_SILENT_PEER");
  });

  test("means nothing while the owner does not read, and counts anew when it does", () => {
    const bench = ClientBench.connected({ limits: { silentServerMs: 11_111 } });
    bench.sendPayload(MessageTypeId.UserControl, hex("00 07 00 00 17 70"));
    bench.session.stopReading();
    bench.advance(3_600_000);
    bench.session.readOn(bench.now);
    bench.advance(11_110);
    expect(bench.session.closed).toBe(false);
    bench.advance(1);
    expect(bench.events.at(-1)).toBe("close RTMP_ERR_SILENT_PEER");
  });

  test("of a server that answers no pings may last", () => {
    const bench = ClientBench.connected();
    bench.advance(3_600_000);
    expect(bench.session.closed).toBe(false);
  });
});

describe("SWF verification", () => {
  const swf = { hash: new Uint8Array(32).fill(0x22), size: 1_111 };

  test("is answered with 44 bytes to those who have the file", () => {
    const bench = ClientBench.connected({ swf });
    bench.sendPayload(MessageTypeId.UserControl, hex("00 1a 01"));
    const [answer = ""] = bench.said();
    // Event 27, twice 1, twice the size, and 32 bytes of proof.
    expect(answer).toMatch(/^2\/0\/4: 00 1b 01 01 00 00 04 57 00 00 04 57( [0-9a-f]{2}){32}$/);
  });

  test("proves the file by the last 32 bytes of S1", () => {
    const hash = Uint8Array.from({ length: 32 }, (_, i) => i);
    const bench = new ClientBench({ swf: { hash, size: 0x1234 } });
    const handshake = serverHandshake.slice();
    // S1 ends where S2 begins.
    handshake.fill(0xaa, 1 + 1536 - 32, 1 + 1536);
    bench.shakeHands(handshake);
    bench.command(0, "_result", 1, null, { code: "NetConnection.Connect.Success" });
    bench.said();
    bench.sendPayload(MessageTypeId.UserControl, hex("00 1a 01"));
    // Computed with Python's hmac.
    expect(bench.said()).toEqual([
      "2/0/4: 00 1b 01 01 00 00 12 34 00 00 12 34 6c 10 b3 71 ab a2 99 7c 8c 9c " +
        "a6 87 7e 32 42 3d 32 e9 9f 6a 22 26 a2 a9 fb ca 73 8f 6f ac 83 7d",
    ]);
  });

  test("of another type, or without the file, goes unanswered", () => {
    const bench = ClientBench.connected({ swf });
    bench.sendPayload(MessageTypeId.UserControl, hex("00 1a 02"));
    expect(bench.said()).toEqual([]);
    const without = ClientBench.connected();
    without.sendPayload(MessageTypeId.UserControl, hex("00 1a 01"));
    expect(without.said()).toEqual([]);
  });
});

test("a chunk size or a limit out of range is a mistake of the caller", () => {
  for (const chunkSize of [0, 1.5, 2 ** 31]) {
    expect(() => new ClientBench({ chunkSize })).toThrow(RangeError);
  }
  expect(() => new ClientBench({ limits: { maxStreams: 0 } })).toThrow(RangeError);
});

describe("an owner that ends the session inside a call", () => {
  const ending: readonly [string, keyof ClientSessionHandlers, (bench: ClientBench) => void][] = [
    ["a status", "onStatus", (bench) => bench.status(0, "status", "x")],
    ["a call", "onCall", (bench) => bench.command(0, "add", 7)],
    [
      "a user control message",
      "onUserControl",
      (bench) => bench.sendPayload(MessageTypeId.UserControl, hex("00 00 00 00 00 01")),
    ],
    ["a problem", "onProblem", (bench) => bench.sendPayload(99, hex("00"))],
  ];

  test.each(ending)("of %s hears of the end alone", (_what, handler, cause) => {
    const events: string[] = [];
    const bench = ClientBench.connected({
      handlers: {
        onConnected: () => {},
        onClose: () => events.push("close"),
        [handler]: () => {
          events.push(handler);
          bench.session.end();
        },
      },
    });
    const stream = bench.session.stream({ onEnd: () => events.push("stream") });
    stream.publish("cam", "live", () => events.push("answer"));
    cause(bench);
    cause(bench);
    expect(events).toEqual([handler, "answer", "stream", "close"]);
    expect(bench.session.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });

  test("of the answer to connect, or to a publish, hears of the end alone", () => {
    const bench = new ClientBench({
      handlers: { onConnected: () => bench.session.end(), onClose: () => {} },
    });
    bench.shakeHands();
    bench.command(0, "_result", 1, null, { code: "NetConnection.Connect.Success" });
    expect(bench.session.closed).toBe(true);
    expect(() => bench.session.stream({})).toThrow(/after the session ended/);

    const other = ClientBench.connected();
    const events: string[] = [];
    const stream = other.session.stream({ onEnd: () => events.push("stream") });
    stream.publish("cam", "live", ({ ok }) => {
      events.push(`answer ${ok}`);
      other.session.end();
    });
    other.command(0, "_result", 4, null, 1);
    other.status(1, "status", "NetStream.Publish.Start");
    expect(events).toEqual(["answer true", "stream"]);
  });
});
