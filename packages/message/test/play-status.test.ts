import { decodeData, encodeData, onDataStart, onPlayStatus, StatusCode } from "@rtmp/message";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { captured } from "./captured.ts";

describe("onPlayStatus", () => {
  test("Play.Complete is what nginx sends", () => {
    const message = onPlayStatus(StatusCode.PlayComplete, { durationSeconds: 0, bytes: 0 });
    expect(encodeData(message)).toEqual(captured("nginx-1.22-play-complete"));
  });

  test("what is not given is left out, more comes last", () => {
    const message = onPlayStatus(StatusCode.PlaySwitch, {
      bytes: 2222,
      properties: { details: "cam" },
    });
    expect(message.handler).toBe("onPlayStatus");
    expect(Object.entries(message.args[0] ?? {})).toEqual([
      ["code", "NetStream.Play.Switch"],
      ["level", "status"],
      ["bytes", 2222],
      ["details", "cam"],
    ]);
  });

  test("the level is that of the code, or the one given", () => {
    const { args } = onPlayStatus(StatusCode.PlayInsufficientBW);
    expect(args).toEqual([{ code: "NetStream.Play.InsufficientBW", level: "warning" }]);
    expect(onPlayStatus("X", { level: "error" }).args).toEqual([{ code: "X", level: "error" }]);
  });
});

test("Data.Start is a data message named onStatus", () => {
  const bytes = hex('02 0008 "onStatus" 03 0004 "code" 02 0014 "NetStream.Data.Start" 000009');
  expect(encodeData(onDataStart())).toEqual(bytes);
  expect(decodeData(bytes)).toEqual(onDataStart());
});
