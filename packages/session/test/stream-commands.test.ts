import { MessageTypeId } from "@rtmp/chunk";
import { StatusCode } from "@rtmp/message";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { audio, Bench } from "./bench.ts";
import { begin, status } from "./reply-lines.ts";

describe("RTMP §7.2.2.6 publish", () => {
  const started = [
    begin(1),
    status(1, "status", "NetStream.Publish.Start", "cam is now published."),
  ];

  test("gets Stream Begin and Publish.Start on its stream", () => {
    const bench = Bench.withStreams(1);
    bench.command(1, "publish", 5, null, "cam", "record");
    expect(bench.replyLines()).toEqual(started);
    expect(bench.publishes[0]).toMatchObject({ streamName: "cam", publishType: "record" });
    expect(bench.publishes[0]?.stream).toMatchObject({
      id: 1,
      state: "publishing",
      streamName: "cam",
    });
  });

  test.each(["PUBLISH", "Publish"])("%s publishes", (name) => {
    const bench = Bench.withStreams(1);
    bench.command(1, name, 5, null, "cam", "live");
    expect(bench.replyLines()).toEqual(started);
  });

  test("brings media to the owner, each with its own bytes", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    const payload = hex("02 00 02 6f 6e");
    bench.send(audio(1111), { ...audio(2222), typeId: MessageTypeId.Video });
    bench.sendPayload(MessageTypeId.DataAmf0, payload, 1, 3333);
    bench.sendPayload(MessageTypeId.DataAmf3, payload, 1, 4444);
    bench.sendPayload(MessageTypeId.Audio, hex(""), 1, 0xffffffff);
    expect(
      bench.media.map(({ typeId, timestamp, payload: { length } }) => [typeId, timestamp, length]),
    ).toEqual([
      [8, 1111, 3],
      [9, 2222, 3],
      [18, 3333, 5],
      [15, 4444, 5],
      [8, 0xffffffff, 0],
    ]);
  });

  test("refused gets BadName on its stream, and the stream may be used again", () => {
    const bench = Bench.withStreams(1, {
      handlers: { onPublish: (request) => request.reject({ description: "it is taken" }) },
    });
    bench.publish();
    expect(bench.replyLines()).toEqual([
      status(1, "error", "NetStream.Publish.BadName", "it is taken"),
    ]);
    bench.play();
    expect(bench.codes().at(-1)).toBe("onStatus NetStream.Play.Start");
  });

  test("may be refused with another code", () => {
    const code = StatusCode.PublishDenied;
    const bench = Bench.withStreams(1, {
      handlers: { onPublish: (request) => request.reject({ code, description: "no" }) },
    });
    bench.publish();
    expect(bench.codes()).toEqual(["onStatus NetStream.Publish.Denied"]);
  });

  test("of an encoder that goes on sending after a refusal: media is dropped and counted", () => {
    let stream: { droppedMessages: number } | undefined;
    const bench = Bench.withStreams(1, {
      handlers: {
        onPublish: (request) => {
          stream = request.stream;
          request.reject({ description: "no" });
        },
      },
    });
    bench.publish();
    for (let i = 0; i < 5; i++) bench.send(audio(i));
    expect(bench.media).toEqual([]);
    expect(stream?.droppedMessages).toBe(5);
  });

  test("without a name gets NetStream.Failed, and the connection goes on", () => {
    const bench = Bench.withStreams(1);
    bench.command(1, "publish", 5);
    expect(bench.replyLines()).toEqual([
      status(1, "error", "NetStream.Failed", "publish without a stream name", ""),
    ]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_NO_STREAM_NAME"]);
    bench.publish();
    expect(bench.replyLines()).toEqual(started);
  });

  test("again on the same stream ends the first one cleanly and begins anew", () => {
    const bench = Bench.withStreams(1);
    bench.publish(1, "one");
    bench.replies();
    bench.publish(1, "cam");
    expect(bench.replyLines()).toEqual([
      status(1, "status", "NetStream.Unpublish.Success", "one is now unpublished.", "one"),
      ...started,
    ]);
    expect(bench.events.slice(1)).toEqual(["publish 1 one", "end 1 closed", "publish 1 cam"]);
  });

  test("of the same name after FCUnpublish begins anew", () => {
    const bench = Bench.withStreams(1);
    bench.publish();
    bench.command(0, "FCUnpublish", 6, null, "cam");
    bench.replies();
    bench.publish();
    expect(bench.replyLines()).toEqual(started);
  });

  test("on a stream that plays gets NetStream.Failed, and the play goes on", () => {
    const bench = Bench.withStreams(1);
    bench.play(1, "show");
    bench.replies();
    bench.publish();
    expect(bench.replyLines()).toEqual([
      status(1, "error", "NetStream.Failed", "the stream is playing show"),
    ]);
    expect(bench.problemCodes).toEqual(["RTMP_ERR_STREAM_BUSY"]);
    expect(bench.plays[0]?.stream.state).toBe("playing");
  });
});

