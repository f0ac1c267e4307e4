import { describe, expect, test } from "vitest";
import { audio, Bench } from "./bench.ts";
import { begin, result, status } from "./reply-lines.ts";

test("getStreamLength gets 0 where nobody knows more, and nothing without transaction id", () => {
  const bench = Bench.connected();
  bench.command(0, "getStreamLength", 3, null, "cam");
  bench.command(0, "getStreamLength", 0, null, "cam");
  expect(bench.replyLines()).toEqual([result("4008000000000000", "00 0000000000000000")]);
  expect(bench.problems).toEqual([]);
});

describe("RTMP §7.2.1 commands of the connection", () => {
  test("createStream gives the lowest free id", () => {
    const bench = Bench.connected();
    bench.command(0, "createStream", 4);
    bench.command(0, "createStream", 5);
    bench.command(0, "deleteStream", 0, null, 1);
    bench.command(0, "createStream", 6);
    bench.command(0, "createStream", 7);
    expect(bench.replyLines()).toEqual([
      result("4010000000000000", "00 3ff0000000000000"),
      result("4014000000000000", "00 4000000000000000"),
      result("4018000000000000", "00 3ff0000000000000"),
      result("401c000000000000", "00 4008000000000000"),
    ]);
  });

  test("createStream past maxStreams gets _error, and the connection goes on", () => {
    const bench = Bench.withStreams(3, { limits: { maxStreams: 3 } });
    bench.command(0, "createStream", 7);
    expect(bench.codes()).toEqual(["_error NetConnection.Call.Failed"]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_TOO_MANY_STREAMS"]);
    bench.command(0, "deleteStream", 0, null, 2);
    bench.command(0, "createStream", 7);
    expect(bench.replyLines()).toEqual([result("401c000000000000", "00 4000000000000000")]);
  });
});

describe("RTMP §7.2.2 the end of a stream", () => {
  const unpublished = status(1, "status", "NetStream.Unpublish.Success", "cam is now unpublished.");
  const ends: [string, (bench: Bench) => void][] = [
    ["closeStream", (bench) => bench.command(1, "closeStream", 0)],
    ["deleteStream", (bench) => bench.command(0, "deleteStream", 0, null, 1)],
    [
      "deleteStream with the name in place of the id",
      (bench) => bench.command(1, "deleteStream", 0, null, "cam"),
    ],
    ["deleteStream with nothing", (bench) => bench.command(0, "deleteStream", 0)],
    ["DELETESTREAM", (bench) => bench.command(0, "DELETESTREAM", 0, null, 1)],
  ];
  test.each(ends)("%s unpublishes at once", (_, say) => {
    const bench = Bench.withStreams(1);
    bench.publish();
    bench.replies();
    say(bench);
    expect(bench.replyLines()).toEqual([unpublished]);
    expect(bench.events.at(-1)).toBe("end 1 closed");
    bench.send(audio(0));
    expect(bench.media).toEqual([]);
    expect(bench.problems).toEqual([]);
  });

  test("FCUnpublish unpublishes the stream of that name and no other", () => {
    const bench = Bench.withStreams(3);
    bench.publish(1, "one");
    bench.publish(2, "two");
    bench.play(3, "one");
    bench.command(0, "FCUnpublish", 6, null, "one");
    expect(bench.events.slice(4)).toEqual(["end 1 closed"]);
    expect(bench.plays[0]?.stream.state).toBe("playing");
  });

  test("said in every way, one after the other, ends it once", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    bench.command(0, "FCUnpublish", 6, null, "cam");
    bench.command(1, "closeStream", 0);
    bench.command(0, "deleteStream", 0, null, 1);
    bench.command(0, "deleteStream", 0, null, 1);
    bench.session.end();
    expect(bench.events.slice(2)).toEqual(["end 1 closed", "close in order"]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_UNKNOWN_STREAM"]);
  });

  test("closeStream keeps the id, deleteStream frees it", () => {
    const bench = Bench.withStreams(1);
    bench.command(1, "closeStream", 0);
    bench.command(0, "createStream", 3);
    bench.command(0, "deleteStream", 0, null, 1);
    bench.command(0, "createStream", 4);
    expect(bench.replyLines()).toEqual([
      result("4008000000000000", "00 4000000000000000"),
      result("4010000000000000", "00 3ff0000000000000"),
    ]);
  });

  test("deleteStream of an unknown id ends no other stream", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    bench.command(0, "deleteStream", 0, null, 7);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_UNKNOWN_STREAM"]);
    expect(bench.publishes[0]?.stream.state).toBe("publishing");
  });
});

