import { MessageTypeId } from "@rtmp/chunk";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import type { StreamAnswer } from "@rtmp/session";
import { ClientBench } from "./client-bench.ts";

const failure = (answers: readonly StreamAnswer[]): unknown =>
  answers.map((answer) => (answer.ok ? "ok" : answer.error.code));

describe("RTMP §7.2.2.6 publish", () => {
  test("goes the way that encoders have made usual, step by step", () => {
    const bench = ClientBench.connected();
    const answers: StreamAnswer[] = [];
    const stream = bench.session.stream({});
    expect(bench.said()).toEqual([]);
    stream.publish("cam?token=1", "live", (answer) => answers.push(answer));
    expect(bench.said()).toEqual([
      `3/0/20: ${toHex(hex(`02 000d "releaseStream" 00 4000000000000000 05 02 000b "cam?token=1"`))}`,
      `3/0/20: ${toHex(hex(`02 0009 "FCPublish" 00 4008000000000000 05 02 000b "cam?token=1"`))}`,
      `3/0/20: ${toHex(hex(`02 000c "createStream" 00 4010000000000000 05`))}`,
    ]);
    bench.command(0, "_result", 2, null);
    bench.command(0, "_error", 3, null);
    bench.command(0, "_result", 4, null, 5);
    expect(bench.said()).toEqual([
      `5/5/20: ${toHex(hex(`02 0007 "publish" 00 4014000000000000 05 02 000b "cam?token=1" 02 0004 "live"`))}`,
    ]);
    expect(stream).toMatchObject({ id: 5, state: "publish-pending", streamName: "cam?token=1" });
    bench.status(5, "status", "NetStream.Publish.Start");
    expect(answers).toEqual([{ ok: true }]);
    expect(stream.state).toBe("publishing");
  });

  test("carries audio, video and data on chunk streams of their own", () => {
    const bench = ClientBench.connected();
    const { stream } = bench.streaming("publish");
    expect(stream.write(MessageTypeId.Audio, 7, hex("af 01 21"))).toBe(true);
    expect(stream.write(MessageTypeId.Video, 8, hex("27 01"))).toBe(true);
    expect(stream.write(MessageTypeId.DataAmf0, 9, hex("02 00 00"))).toBe(true);
    expect(bench.said()).toEqual(["8/1/8: af 01 21", "9/1/9: 27 01", "10/1/18: 02 00 00"]);
  });

  test.each(["NetStream.Publish.BadName", "NetStream.Publish.Denied", "NetStream.Record.NoAccess"])(
    "that is refused with %s is told, and the stream can be used again",
    (code) => {
      const bench = ClientBench.connected();
      const answers: StreamAnswer[] = [];
      const stream = bench.session.stream({});
      stream.publish("cam", "record", (answer) => answers.push(answer));
      bench.command(0, "_result", 4, null, 1);
      bench.said();
      bench.status(1, "error", code, "no");
      expect(answers).toMatchObject([
        { ok: false, error: { code: "RTMP_ERR_PUBLISH_REJECTED", status: { code } } },
      ]);
      expect(stream.state).toBe("idle");
      stream.publish("other", "live", (answer) => answers.push(answer));
      // The stream exists: no second createStream.
      expect(bench.commands()).toEqual(["FCPublish 6", "publish 7"]);
    },
  );

  test.each([
    ["createStream", 4, "RTMP_ERR_CALL_REJECTED"],
    ["publish", 5, "RTMP_ERR_CALL_REJECTED"],
  ])("whose %s gets _error fails", (_name, transactionId, code) => {
    const bench = ClientBench.connected();
    const answers: StreamAnswer[] = [];
    bench.session.stream({}).publish("cam", "live", (answer) => answers.push(answer));
    if (transactionId === 5) bench.command(0, "_result", 4, null, 1);
    bench.command(0, "_error", transactionId, null, { code: "NetConnection.Call.Failed" });
    expect(failure(answers)).toEqual([code]);
  });

  test("may be granted by _result, or by a status without the stream's id", () => {
    for (const grant of [
      (bench: ClientBench) => bench.command(0, "_result", 5, null),
      (bench: ClientBench) => bench.status(0, "status", "NetStream.Publish.Start"),
    ]) {
      const bench = ClientBench.connected();
      const answers: StreamAnswer[] = [];
      bench.session.stream({}).publish("cam", "live", (answer) => answers.push(answer));
      bench.command(0, "_result", 4, null, 1);
      grant(bench);
      expect(failure(answers)).toEqual(["ok"]);
    }
  });

  test("without a stream id from the server, or without any answer, fails", () => {
    const bench = ClientBench.connected({ limits: { callTimeoutMs: 1_111 } });
    const answers: StreamAnswer[] = [];
    bench.session.stream({}).publish("cam", "live", (answer) => answers.push(answer));
    bench.command(0, "_result", 4, null, "none");
    bench.session.stream({}).publish("cam", "live", (answer) => answers.push(answer));
    bench.advance(1_111);
    expect(failure(answers)).toEqual(["RTMP_ERR_CALL_REJECTED", "RTMP_ERR_CALL_TIMEOUT"]);
  });

  test("ends with FCUnpublish and deleteStream, or with closeStream and the stream is kept", () => {
    const bench = ClientBench.connected();
    const { stream } = bench.streaming("publish");
    stream.stop();
    expect(bench.commands()).toEqual(["FCUnpublish 6", "closeStream 7"]);
    expect(stream.write(8, 0, hex("af 01"))).toBe(false);
    stream.close();
    expect(bench.said()).toEqual([
      `3/0/20: ${toHex(hex(`02 000c "deleteStream" 00 4020000000000000 05 00 3ff0000000000000`))}`,
    ]);
    stream.close();
    expect(bench.said()).toEqual([]);
    expect(() => stream.publish("cam", "live", () => {})).toThrow(TypeError);
  });

  test("that createStream is answered for when nobody waits any more gives the late stream back", () => {
    const bench = ClientBench.connected({ limits: { callTimeoutMs: 1_111 } });
    const answers: StreamAnswer[] = [];
    const stream = bench.session.stream({});
    stream.publish("cam", "live", (answer) => answers.push(answer));
    bench.advance(1_111);
    expect(failure(answers)).toEqual(["RTMP_ERR_CALL_TIMEOUT"]);
    stream.publish("cam", "live", (answer) => answers.push(answer));
    bench.said();
    bench.command(0, "_result", 4, null, 5);
    expect(stream.id).toBeUndefined();
    expect(bench.said()).toEqual([
      `3/0/20: ${toHex(hex(`02 000c "deleteStream" 00 4020000000000000 05 00 4014000000000000`))}`,
    ]);
    bench.command(0, "_result", 7, null, 6);
    expect(stream.id).toBe(6);
    expect(bench.commands()).toEqual(["publish 9"]);
  });

  test("that is closed before createStream is answered gives the late stream back", () => {
    const bench = ClientBench.connected();
    const answers: StreamAnswer[] = [];
    const stream = bench.session.stream({});
    stream.publish("cam", "live", (answer) => answers.push(answer));
    stream.close();
    expect(failure(answers)).toEqual(["RTMP_ERR_SESSION_ENDED"]);
    bench.said();
    bench.command(0, "_result", 4, null, 3);
    expect(bench.commands()).toEqual([expect.stringContaining("deleteStream")]);
  });
});

