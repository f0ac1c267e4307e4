import { MessageTypeId } from "@rtmp/chunk";
import { ServerSession } from "@rtmp/session";
import { everySplit, hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { Bench, clientHandshake } from "./bench.ts";
import { vectors } from "./vectors.ts";

const connectReply = `
  02 000000 000004 05 00000000  004c4b40
  42 000000 000005 06           004c4b40 02
  42 000000 000004 01           00010000
  03 000000 0000ce 14 00000000
    02 0007 "_result" 00 3ff0000000000000
    03 0006 "fmsVer" 02 000e "FMS/3,5,7,7009" 000c "capabilities" 00 403f000000000000
       0004 "mode" 00 3ff0000000000000 0000 09
    03 0005 "level" 02 0006 "status" 0004 "code" 02 001d "NetConnection.Connect.Success"
       000b "description" 02 0015 "Connection succeeded." 000e "objectEncoding" 00 0000000000000000
       0000 09`;

const record = (pieces: readonly Uint8Array[]): unknown => {
  const bench = new Bench();
  const output: Uint8Array[] = [];
  for (const piece of pieces) {
    bench.receive(piece);
    output.push(bench.output());
  }
  return {
    output: toHex(Buffer.concat(output).subarray(3073)),
    events: bench.events,
    problems: bench.problemCodes,
    media: bench.media.map(({ stream, typeId, timestamp, payload }) => {
      return `${stream.id} ${typeId} ${timestamp} ${toHex(payload)}`;
    }),
  };
};

const callFailed = (transactionId: string, text: string): string => {
  const length = text.length.toString(16).padStart(4, "0");
  return `3/0/20: ${toHex(
    hex(`
    02 0006 "_error" 00 ${transactionId} 05
    03 0005 "level" 02 0005 "error" 0004 "code" 02 0019 "NetConnection.Call.Failed"
       000b "description" 02 ${length} "${text}" 0000 09`),
  )}`;
};

describe("RTMP §7.2.1.1 connect", () => {
  test("is answered with window, peer bandwidth, chunk size and _result, in this order", () => {
    const bench = Bench.opened();
    bench.sendPayload(MessageTypeId.CommandAmf0, vectors.connect);
    // 206 bytes of payload in one chunk: the new chunk size holds already.
    expect(toHex(bench.output())).toBe(toHex(hex(connectReply)));
    expect(bench.events).toEqual(["connect live"]);
    expect(bench.session.connect?.flashVer).toBe("FMLE/3.0 (compatible; FMSc/1.0)");
  });

  test("is accepted when nobody asks to be asked", () => {
    const session = new ServerSession({
      now: 0,
      handlers: { onPublish() {}, onPlay() {}, onMedia() {}, onStreamEnd() {} },
    });
    session.receive(clientHandshake.slice(), 0);
    session.receive(hex(`03 000000 000086 14 00000000`), 0);
    // A chunk of 128 bytes and the rest of 6.
    session.receive(vectors.connect.slice(0, 128), 0);
    session.receive(hex("c3"), 0);
    expect(session.connect).toBeUndefined();
    session.receive(vectors.connect.slice(128), 0);
    expect(session.connect?.app).toBe("live");
  });

  test("announces the chunk size that the owner chose", () => {
    const bench = Bench.opened({ chunkSize: 2222 });
    bench.connect();
    const sizes = bench.replies().filter(({ typeId }) => typeId === MessageTypeId.SetChunkSize);
    expect(sizes.map(({ payload }) => toHex(payload))).toEqual(["00 00 08 ae"]);
  });

  test.each([0, -1, 1.5, 0x80000000, Number.NaN])("a chunk size of %d is refused", (chunkSize) => {
    expect(() => new Bench({ chunkSize })).toThrow(RangeError);
  });
});

describe("RTMP §7.2 a publisher's first second", () => {
  const transcript = Buffer.concat([clientHandshake, vectors.obsTranscript]);
  const expected = {
    output: toHex(
      hex(
        connectReply +
          // releaseStream, FCPublish in both forms, createStream
          `43 000000 000014 14  02 0007 "_result" 00 4000000000000000 05
         43 000000 000063 14
           02 000b "onFCPublish" 00 0000000000000000 05
           03 0004 "code" 02 0017 "NetStream.Publish.Start"
              000b "description" 02 0017 "Started publishing key." 0000 09
         43 000000 000014 14  02 0007 "_result" 00 4008000000000000 05
         43 000000 00001d 14  02 0007 "_result" 00 4010000000000000 05 00 3ff0000000000000
         42 000000 000006 04  0000 00000001
         05 000000 00007d 14 01000000
           02 0008 "onStatus" 00 0000000000000000 05
           03 0005 "level" 02 0006 "status" 0004 "code" 02 0017 "NetStream.Publish.Start"
              000b "description" 02 0015 "key is now published."
              0007 "details" 02 0003 "key" 0000 09`,
      ),
    ),
    events: ["connect live", "publish 1 key"],
    problems: [],
    media: [
      `1 18 0 ${toHex(vectors.obsTranscript.subarray(-111, -41))}`,
      "1 8 0 af 00 11 90",
      "1 9 33 27 01 00 00 00 41",
      "1 8 40 af 01 21",
    ],
  };

  test("is understood and answered byte for byte", () => {
    expect(record([transcript])).toEqual(expected);
  });

  test("is the same however the network cuts it", () => {
    for (const pieces of everySplit(vectors.obsTranscript)) {
      expect(record([clientHandshake, ...pieces])).toEqual(expected);
    }
    for (let cut = 1; cut < clientHandshake.length; cut += 111) {
      expect(record([transcript.subarray(0, cut), transcript.subarray(cut)])).toEqual(expected);
    }
  });
});

describe("RTMP §7.1.1 command messages", () => {
  test("of type 17, with and without the format byte, are answered in type 20", () => {
    const bench = Bench.connected();
    bench.sendPayload(MessageTypeId.CommandAmf3, vectors.createStreamType17);
    bench.sendPayload(MessageTypeId.CommandAmf3, vectors.createStreamType17.slice(1));
    expect(bench.replyLines()).toEqual([
      `3/0/20: ${toHex(hex('02 0007 "_result" 00 4010000000000000 05 00 3ff0000000000000'))}`,
      `3/0/20: ${toHex(hex('02 0007 "_result" 00 4010000000000000 05 00 4000000000000000'))}`,
    ]);
  });

  test("connect of type 17 connects", () => {
    const bench = Bench.opened();
    bench.sendPayload(MessageTypeId.CommandAmf3, Uint8Array.of(0, ...vectors.connect));
    expect(bench.session.connect?.app).toBe("live");
  });

  test("that are unknown get _error when they have a transaction id", () => {
    const bench = Bench.connected();
    bench.command(0, "setQuality", 7, null, "high");
    expect(bench.replyLines()).toEqual([
      callFailed("401c000000000000", "setQuality is not a command that is served here"),
    ]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_UNKNOWN_COMMAND"]);
    expect(bench.session.closed).toBe(false);
  });

  test("that are unknown get nothing when they have none", () => {
    const bench = Bench.connected();
    bench.command(0, "setQuality", 0, null, "high");
    expect(bench.replies()).toEqual([]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_UNKNOWN_COMMAND"]);
  });

  test.each(["_result", "_error"])("%s is an answer, and is not answered", (name) => {
    const bench = Bench.connected();
    bench.command(0, name, 7);
    expect(bench.replies()).toEqual([]);
  });

  test.each(["CREATESTREAM", "createstream", "CreateStream"])("%s is createStream", (name) => {
    const bench = Bench.connected();
    bench.command(0, name, 4);
    expect(bench.replyLines()).toEqual([
      `3/0/20: ${toHex(hex('02 0007 "_result" 00 4010000000000000 05 00 3ff0000000000000'))}`,
    ]);
  });

  test("CONNECT connects", () => {
    const bench = Bench.opened();
    bench.command(0, "CONNECT", 1, { app: "live" });
    expect(bench.session.connect?.app).toBe("live");
  });

  test("cut at any length get _error where the transaction was there, and end the connection", () => {
    // Behind the name, the transaction id, the object marker and each whole property nothing is missing that matters.
    const whole = new Set([10, 19, 20, 32, 51, 95, 131]);
    for (let length = 0; length < vectors.connect.length; length++) {
      const bench = Bench.opened();
      bench.sendPayload(MessageTypeId.CommandAmf0, vectors.connect.slice(0, length));
      const refused = length < 19 ? [] : ["_error NetConnection.Connect.Rejected"];
      expect(bench.codes()).toEqual(
        whole.has(length) ? ["_result NetConnection.Connect.Success"] : refused,
      );
      expect(bench.session.closed).toBe(!whole.has(length));
      expect(bench.lastError).toBe(whole.has(length) ? undefined : "RTMP_ERR_BAD_COMMAND");
    }
  });

  test("other than connect that are cut get Call.Failed", () => {
    const bench = Bench.withStreams(1);
    const publish = hex(`02 0007 "publish" 00 4014000000000000 05 02 0003 "ke"`);
    bench.sendPayload(MessageTypeId.CommandAmf0, publish, 1);
    expect(bench.replies().map(({ command }) => command)).toMatchObject([
      { name: "_error", transactionId: 5, args: [{ code: "NetConnection.Call.Failed" }] },
    ]);
    expect(bench.events.at(-1)).toBe("close RTMP_ERR_BAD_COMMAND");
  });

  test("that are cut and want no answer get none", () => {
    const bench = Bench.connected();
    const command = hex(`02 0007 "publish" 00 0000000000000000 05 02 0003 "ke"`);
    bench.sendPayload(MessageTypeId.CommandAmf0, command);
    expect(bench.replies()).toEqual([]);
    expect(bench.session.closed).toBe(true);
  });

  // An AMF3 object of a class that writes itself in a form of its own: valid, its length is anybody's guess.
  const unreadable = hex('02 0004 "call" 00 401c000000000000 05 11 0a 07 03 "C" 01');

  test("with a kind of value that is not read get _error, and the connection goes on", () => {
    const bench = Bench.connected();
    bench.sendPayload(MessageTypeId.CommandAmf0, unreadable);
    expect(bench.codes()).toEqual(["_error NetConnection.Call.Failed"]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_BODY_UNSUPPORTED"]);
    bench.command(0, "createStream", 2);
    expect(bench.codes()).toEqual(["_result"]);
  });

  test.each(['0006 "_error"', '0007 "_result"'])(
    "with a kind of value that is not read are not answered when they are an answer: %s",
    (name) => {
      const bench = Bench.connected();
      const answer = hex(`02 ${name} 00 401c000000000000 05 11 0a 07 03 "C" 01`);
      bench.sendPayload(MessageTypeId.CommandAmf0, answer);
      expect(bench.problemCodes).toEqual(["RTMP_ERR_BODY_UNSUPPORTED"]);
      expect(bench.replies()).toEqual([]);
    },
  );

  test("with a kind of value that is not read before connect end the connection", () => {
    const bench = Bench.opened();
    bench.sendPayload(MessageTypeId.CommandAmf0, unreadable);
    expect(bench.events).toEqual(["close RTMP_ERR_BODY_UNSUPPORTED"]);
  });

  test("larger than limits.message.maxCommandBytes end the connection", () => {
    const limits = { message: { maxCommandBytes: vectors.connect.length - 1 } };
    const bench = Bench.opened({ limits });
    bench.sendPayload(MessageTypeId.CommandAmf0, vectors.connect);
    expect(bench.events).toEqual(["close RTMP_ERR_BODY_LIMIT"]);
  });
});

describe("RTMP §7.1 message types", () => {
  test.each([0, 7, 10, 21, 255])("%d is dropped and reported", (typeId) => {
    const bench = Bench.connected();
    bench.sendPayload(typeId, hex("01 02 03"));
    expect(bench.problemCodes).toEqual(["RTMP_ERR_UNKNOWN_MESSAGE_TYPE"]);
    expect(bench.session.closed).toBe(false);
  });

  test("maxFaults unknown ones are put up with, one more ends the connection", () => {
    const bench = Bench.connected({ limits: { maxFaults: 3 } });
    for (let i = 0; i < 3; i++) bench.sendPayload(21, hex("00"));
    expect(bench.session.closed).toBe(false);
    bench.sendPayload(21, hex("00"));
    expect(bench.lastError).toBe("RTMP_ERR_TOO_MANY_FAULTS");
    expect(bench.problems.length).toBe(4);
  });

  test("user control messages without an event type count as faults", () => {
    const bench = Bench.connected({ limits: { maxFaults: 1 } });
    bench.sendPayload(MessageTypeId.UserControl, hex("00"));
    expect(bench.problemCodes).toEqual(["RTMP_ERR_BAD_USER_CONTROL"]);
    bench.sendPayload(MessageTypeId.UserControl, hex(""));
    expect(bench.lastError).toBe("RTMP_ERR_TOO_MANY_FAULTS");
  });

  test("a message above limits.chunk.maxMessageBytes ends the connection at its header", () => {
    const bench = Bench.connected({ limits: { chunk: { maxMessageBytes: 1111 } } });
    bench.receive(hex("04 000000 000458 08 01000000"));
    expect(bench.lastError).toBe("RTMP_ERR_MESSAGE_TOO_LARGE");
  });
});

describe("RTMP §5.2 garbage in place of a handshake", () => {
  const texts: [string, string][] = [
    ["HTTP", '"GET / HTTP/1.1" 0d0a'],
    ["TLS", "16 03 01 02 00"],
  ];
  test.each(texts)("%s ends the connection without an answer", (_, text) => {
    const bench = new Bench();
    bench.receive(hex(text));
    expect(bench.events).toEqual(["close RTMP_ERR_HANDSHAKE_VERSION"]);
    expect(bench.output().length).toBe(0);
    bench.receive(clientHandshake);
    expect(bench.output().length).toBe(0);
  });
});
