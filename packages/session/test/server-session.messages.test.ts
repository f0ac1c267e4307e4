import { MessageTypeId } from "@rtmp/chunk";
import type { SharedObjectMessage, UserControl } from "@rtmp/message";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { Bench } from "./bench.ts";
import { property } from "./reply-lines.ts";

// Audio at 5000 and video at 5040 of the aggregate's own time.
const aggregate = hex(`
  08 00 00 03 00 13 88 00 00 00 00 af 01 21 00 00 00 0e
  09 00 00 0a 00 13 b0 00 00 00 00 27 01 00 00 00 00 00 00 01 41 00 00 00 15
`);
const use = hex("00 04 63 68 61 74 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 00");
const onMetaData = hex(`02 000a "onMetaData" 08 00000001 0005 "width" 00 4094000000000000 0000 09`);
const setDataFrame = hex(`02 000d "@setDataFrame" ${toHex(onMetaData)}`);

const media = (bench: Bench): string[] =>
  bench.media.map(
    ({ stream, typeId, timestamp, payload }) =>
      `${stream.id} type ${typeId} at ${timestamp}: ${toHex(payload)}`,
  );

/** A bench whose client announced these bits of capsEx. */
function capable(capsEx: number): Bench {
  const bench = Bench.opened();
  bench.command(0, "connect", 1, { app: "live", capsEx });
  bench.replies();
  return bench;
}

describe("RTMP §7.1.6 an aggregate message", () => {
  test("is taken apart, with its own time and stream", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    bench.sendPayload(MessageTypeId.Aggregate, aggregate, 1, 12_000);
    expect(media(bench)).toEqual([
      "1 type 8 at 12000: af 01 21",
      "1 type 9 at 12040: 27 01 00 00 00 00 00 00 01 41",
    ]);
  });

  test("that is not whole loses the part that is cut, and is counted when nothing is left", () => {
    const bench = Bench.withStreams(1, { limits: { maxFaults: 1 } });
    bench.publish();
    bench.sendPayload(MessageTypeId.Aggregate, aggregate.subarray(0, 20), 1, 12_000);
    expect(bench.media).toHaveLength(1);
    bench.sendPayload(MessageTypeId.Aggregate, aggregate.subarray(0, 5), 1, 12_000);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_BAD_AGGREGATE"]);
    bench.sendPayload(MessageTypeId.Aggregate, aggregate.subarray(0, 5), 1, 12_000);
    expect(bench.events.at(-1)).toBe("close RTMP_ERR_TOO_MANY_FAULTS");
  });

  test("gives nothing but audio, video and data", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    const command = hex("14 00 00 03 00 13 88 00 00 00 00 02 00 00 00 00 00 0e");
    bench.sendPayload(MessageTypeId.Aggregate, Uint8Array.of(...command, ...aggregate), 1, 5_000);
    expect(bench.media.map(({ typeId }) => typeId)).toEqual([8, 9]);
  });

  test("of a stream that does not publish is dropped", () => {
    const bench = Bench.withStreams(1);
    bench.sendPayload(MessageTypeId.Aggregate, aggregate, 1, 12_000);
    expect(bench.media).toEqual([]);
    expect(bench.problemCodes).toEqual([]);
  });
});