describe("a stream that is used again before createStream is answered", () => {
  test("is created once, and does what was asked last", () => {
    const bench = ClientBench.connected();
    const answers: StreamAnswer[] = [];
    const stream = bench.session.stream({});
    stream.publish("cam", "live", (answer) => answers.push(answer));
    stream.stop();
    stream.play("other", {}, (answer) => answers.push(answer));
    expect(bench.commands()).toEqual([
      "releaseStream 2",
      "FCPublish 3",
      "createStream 4",
      "FCUnpublish 5",
    ]);
    bench.command(0, "_result", 4, null, 1);
    expect(bench.commands()).toEqual(["play 6"]);
    bench.status(1, "status", "NetStream.Play.Start");
    expect(failure(answers)).toEqual(["RTMP_ERR_SESSION_ENDED", "ok"]);
  });

  test("or was only stopped, is kept for later", () => {
    const bench = ClientBench.connected();
    const stream = bench.session.stream({});
    stream.publish("cam", "live", () => {});
    stream.stop();
    bench.said();
    bench.command(0, "_result", 4, null, 1);
    expect(bench.said()).toEqual([]);
    stream.publish("cam", "live", () => {});
    expect(bench.commands()).toEqual(["FCPublish 6", "publish 7"]);
  });
});

describe("more calls than maxPendingCalls", () => {
  test("fail the publish that needs one, and the stream can be used when there is room", () => {
    const bench = ClientBench.connected({ limits: { maxPendingCalls: 1 } });
    const answers: StreamAnswer[] = [];
    bench.session.call("add", [], () => {});
    const stream = bench.session.stream({});
    stream.publish("cam", "live", (answer) => answers.push(answer));
    expect(failure(answers)).toEqual(["RTMP_ERR_TOO_MANY_PENDING_CALLS"]);
    expect(stream.state).toBe("idle");
    bench.command(0, "_result", 2);
    bench.said();
    stream.publish("cam", "live", (answer) => answers.push(answer));
    expect(bench.commands()).toContain("createStream 7");
  });

  test("fail a publish on a stream that exists as well", () => {
    const bench = ClientBench.connected({ limits: { maxPendingCalls: 1 } });
    const { stream, answers } = bench.streaming("publish");
    stream.stop();
    bench.session.call("add", [], () => {});
    stream.publish("cam", "live", (answer) => answers.push(answer));
    expect(failure(answers)).toEqual(["ok", "RTMP_ERR_TOO_MANY_PENDING_CALLS"]);
    expect(stream.state).toBe("idle");
    expect(bench.session.closed).toBe(false);
  });
});