describe("RTMP §7.2.2.1 play", () => {
  const start = status(1, "status", "NetStream.Play.Start", "Started playing cam.");
  const access = `5/1/18: ${toHex(hex('02 0011 "|RtmpSampleAccess" 01 01 01 01'))}`;

  test("gets Stream Begin, Reset, Start and sample access, in this order", () => {
    const bench = Bench.withStreams(1);
    bench.play();
    expect(bench.replyLines()).toEqual([
      begin(1),
      status(1, "status", "NetStream.Play.Reset", "Playing and resetting cam."),
      start,
      access,
    ]);
    expect(bench.session.pressure).toBe("answers");
  });

  test("without reset gets no Reset", () => {
    const bench = Bench.withStreams(1);
    bench.command(1, "play", 0, null, "cam", -1000, 2222, false);
    expect(bench.replyLines()).toEqual([begin(1), start, access]);
    expect(bench.plays[0]).toMatchObject({ start: -1, duration: 2222, reset: false });
  });

  test("refused gets Play.Failed", () => {
    const bench = Bench.withStreams(1, {
      handlers: { onPlay: (request) => request.reject({ description: "no" }) },
    });
    bench.play();
    expect(bench.replyLines()).toEqual([status(1, "error", "NetStream.Play.Failed", "no")]);
    expect(bench.session.pressure).toBe("all");
  });

  test("on a stream that publishes gets NetStream.Failed, and the publish goes on", () => {
    const bench = Bench.withStreams(1);
    bench.publish(1, "mine");
    bench.replies();
    bench.play();
    expect(bench.replyLines()).toEqual([
      status(1, "error", "NetStream.Failed", "the stream is publishing mine"),
    ]);
    bench.send(audio(1));
    expect(bench.media.length).toBe(1);
  });

  test("again on the same stream ends the first one without a status", () => {
    const bench = Bench.withStreams(1);
    bench.play(1, "one");
    bench.replies();
    bench.play(1);
    expect(bench.codes()).toEqual([
      "onStatus NetStream.Play.Reset",
      "onStatus NetStream.Play.Start",
    ]);
    expect(bench.events.slice(1)).toEqual(["play 1 one", "end 1 closed", "play 1 cam"]);
  });

  test("without a name gets NetStream.Failed", () => {
    const bench = Bench.withStreams(1);
    bench.command(1, "play", 0);
    expect(bench.codes()).toEqual(["onStatus NetStream.Failed"]);
    expect(bench.events.length).toBe(1);
  });

  test("a player's own media is dropped and counted", () => {
    const bench = Bench.withStreams(1);
    bench.play();
    bench.send(audio(0));
    expect(bench.media).toEqual([]);
    expect(bench.plays[0]?.stream.droppedMessages).toBe(1);
  });
});