describe("RTMP §7.1.2 onMetaData before the publish is granted", () => {
  const published = ["1 type 18 at 0: " + toHex(setDataFrame)];

  test.each([0, 1])("on message stream %d waits for it", (messageStreamId) => {
    const bench = Bench.withStreams(1);
    bench.sendPayload(MessageTypeId.DataAmf0, setDataFrame, messageStreamId);
    expect(media(bench)).toEqual([]);
    bench.publish();
    bench.output();
    expect(media(bench)).toEqual(published);
  });

  test("while its answer is due comes before the media", () => {
    const bench = Bench.withStreams(1, {
      late: true,
      handlers: { onConnect: (request) => request.accept() },
    });
    bench.publish();
    bench.sendPayload(MessageTypeId.DataAmf0, setDataFrame, 1);
    bench.publishes[0]?.accept();
    bench.sendPayload(MessageTypeId.Audio, hex("af 01 21"), 1, 7);
    expect(media(bench)).toEqual([...published, "1 type 8 at 7: af 01 21"]);
  });

  test("is given once, and the last counts", () => {
    const bench = Bench.withStreams(2);
    bench.sendPayload(MessageTypeId.DataAmf0, onMetaData);
    bench.sendPayload(MessageTypeId.DataAmf0, setDataFrame);
    bench.publish(2);
    bench.output();
    bench.publish(1, "other");
    bench.output();
    expect(media(bench)).toEqual(["2 type 18 at 0: " + toHex(setDataFrame)]);
  });

  test("is taken back by @clearDataFrame; other data is dropped, and so is what is too long", () => {
    const bench = Bench.withStreams(1, {
      limits: { message: { maxDataBytes: setDataFrame.length } },
    });
    bench.sendPayload(MessageTypeId.DataAmf0, setDataFrame);
    const clear = hex(`02 000f "@clearDataFrame" 02 000a "onMetaData"`);
    bench.sendPayload(MessageTypeId.DataAmf0, clear);
    bench.sendPayload(MessageTypeId.DataAmf0, hex(`02 000a "onCuePoint" 05`));
    bench.sendPayload(MessageTypeId.DataAmf0, Uint8Array.of(...setDataFrame, 5));
    bench.publish();
    bench.output();
    expect(bench.media).toEqual([]);
  });

  test("of type 15 is kept as it is", () => {
    const bench = Bench.withStreams(1);
    bench.sendPayload(MessageTypeId.DataAmf3, Uint8Array.of(0, ...onMetaData));
    bench.publish();
    bench.output();
    expect(media(bench)).toEqual([`1 type 15 at 0: 00 ${toHex(onMetaData)}`]);
  });

  test("on message stream 0 is of the only stream that publishes, among several", () => {
    const bench = Bench.withStreams(2);
    bench.play(1, "other");
    bench.publish(2);
    bench.sendPayload(MessageTypeId.DataAmf0, setDataFrame, 0, 7);
    expect(media(bench)).toEqual(["2 type 18 at 7: " + toHex(setDataFrame)]);
  });
});