describe("RTMP §7.2.2.1 play", () => {
  test("creates a stream, plays, and says how much to send ahead", () => {
    const bench = ClientBench.connected();
    const stream = bench.session.stream({});
    stream.play("cam", { start: -1, bufferLengthMs: 1_000 }, () => {});
    expect(bench.commands()).toEqual(["FCSubscribe 2", "createStream 3"]);
    bench.command(0, "_result", 3, null, 1);
    expect(bench.said()).toEqual([
      `5/1/20: ${toHex(hex(`02 0004 "play" 00 4010000000000000 05 02 0003 "cam" 00 bff0000000000000`))}`,
      "2/0/4: 00 03 00 00 00 01 00 00 03 e8",
    ]);
  });

  test("gives media, statuses and events of its stream, in order", () => {
    const bench = ClientBench.connected();
    const { log, answers } = bench.streaming("play");
    expect(failure(answers)).toEqual(["ok"]);
    bench.sendPayload(MessageTypeId.UserControl, hex("00 00 00 00 00 01"));
    bench.sendPayload(MessageTypeId.Audio, hex("af 01 21"), 1, 7);
    bench.status(1, "status", "NetStream.Play.UnpublishNotify");
    bench.sendPayload(MessageTypeId.UserControl, hex("00 01 00 00 00 01"));
    const complete = toHex(
      hex(`02 000c "onPlayStatus" 03 0004 "code" 02 0017 "NetStream.Play.Complete" 0000 09`),
    );
    bench.sendPayload(MessageTypeId.DataAmf0, hex(complete), 1, 9);
    expect(log).toEqual([
      "event 0",
      "media 8 at 7: af 01 21",
      "NetStream.Play.UnpublishNotify",
      "event 1",
      "NetStream.Play.Complete",
      `media 18 at 9: ${complete}`,
    ]);
  });

  test("that is closed when a status in its data is told gets that data no more", () => {
    const bench = ClientBench.connected();
    const log: string[] = [];
    const stream = bench.session.stream({
      onStatus: ({ code }) => {
        log.push(code);
        if (code === "NetStream.Play.Complete") stream.close();
      },
      onMedia: (typeId) => log.push(`media ${typeId}`),
    });
    stream.play("cam", {}, () => {});
    bench.command(0, "_result", 2, null, 1);
    const complete = toHex(
      hex(`02 000c "onPlayStatus" 03 0004 "code" 02 0017 "NetStream.Play.Complete" 0000 09`),
    );
    bench.sendPayload(MessageTypeId.DataAmf0, hex(complete), 1);
    expect(log).toEqual(["NetStream.Play.Complete"]);
  });

  test("takes an aggregate apart", () => {
    const bench = ClientBench.connected();
    const { log } = bench.streaming("play");
    const aggregate = hex(`08 00 00 03 00 13 88 00 00 00 00 af 01 21 00 00 00 0e
      09 00 00 0a 00 13 b0 00 00 00 00 27 01 00 00 00 00 00 00 01 41 00 00 00 15`);
    bench.sendPayload(MessageTypeId.Aggregate, aggregate, 1, 12_000);
    expect(log).toEqual([
      "media 8 at 12000: af 01 21",
      "media 9 at 12040: 27 01 00 00 00 00 00 00 01 41",
    ]);
  });

  test("that is refused is told with the status", () => {
    const bench = ClientBench.connected();
    const answers: StreamAnswer[] = [];
    bench.session.stream({}).play("cam", {}, (answer) => answers.push(answer));
    bench.command(0, "_result", 2, null, 1);
    bench.status(1, "status", "NetStream.Play.Reset");
    expect(answers).toEqual([]);
    bench.status(1, "error", "NetStream.Play.StreamNotFound", "no such stream");
    expect(answers).toMatchObject([
      { ok: false, error: { code: "RTMP_ERR_PLAY_REJECTED", message: /no such stream/ } },
    ]);
  });

  test("is controlled by pause, seek, receiveAudio, receiveVideo, play2 and a playlist", () => {
    const bench = ClientBench.connected();
    const { stream } = bench.streaming("play");
    stream.pause(true, 1_000);
    stream.seek(2_000);
    stream.receiveAudio(false);
    stream.receiveVideo(true);
    stream.append("next");
    stream.play2({ streamName: "low", oldStreamName: "cam" });
    stream.setBufferLength(500);
    expect(bench.said()).toEqual([
      `5/1/20: ${toHex(hex(`02 0005 "pause" 00 4010000000000000 05 01 01 00 408f400000000000`))}`,
      `5/1/20: ${toHex(hex(`02 0004 "seek" 00 4014000000000000 05 00 409f400000000000`))}`,
      `5/1/20: ${toHex(hex(`02 000c "receiveAudio" 00 4018000000000000 05 01 00`))}`,
      `5/1/20: ${toHex(hex(`02 000c "receiveVideo" 00 401c000000000000 05 01 01`))}`,
      `5/1/20: ${toHex(
        hex(`02 0004 "play" 00 4020000000000000 05 02 0004 "next"
        00 c000000000000000 00 bff0000000000000 01 00`),
      )}`,
      `5/1/20: ${toHex(
        hex(`02 0005 "play2" 00 4022000000000000 05 03 000a "streamName" 02 0003 "low"
        000d "oldStreamName" 02 0003 "cam" 0000 09`),
      )}`,
      "2/0/4: 00 03 00 00 00 01 00 00 01 f4",
    ]);
    stream.stop();
    expect(() => stream.pause(true, 0)).toThrow(/idle, not playing/);
  });
});

