import { UserControlEvent } from "@rtmp/message";
import { MessageTypeId } from "@rtmp/chunk";
import { byteByByte, hex, randomSplit, seededRandom } from "@rtmp/testing";
import { RtmpError } from "@rtmp/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { audio, Bench, commandMessage } from "./bench.ts";
import { vectors } from "./vectors.ts";

describe("the end of a session", () => {
  const states: [string, () => Bench, string[]][] = [
    ["before the handshake", () => new Bench(), []],
    ["before connect", () => Bench.opened(), []],
    [
      "while connect waits for its answer",
      () => {
        const bench = Bench.opened({ late: true });
        bench.connect();
        return bench;
      },
      [],
    ],
    ["while connected", () => Bench.connected(), []],
    ["with an idle stream", () => Bench.withStreams(1), []],
    [
      "while publish waits for its answer",
      () => {
        const bench = Bench.withStreams(1, { handlers: { onPublish() {} } });
        bench.publish();
        return bench;
      },
      [],
    ],
    [
      "while it publishes and plays",
      () => {
        const bench = Bench.withStreams(3);
        bench.publish(1);
        bench.play(2);
        return bench;
      },
      ["end 1 lost", "end 2 lost"],
    ],
  ];
  test.each(states)("%s loses what is active and closes once", (_, make, ends) => {
    const bench = make();
    const before = bench.events.length;
    const cause = new RtmpError("RTMP_ERR_TEST", "closed", "gone");
    bench.session.end(cause);
    bench.session.end();
    expect(bench.events.slice(before)).toEqual([...ends, "close RTMP_ERR_TEST"]);
    expect(bench.session.closed).toBe(true);
    expect(bench.session.closeCause).toBe(cause);
    expect(bench.session.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });

  test.each(states)("%s: nothing is called and nothing queued afterwards", (_, make) => {
    const bench = make();
    bench.session.end();
    bench.output();
    const { events, outputs } = bench;
    const seen = [...events];
    bench.send(audio(0), commandMessage(0, "createStream", 9), commandMessage(1, "play", 0));
    bench.sendPayload(MessageTypeId.UserControl, hex("00 06 00 00 0d 0f"));
    bench.session.tick(bench.now + 1_000_000);
    bench.session.shutDown();
    for (const { stream } of [...bench.publishes, ...bench.plays])
      stream.sendEvent(UserControlEvent.StreamEof);
    expect(bench.events).toEqual(seen);
    expect(bench.outputs).toBe(outputs);
    expect(bench.problems).toEqual([]);
    expect(bench.media).toEqual([]);
    expect(bench.session.outputEmpty).toBe(true);
  });

  test("in the middle of a piece: the rest of it is not looked at", () => {
    const bench = Bench.connected({ limits: { maxFaults: 1, silentPublisherMs: 5 } });
    bench.receive(
      hex(`
        03 000000 000002 15 00000000  0000
        c3 0000
        02 000000 000006 04 00000000  0006 00000d0f
        02 000000 000001 04 00000000  00
        04 000000 000001 08 01000000  af`),
    );
    expect(bench.events).toEqual(["connect live", "close RTMP_ERR_TOO_MANY_FAULTS"]);
    expect(bench.problems.length).toBe(2);
    expect(bench.replies()).toEqual([]);
  });

  test("by an owner who is told that a stream ended: the command that ended it goes no further", () => {
    const ended: string[] = [];
    const bench: Bench = Bench.withStreams(1, {
      handlers: {
        onStreamEnd: () => {
          ended.push("end");
          bench.session.end();
        },
      },
    });
    bench.publish(1, "one");
    bench.publish(1, "two");
    expect(ended).toEqual(["end"]);
    expect(bench.events).toEqual(["connect live", "publish 1 one", "close in order"]);
  });

  test("by an owner who is given early metadata: the media behind it goes no further", () => {
    const types: number[] = [];
    const bench: Bench = Bench.withStreams(1, {
      handlers: {
        onMedia: (_stream, typeId) => {
          types.push(typeId);
          bench.session.end();
        },
      },
    });
    bench.send(
      { ...audio(0), typeId: MessageTypeId.DataAmf0, payload: hex('02 000a "onMetaData" 05') },
      commandMessage(1, "publish", 0, null, "cam"),
      audio(1),
    );
    expect(types).toEqual([MessageTypeId.DataAmf0]);
  });

  test("onClose comes even when onStreamEnd throws, and every call is told", () => {
    const bench = Bench.withStreams(1, {
      handlers: {
        onStreamEnd: () => {
          throw new TypeError("a bug");
        },
      },
    });
    const told: string[] = [];
    bench.publish();
    bench.session.call("one", [], () => told.push("one"));
    bench.session.call("two", [], () => told.push("two"));
    expect(() => bench.session.end()).toThrow("a bug");
    expect(told).toEqual(["one", "two"]);
    expect(bench.events.at(-1)).toBe("close in order");
  });

  test("shutDown says AppShutdown to a client that has asked to connect, and nothing to others", () => {
    const bench = Bench.connected();
    bench.session.shutDown();
    expect(bench.codes()).toEqual(["onStatus NetConnection.Connect.AppShutdown"]);
    expect(bench.events.at(-1)).toBe("close in order");

    const early = Bench.opened();
    early.session.shutDown();
    expect(early.replies()).toEqual([]);
    expect(early.events).toEqual(["close in order"]);
  });

  test("an RtmpError of a handler ends the session, any other error passes through", () => {
    const thrown = [new RtmpError("RTMP_ERR_TEST", "limit", "too much"), new TypeError("a bug")];
    const [fault, bug] = thrown.map((error) =>
      Bench.withStreams(1, {
        handlers: {
          onMedia: () => {
            throw error;
          },
        },
      }),
    );
    fault?.publish();
    fault?.send(audio(0));
    expect(fault?.events.slice(-2)).toEqual(["end 1 lost", "close RTMP_ERR_TEST"]);
    bug?.publish();
    expect(() => bug?.send(audio(0))).toThrow("a bug");
  });
});

describe("hostile bytes", () => {
  test("never throw, and nothing is called after onClose", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, connected) => {
        const bench = connected ? Bench.withStreams(2) : new Bench();
        for (const piece of randomSplit(bytes, seededRandom(2222), 60)) bench.receive(piece);
        bench.output();
        const firstClose = bench.events.findIndex((event) => event.startsWith("close"));
        expect(firstClose).toBe(bench.session.closed ? bench.events.length - 1 : -1);
      }),
      { numRuns: 300 },
    );
  });

  test("behind a transcript that is damaged in one byte never throw", () => {
    const random = seededRandom(1111);
    for (let run = 0; run < 300; run++) {
      const damaged = vectors.obsTranscript.slice();
      damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      const bench = Bench.opened();
      for (const piece of run % 2 === 0 ? [damaged] : byteByByte(damaged)) bench.receive(piece);
      bench.output();
      expect(bench.events.filter((event) => event.startsWith("close")).length).toBeLessThan(2);
    }
  });
});
