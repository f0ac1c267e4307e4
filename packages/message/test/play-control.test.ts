import type { AmfValue } from "@rtmp/amf";
import { EcmaArray } from "@rtmp/amf";
import {
  encodeCommand,
  MessageError,
  pauseCommand,
  play2Command,
  readPause,
  readPlay2,
  readReceive,
  readSeek,
  receiveAudioCommand,
  receiveVideoCommand,
  seekCommand,
} from "@rtmp/message";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

function command(name: string, ...args: AmfValue[]) {
  return { name, transactionId: 5, commandObject: null, args };
}

function refusal(code: string, commandName: string) {
  return expect.objectContaining({ code, fault: "rejected", commandName, transactionId: 5 });
}

describe("RTMP §7.2.2.2 play2", () => {
  test("names are those of Flash, and what is not given is left out", () => {
    const switching = play2Command(0, { streamName: "b", oldStreamName: "a", length: 2222 });
    expect(encodeCommand(switching)).toEqual(
      hex(`
        02 00 05 70 6c 61 79 32 00 00 00 00 00 00 00 00 00 05 03
        00 0a 73 74 72 65 61 6d 4e 61 6d 65 02 00 01 62
        00 0d 6f 6c 64 53 74 72 65 61 6d 4e 61 6d 65 02 00 01 61
        00 03 6c 65 6e 00 40 a1 5c 00 00 00 00 00
        00 00 09
      `),
    );
  });

  test("everything comes in the order of the request", () => {
    const { args } = play2Command(1111, {
      transition: "swap",
      offset: 3,
      length: 2,
      start: 1,
      oldStreamName: "a",
      streamName: "b",
    });
    expect(Object.entries(args[0] ?? {})).toEqual([
      ["streamName", "b"],
      ["oldStreamName", "a"],
      ["start", 1],
      ["len", 2],
      ["offset", 3],
      ["transition", "swap"],
    ]);
  });

  test("every field is read", () => {
    const options = {
      streamName: "b",
      oldStreamName: "a",
      start: 1111,
      len: 2222,
      offset: 3333,
      transition: "appendAndWait",
    };
    expect(readPlay2(command("play2", options))).toEqual({
      streamName: "b",
      oldStreamName: "a",
      start: 1111,
      length: 2222,
      offset: 3333,
      transition: "appendAndWait",
    });
  });

  test("what is left out has its default", () => {
    expect(readPlay2(command("play2", { streamName: "b" }))).toEqual({
      streamName: "b",
      oldStreamName: "",
      start: -2,
      length: -1,
      offset: -1,
      transition: "reset",
    });
  });

  test("an ECMA array, numbers as text, and names in another letter case will do", () => {
    const options = new EcmaArray({ streamname: "b", LEN: "7", start: "x", offset: Number.NaN });
    expect(readPlay2(command("play2", null, options))).toMatchObject({
      streamName: "b",
      length: 7,
      start: -2,
      offset: -1,
    });
  });

  test("length spelled out counts too", () => {
    expect(readPlay2(command("play2", { streamName: "b", length: 9 })).length).toBe(9);
  });

  test.each([
    ["switch", "", "switch"],
    ["APPENDANDWAIT", "", "appendAndWait"],
    ["resume", "a", "resume"],
    ["stop", "a", "stop"],
    ["append", "a", "append"],
    ["other", "a", "switch"],
    ["", "a", "switch"],
    ["other", "", "reset"],
  ])("transition %j away from %j means %s", (transition, oldStreamName, read) => {
    const options = { streamName: "b", oldStreamName, transition };
    expect(readPlay2(command("play2", options)).transition).toBe(read);
  });

  test.each<[string, AmfValue[]]>([
    ["no object", []],
    ["a string", ["b"]],
    ["an object without a name", [{ oldStreamName: "a" }]],
    ["an empty name", [{ streamName: "" }]],
    ["a name of another kind", [{ streamName: { a: 1 } }]],
  ])("%s is refused, and the peer can be told", (_, args) => {
    const act = () => readPlay2(command("play2", ...args));
    expect(act).toThrow(MessageError);
    expect(act).toThrow(refusal("RTMP_ERR_NO_STREAM_NAME", "play2"));
  });
});

describe("RTMP §7.2.2.7 seek", () => {
  test("goes to a time in milliseconds", () => {
    expect(encodeCommand(seekCommand(3, 1111))).toEqual(
      hex("02 00 04 73 65 65 6b 00 40 08 00 00 00 00 00 00 05 00 40 91 5c 00 00 00 00 00"),
    );
  });

  test.each<[AmfValue, number]>([
    [0, 0],
    [1111.5, 1111.5],
    ["2222", 2222],
    [-1, 0],
  ])("%j goes to %d", (sent, milliseconds) => {
    expect(readSeek(command("seek", sent))).toBe(milliseconds);
  });

  test.each<[AmfValue]>([[null], [undefined], ["soon"], [Number.NaN], [{}]])(
    "%j is no time, and the peer can be told",
    (sent) => {
      const act = () => readSeek(command("seek", sent));
      expect(act).toThrow(MessageError);
      expect(act).toThrow(refusal("RTMP_ERR_BAD_ARGUMENT", "seek"));
    },
  );

  test("seek without an argument is refused", () => {
    expect(() => readSeek(command("seek"))).toThrow(refusal("RTMP_ERR_BAD_ARGUMENT", "seek"));
  });
});

describe("RTMP §7.2.2.8 pause", () => {
  test("tells whether and where", () => {
    expect(encodeCommand(pauseCommand(0, true, 1111))).toEqual(
      hex("02 00 05 70 61 75 73 65 00 00 00 00 00 00 00 00 00 05 01 01 00 40 91 5c 00 00 00 00 00"),
    );
  });

  test.each<[AmfValue[], boolean, number]>([
    [[true, 1111], true, 1111],
    [[false, 2222], false, 2222],
    [[1, "3333"], true, 3333],
    [[0], false, 0],
    [["false"], false, 0],
    [["true", -1], true, 0],
    [[], true, 0],
    [[null, null], true, 0],
    [[true, Number.NaN], true, 0],
  ])("%j is read", (args, paused, milliseconds) => {
    expect(readPause(command("pauseRaw", ...args))).toEqual({ paused, milliseconds });
  });
});

describe("RTMP §7.2.2.4, §7.2.2.5 receiveAudio and receiveVideo", () => {
  test("tell whether media is wanted", () => {
    expect(encodeCommand(receiveAudioCommand(0, false))).toEqual(
      hex("02 00 0c 72 65 63 65 69 76 65 41 75 64 69 6f 00 00 00 00 00 00 00 00 00 05 01 00"),
    );
    expect(encodeCommand(receiveVideoCommand(0, true))).toEqual(
      hex("02 00 0c 72 65 63 65 69 76 65 56 69 64 65 6f 00 00 00 00 00 00 00 00 00 05 01 01"),
    );
  });

  test.each<[AmfValue, boolean]>([
    [true, true],
    [false, false],
    [1, true],
    [0, false],
    ["0", false],
    ["FALSE", false],
    [undefined, true],
    [null, true],
    [{}, true],
  ])("%j means %s", (sent, flag) => {
    expect(readReceive(command("receiveAudio", sent))).toBe(flag);
  });
});
