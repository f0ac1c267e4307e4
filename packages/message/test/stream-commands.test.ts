import type { AmfValue } from "@rtmp/amf";
import {
  callCommand,
  closeStreamCommand,
  type Command,
  createStreamCommand,
  decodeCommand,
  deleteStreamCommand,
  encodeCommand,
  fcPublishCommand,
  fcSubscribeCommand,
  fcUnpublishCommand,
  fcUnsubscribeCommand,
  getStreamLengthCommand,
  playCommand,
  publishCommand,
  readCreateStreamResult,
  releaseStreamCommand,
} from "@rtmp/message";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { captured } from "./captured.ts";
import { vectors } from "./vectors.ts";

function answer(...args: AmfValue[]) {
  return { name: "_result", transactionId: 4, commandObject: null, args };
}

describe("commands have the bytes of real clients", () => {
  test.each<[string, Command]>([
    ["obs-29-release-stream", releaseStreamCommand(2, "obs")],
    ["obs-29-fc-publish", fcPublishCommand(3, "obs")],
    ["obs-29-create-stream", createStreamCommand(4)],
    ["obs-29-publish", publishCommand(6, "obs", "live")],
    ["obs-29-fc-unpublish", fcUnpublishCommand(7, "obs")],
    ["obs-29-delete-stream", deleteStreamCommand(8, 1)],
    ["ffmpeg-5-publish-query", publishCommand(5, "cam?token=abc&n=1")],
    ["ffmpeg-5-get-stream-length", getStreamLengthCommand(4, "src")],
    ["ffmpeg-5-play", playCommand(5, { streamName: "src", start: -2000 })],
    ["gstreamer-1.22-play", playCommand(0, { streamName: "src", start: -2 })],
    ["rtmpdump-2.4-fc-subscribe", fcSubscribeCommand(3, "src")],
    [
      "rtmpdump-2.4-play-file",
      playCommand(3, { streamName: "clip.flv", start: 3000, duration: 2000 }),
    ],
    [
      "nginx-1.22-pull-play",
      playCommand(0, { streamName: "relayed", start: -2000, duration: -1000 }),
    ],
  ])("%s", (name, command) => {
    expect(encodeCommand(command)).toEqual(captured(name));
  });

  test("FCUnsubscribe names the stream", () => {
    expect(encodeCommand(fcUnsubscribeCommand(9, "key"))).toEqual(
      hex(
        "02 00 0d 46 43 55 6e 73 75 62 73 63 72 69 62 65 00 40 22 00 00 00 00 00 00 05 02 00 03 6b 65 79",
      ),
    );
  });

  test("closeStream has no arguments", () => {
    expect(encodeCommand(closeStreamCommand(0))).toEqual(
      hex("02 00 0b 63 6c 6f 73 65 53 74 72 65 61 6d 00 00 00 00 00 00 00 00 00 05"),
    );
  });

  test("publish tells the type that is asked for", () => {
    expect(publishCommand(1111, "k", "append").args).toEqual(["k", "append"]);
  });
});

describe("RTMP §7.2.2.1 play", () => {
  test.each<[Parameters<typeof playCommand>[1], AmfValue[]]>([
    [{ streamName: "k" }, ["k"]],
    [{ streamName: "k", start: undefined, duration: undefined, reset: undefined }, ["k"]],
    [{ streamName: "k", start: 0 }, ["k", 0]],
    [{ streamName: "k", duration: 2222 }, ["k", -2, 2222]],
    [{ streamName: "k", reset: false }, ["k", -2, -1, false]],
    [{ streamName: "k", start: -1, reset: true }, ["k", -1, -1, true]],
  ])("%j is asked by %j", (options, args) => {
    expect(playCommand(5, options)).toEqual({
      name: "play",
      transactionId: 5,
      commandObject: null,
      args,
    });
  });
});

describe("RTMP §7.2.1.2 call", () => {
  test("carries any name, arguments and command object", () => {
    expect(callCommand(1111, "setName", [1, null], { a: 1 })).toEqual({
      name: "setName",
      transactionId: 1111,
      commandObject: { a: 1 },
      args: [1, null],
    });
  });

  test("_checkbw of OBS is a call without arguments", () => {
    expect(encodeCommand(callCommand(5, "_checkbw"))).toEqual(captured("obs-29-checkbw"));
  });
});

describe("RTMP §7.2.1.3 the answer to createStream", () => {
  test("SRS names message stream 1", () => {
    const command = decodeCommand(captured("srs-7-create-stream-result"));
    expect(readCreateStreamResult(command)).toBe(1);
    expect(readCreateStreamResult(decodeCommand(vectors.createStreamResult))).toBe(1);
  });

  test("the null before the number may be missing", () => {
    const command = decodeCommand(
      hex("02 00 07 5f 72 65 73 75 6c 74 00 40 10 00 00 00 00 00 00 00 40 08 00 00 00 00 00 00"),
    );
    expect(readCreateStreamResult(command)).toBe(3);
  });

  test.each<[AmfValue[], number | undefined]>([
    [[0xffffffff], 0xffffffff],
    [["7"], 7],
    [[null, 7], 7],
    [[], undefined],
    [[undefined], undefined],
    [[{ level: "error" }], undefined],
    [[0], undefined],
    [[-1], undefined],
    [[1.5], undefined],
    [[2 ** 32], undefined],
    [[Number.NaN], undefined],
  ])("%j names message stream %s", (args, id) => {
    expect(readCreateStreamResult(answer(...args))).toBe(id);
  });
});
