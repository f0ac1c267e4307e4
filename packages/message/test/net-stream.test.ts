import type { AmfValue } from "@rtmp/amf";
import {
  decodeCommand,
  encodeCommand,
  MessageError,
  onFcPublish,
  onFcSubscribe,
  onFcUnpublish,
  readDeleteStream,
  readPlay,
  readPublish,
} from "@rtmp/message";
import { describe, expect, test } from "vitest";
import { captured } from "./captured.ts";
import { vectors } from "./vectors.ts";

function command(name: string, ...args: AmfValue[]) {
  return { name, transactionId: 5, commandObject: null, args };
}

describe("RTMP §7.2.2.6 publish", () => {
  test("name and type are read", () => {
    expect(readPublish(decodeCommand(vectors.publish))).toEqual({
      streamName: "key",
      publishType: "live",
    });
  });

  test.each([
    ["ffmpeg-5-publish", "cam"],
    ["ffmpeg-5-publish-query", "cam?token=abc&n=1"],
    ["ffmpeg-8-publish", "hevc"],
    ["obs-29-publish", "obs"],
    ["gstreamer-1.22-publish", "gst"],
    ["nginx-1.22-push-publish", "relayed"],
  ])("%s publishes %s live", (name, streamName) => {
    const request = readPublish(decodeCommand(captured(name)));
    expect(request).toEqual({ streamName, publishType: "live" });
  });

  test.each<[AmfValue, string]>([
    ["live", "live"],
    ["record", "record"],
    ["append", "append"],
    ["RECORD", "record"],
    ["other", "live"],
    [undefined, "live"],
    [null, "live"],
  ])("type %j means %s", (type, publishType) => {
    expect(readPublish(command("publish", "k", type)).publishType).toBe(publishType);
  });

  test("a missing type means live", () => {
    expect(readPublish(command("publish", "k")).publishType).toBe("live");
  });

  test("an empty name stays empty, a NUL behind a name goes", () => {
    expect(readPublish(command("publish", "")).streamName).toBe("");
    expect(readPublish(command("publish", "k\0")).streamName).toBe("k");
  });

  test.each<[string, AmfValue[]]>([
    ["no arguments", []],
    ["null", [null]],
    ["false, which stops in Flash,", [false]],
    ["a number", [1]],
  ])("%s as name is refused, and the peer can be told", (_, args) => {
    for (const read of [readPublish, readPlay]) {
      const act = () => read(command("publish", ...args));
      expect(act).toThrow(MessageError);
      expect(act).toThrow(
        expect.objectContaining({
          code: "RTMP_ERR_NO_STREAM_NAME",
          fault: "rejected",
          commandName: "publish",
          transactionId: 5,
        }),
      );
    }
  });
});

describe("RTMP §7.2.2.1 play", () => {
  test.each([
    ["ffmpeg-5-play", { streamName: "src", start: -2, duration: -1, reset: true }],
    ["ffmpeg-8-play", { streamName: "src", start: -2, duration: -1, reset: true }],
    ["gstreamer-1.22-play", { streamName: "src", start: -2, duration: -1, reset: true }],
    ["rtmpdump-2.4-play-live", { streamName: "src", start: -1, duration: 2000, reset: true }],
    [
      "rtmpdump-2.4-play-file",
      { streamName: "clip.flv", start: 3000, duration: 2000, reset: true },
    ],
    ["nginx-1.22-pull-play", { streamName: "relayed", start: -2, duration: -1, reset: true }],
  ])("%s is read", (name, request) => {
    expect(readPlay(decodeCommand(captured(name)))).toEqual(request);
  });

  test.each<[AmfValue, number]>([
    [undefined, -2],
    [null, -2],
    [-2, -2],
    [-2000, -2],
    [-1, -1],
    [-1000, -1],
    [-3, -2],
    [-0.5, -2],
    [0, 0],
    [1111, 1111],
    ["-1", -1],
    [Number.NaN, -2],
    [Number.NEGATIVE_INFINITY, -2],
  ])("start %j means %d", (sent, start) => {
    expect(readPlay(command("play", "k", sent)).start).toBe(start);
  });

  test.each<[AmfValue, number]>([
    [undefined, -1],
    [-1, -1],
    [-1000, -1],
    [0, 0],
    [2222, 2222],
    [Number.NaN, -1],
  ])("duration %j means %d", (sent, duration) => {
    expect(readPlay(command("play", "k", -2, sent)).duration).toBe(duration);
  });

  test.each<[AmfValue, boolean]>([
    [true, true],
    [false, false],
    [1, true],
    [0, false],
    [undefined, true],
    [null, true],
  ])("reset %j means %s", (sent, reset) => {
    expect(readPlay(command("play", "k", -2, -1, sent)).reset).toBe(reset);
  });
});

describe("RTMP §7.2.2.3 deleteStream", () => {
  test("OBS names the message stream", () => {
    expect(readDeleteStream(decodeCommand(captured("obs-29-delete-stream")))).toBe(1);
  });

  test("GStreamer names the stream, not the message stream", () => {
    const deleteStream = decodeCommand(captured("gstreamer-1.22-delete-stream"));
    expect(deleteStream.args).toEqual(["gst"]);
    expect(readDeleteStream(deleteStream)).toBeUndefined();
  });

  test.each<[AmfValue, number | undefined]>([
    [0xffffffff, 0xffffffff],
    [0, 0],
    [-1, undefined],
    [2 ** 32, undefined],
    [1.5, undefined],
    [Number.NaN, undefined],
    [undefined, undefined],
  ])("%j is message stream %s", (sent, id) => {
    expect(readDeleteStream(command("deleteStream", sent))).toBe(id);
  });
});

describe("other captured commands", () => {
  test.each([
    ["obs-29-release-stream", "releaseStream", 2, ["obs"]],
    ["obs-29-fc-publish", "FCPublish", 3, ["obs"]],
    ["obs-29-create-stream", "createStream", 4, []],
    ["obs-29-checkbw", "_checkbw", 5, []],
    ["obs-29-fc-unpublish", "FCUnpublish", 7, ["obs"]],
    ["ffmpeg-5-get-stream-length", "getStreamLength", 4, ["src"]],
    ["rtmpdump-2.4-fc-subscribe", "FCSubscribe", 3, ["src"]],
  ])("%s is %s", (payload, name, transactionId, args) => {
    expect(decodeCommand(captured(payload))).toEqual({
      name,
      transactionId,
      commandObject: null,
      args,
    });
  });
});

describe("what servers say around publish and play", () => {
  test("quirk 16: onFCPublish has transaction id 0 and null, as SRS sends it", () => {
    expect(encodeCommand(onFcPublish())).toEqual(captured("srs-7-on-fc-publish"));
  });

  test("onFCUnpublish is what SRS sends", () => {
    expect(encodeCommand(onFcUnpublish())).toEqual(captured("srs-7-on-fc-unpublish"));
  });

  test("onFCSubscribe tells that playing starts", () => {
    expect(onFcSubscribe("src")).toEqual({
      name: "onFCSubscribe",
      transactionId: 0,
      commandObject: null,
      args: [{ level: "status", code: "NetStream.Play.Start", description: "src" }],
    });
  });
});