describe("several streams", () => {
  test("each get what is theirs", () => {
    const bench = ClientBench.connected();
    const logs: string[][] = [[], []];
    for (const log of logs) {
      const stream = bench.session.stream({
        onMedia: (typeId, timestamp) => log.push(`${typeId} at ${timestamp}`),
        onStatus: ({ code }) => log.push(code),
      });
      stream.play(`cam`, {}, () => {});
    }
    bench.command(0, "_result", 2, null, 1);
    bench.command(0, "_result", 3, null, 2);
    bench.status(2, "status", "NetStream.Play.Start");
    bench.sendPayload(MessageTypeId.Audio, hex("af 01"), 2, 22);
    bench.sendPayload(MessageTypeId.Audio, hex("af 01"), 1, 11);
    bench.sendPayload(MessageTypeId.Audio, hex("af 01"), 9, 99);
    expect(logs).toEqual([["8 at 11"], ["NetStream.Play.Start", "8 at 22"]]);
  });

  test("a closed one's late media and statuses reach no other", () => {
    const bench = ClientBench.connected();
    const { stream } = bench.streaming("play");
    stream.close();
    const log: string[] = [];
    const other = bench.session.stream({
      onMedia: (typeId, timestamp) => log.push(`${typeId} at ${timestamp}`),
      onStatus: ({ code }) => log.push(code),
    });
    other.play("other", {}, () => {});
    bench.sendPayload(MessageTypeId.Audio, hex("af 01"), 1, 11);
    bench.status(1, "status", "NetStream.Play.Stop");
    bench.command(0, "_result", 5, null, 2);
    bench.sendPayload(MessageTypeId.Audio, hex("af 01"), 1, 11);
    bench.status(1, "error", "NetStream.Play.Failed");
    bench.status(2, "status", "NetStream.Play.Start");
    expect(log).toEqual(["NetStream.Play.Start"]);
    expect(other.state).toBe("playing");
  });

  test("a status without an id is for the one that waits for its answer", () => {
    const bench = ClientBench.connected();
    const { log } = bench.streaming("play");
    const answers: StreamAnswer[] = [];
    bench.session.stream({}).play("other", {}, (answer) => answers.push(answer));
    bench.command(0, "_result", 4, null, 2);
    bench.status(0, "error", "NetStream.Play.StreamNotFound");
    expect(failure(answers)).toEqual(["RTMP_ERR_PLAY_REJECTED"]);
    expect(log).toEqual([]);
  });

  test("media without an id is for the only one in use", () => {
    const bench = ClientBench.connected();
    const { log } = bench.streaming("play");
    bench.session.stream({});
    bench.sendPayload(MessageTypeId.Audio, hex("af 01"), 0, 11);
    expect(log).toEqual(["media 8 at 11: af 01"]);
  });

  test("may be no more than maxStreams, and a closed one makes room", () => {
    const bench = ClientBench.connected({ limits: { maxStreams: 1 } });
    const stream = bench.session.stream({});
    expect(() => bench.session.stream({})).toThrow(/no more than 1 streams/);
    stream.close();
    expect(() => bench.session.stream({})).not.toThrow();
  });

  test("end with the session, and whoever waits for an answer is told", () => {
    const bench = ClientBench.connected();
    const { log } = bench.streaming("play");
    const answers: StreamAnswer[] = [];
    bench.session.stream({}).publish("cam", "live", (answer) => answers.push(answer));
    bench.session.end();
    expect(log).toEqual(["end in order"]);
    expect(failure(answers)).toEqual(["RTMP_ERR_SESSION_ENDED"]);
    expect(() => bench.session.stream({})).toThrow(/after the session ended/);
  });

  test("a stream that does not play gets no media", () => {
    const bench = ClientBench.connected();
    const { log } = bench.streaming("publish");
    bench.sendPayload(MessageTypeId.Audio, hex("af 01"), 1, 7);
    expect(log).toEqual([]);
  });
});