describe("RTMP §7.1.3 a shared object message", () => {
  test("reaches the owner, and goes out on the connection", () => {
    const messages: SharedObjectMessage[] = [];
    const bench = Bench.connected({
      handlers: { onSharedObject: (message) => messages.push(message) },
    });
    bench.sendPayload(MessageTypeId.SharedObjectAmf0, use);
    bench.sendPayload(MessageTypeId.SharedObjectAmf3, Uint8Array.of(0, ...use));
    const said = { name: "chat", version: 0, persistent: false, events: [{ type: "use" }] };
    expect(messages).toEqual([said, said]);
    bench.session.sendSharedObject({
      name: "chat",
      version: 0,
      persistent: false,
      events: [{ type: "use-success" }, { type: "clear" }],
    });
    expect(bench.replyLines()).toEqual([
      "3/0/19: 00 04 63 68 61 74 00 00 00 00 00 00 00 00 00 00 00 00 0b 00 00 00 00 08 00 00 00 00",
    ]);
  });

  test("that cannot be read is dropped and reported", () => {
    const bench = Bench.connected();
    bench.sendPayload(MessageTypeId.SharedObjectAmf0, use.subarray(0, 9));
    expect(bench.problemCodes).toEqual(["RTMP_ERR_BAD_SHARED_OBJECT"]);
  });

  test("before connect is counted, and nobody hears of it", () => {
    const messages: SharedObjectMessage[] = [];
    const bench = Bench.opened({
      handlers: { onSharedObject: (message) => messages.push(message) },
    });
    bench.sendPayload(MessageTypeId.SharedObjectAmf0, use);
    expect(messages).toEqual([]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_UNKNOWN_MESSAGE_TYPE"]);
  });
});

describe("RTMP §7.1.7 user control", () => {
  test("reaches the owner, also what is answered already or not in use", () => {
    const controls: UserControl[] = [];
    const bench = Bench.connected({
      handlers: { onUserControl: (control) => controls.push(structuredClone(control)) },
    });
    for (const payload of [
      "00 03 00 00 00 01 00 00 0b b8",
      "00 06 00 00 0d 0f",
      "00 07 00 00 0d 0f",
      "00 1f",
      "00 63 01",
    ]) {
      bench.sendPayload(MessageTypeId.UserControl, hex(payload));
    }
    expect(controls).toMatchObject([
      { event: 3, messageStreamId: 1, bufferLengthMs: 3_000 },
      { event: 6, timestamp: 0x0d0f },
      { event: 7, timestamp: 0x0d0f },
      { event: 31, messageStreamId: 0 },
      { kind: "unknown", event: 99 },
    ]);
    expect(bench.replyLines()).toEqual(["2/0/4: 00 07 00 00 0d 0f"]);
  });

  test.each([
    [0, "00 00 00 00 00 01"],
    [1, "00 01 00 00 00 01"],
    [2, "00 02 00 00 00 01"],
    [4, "00 04 00 00 00 01"],
    [31, "00 1f 00 00 00 01"],
    [32, "00 20 00 00 00 01"],
  ] as const)("event %d of a stream is sent", (event, payload) => {
    const bench = Bench.withStreams(1);
    bench.play();
    bench.replies();
    bench.plays[0]?.stream.sendEvent(event);
    expect(bench.replyLines()).toEqual([`2/0/4: ${payload}`]);
  });

  test("SWF verification can be asked for", () => {
    const bench = Bench.connected();
    bench.session.sendUserControl({ event: 26, data: Uint8Array.of(1) });
    expect(bench.replyLines()).toEqual(["2/0/4: 00 1a 01"]);
  });
});

describe("E-RTMP Reconnect Request", () => {
  test("is sent to a client that obeys it, on message stream 0", () => {
    const bench = capable(1);
    const tcUrl = "rtmp://other/live";
    expect(bench.session.requestReconnect({ tcUrl, description: "drain" })).toBe(true);
    expect(bench.replyLines()).toEqual([
      `3/0/20: ${toHex(
        hex(`02 0008 "onStatus" 00 0000000000000000 05
        03 ${property("level", "status")}
           ${property("code", "NetConnection.Connect.ReconnectRequest")}
           ${property("tcUrl", tcUrl)} ${property("description", "drain")} 0000 09`),
      )}`,
    ]);
    expect(bench.session.closed).toBe(false);
  });

  test("is not sent to others, nor after the end", () => {
    for (const bench of [capable(0), capable(14), Bench.connected(), Bench.opened()]) {
      expect(bench.session.requestReconnect()).toBe(false);
      expect(bench.replies()).toEqual([]);
    }
    const gone = capable(1);
    gone.session.end();
    expect(gone.session.requestReconnect()).toBe(false);
  });
});

describe("RTMP §7.2.1.1 the answer to connect", () => {
  test("repeats an object encoding of 3", () => {
    const bench = Bench.opened();
    bench.command(0, "connect", 1, { app: "live", objectEncoding: 3 });
    const [answer] = bench.replies().flatMap(({ command }) => command ?? []);
    expect(answer?.args[0]).toMatchObject({ objectEncoding: 3 });
  });

  test("carries the capabilities that the owner gives, in both objects", () => {
    const bench = Bench.opened({
      handlers: {
        onConnect: (request) => request.accept({ capsEx: 7, fourCcList: ["*"] }),
      },
    });
    bench.connect();
    const [answer] = bench.replies().flatMap(({ command }) => command ?? []);
    const capabilities = { capsEx: 7, fourCcList: ["*"] };
    expect(answer?.commandObject).toMatchObject(capabilities);
    expect(answer?.args[0]).toMatchObject({ ...capabilities, objectEncoding: 0 });
  });
});

test("a player that has answered a ping is closed after silentPlayerMs of silence", () => {
  const bench = Bench.withStreams(1, { limits: { silentPlayerMs: 11_111 } });
  bench.play();
  bench.advance(5_000);
  bench.sendPayload(MessageTypeId.UserControl, hex("00 07 00 00 00 00"));
  bench.advance(11_110);
  expect(bench.session.closed).toBe(false);
  bench.advance(1);
  expect(bench.lastError).toBe("RTMP_ERR_SILENT_PEER");
});