describe("ids that were never given out", () => {
  test("media on one means the only stream", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    bench.send(audio(0, 0), audio(1, 77));
    expect(bench.media.map(({ stream, timestamp }) => [stream.id, timestamp])).toEqual([
      [1, 0],
      [1, 1],
    ]);
  });

  test("media on one is dropped when there are several streams, or none", () => {
    const bench = Bench.withStreams(2);
    bench.publish(1);
    bench.publish(2, "two");
    bench.send(audio(0, 0), audio(1, 77));
    expect(bench.media).toEqual([]);
    const none = Bench.connected();
    none.send(audio(0, 1));
    expect(none.media).toEqual([]);
  });

  test.each([0, 5, 0xffffffff])("publish on %d without createStream opens it", (id) => {
    const bench = Bench.connected();
    bench.publish(id);
    const replies = bench.replies();
    expect(replies.at(-1)).toMatchObject({ messageStreamId: id });
    bench.send(audio(0, id));
    expect(bench.media.length).toBe(1);
    bench.command(id, "closeStream", 0);
    expect(bench.events.at(-1)).toBe(`end ${id} closed`);
  });

  test("publish on 0 after createStream means the only stream", () => {
    const bench = Bench.withStreams(1);
    bench.publish(0);
    expect(bench.events.at(-1)).toBe("publish 1 cam");
    expect(bench.replyLines()[0]).toBe(begin(1));
  });

  test("closeStream on one with no stream at all is reported and ignored", () => {
    const bench = Bench.connected();
    bench.command(3, "closeStream", 0);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_UNKNOWN_STREAM"]);
    expect(bench.replies()).toEqual([]);
  });

  test("publish on one past maxStreams is refused, so that the client does not wait", () => {
    const bench = Bench.withStreams(2, { limits: { maxStreams: 2 } });
    bench.publish(9);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_UNKNOWN_STREAM"]);
    expect(bench.publishes).toEqual([]);
    expect(bench.replyLines()).toEqual([
      status(9, "error", "NetStream.Failed", "publish on stream 9, which does not exist", ""),
    ]);
  });

  test.each(["play2", "pause", "pauseRaw", "seek"])("%s on one is refused", (name) => {
    const bench = Bench.withStreams(2);
    bench.command(7, name, 0, null, 0);
    const text = `${name} on stream 7, which does not exist`;
    expect(bench.replyLines()).toEqual([status(7, "error", "NetStream.Failed", text, "")]);
  });

  test.each(["closeStream", "deleteStream", "receiveAudio", "receiveVideo"])(
    "%s on one gets no answer, as on any other",
    (name) => {
      const bench = Bench.withStreams(2);
      bench.command(7, name, 3, null, 9);
      expect(bench.problemCodes).toEqual(["RTMP_ERR_UNKNOWN_STREAM"]);
      expect(bench.replies()).toEqual([]);
    },
  );
});

describe("several streams on one connection", () => {
  test("publish and play side by side, and end one by one", () => {
    const bench = Bench.withStreams(4);
    bench.publish(1, "one");
    bench.play(2, "two");
    bench.publish(3, "three");
    bench.send(audio(1, 1), audio(3, 3), audio(2, 2), audio(4, 4));
    expect(bench.media.map(({ stream }) => stream.streamName)).toEqual(["one", "three"]);
    bench.command(0, "deleteStream", 0, null, 3);
    bench.command(2, "closeStream", 0);
    expect(bench.session.pressure).toBe("all");
    bench.session.end();
    expect(bench.events.slice(4)).toEqual([
      "end 3 closed",
      "end 2 closed",
      "end 1 lost",
      "close in order",
    ]);
  });
});
