import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { readPlayStatus } from "../../src/client/play-status.ts";

const complete = toHex(
  hex(
    `02 000c "onPlayStatus" 03 0005 "level" 02 0006 "status" 0004 "code" 02 0017 "NetStream.Play.Complete" 0000 09`,
  ),
);

describe("a data message", () => {
  test.each([
    ["of type 18", complete, false],
    ["of type 15", `00 ${complete}`, true],
    ["of type 15 without its format byte", complete, true],
  ])("%s that says onPlayStatus has a status", (_type, payload, amf3) => {
    expect(readPlayStatus(hex(payload), amf3)).toMatchObject({
      code: "NetStream.Play.Complete",
      level: "status",
    });
  });

  test.each([
    ["onMetaData", hex(`02 000a "onMetaData" 05`)],
    ["nothing", new Uint8Array(0)],
    ["a number", hex("00 3f f0 00 00 00 00 00 00")],
  ])("that says %s has none", (_what, payload) => {
    expect(readPlayStatus(payload, false)).toBe(undefined);
  });

  test("that is cut anywhere in front of its end has none, and is no error", () => {
    const whole = hex(complete);
    // Without the end marker of its object it can still be read.
    for (let length = 0; length < whole.length - 3; length++) {
      expect(readPlayStatus(whole.subarray(0, length), false)).toBe(undefined);
    }
  });
});
