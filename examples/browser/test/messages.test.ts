import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import {
  audioConfiguration,
  audioFrame,
  avcConfiguration,
  avcFrame,
  opusHead,
  readWallClock,
  wallClockMessage,
} from "../src/messages.ts";

describe("video", () => {
  test("a configuration record is an AVC sequence header", () => {
    const message = avcConfiguration(1111, hex("01 42 c0 1e"));
    expect(message).toMatchObject({ kind: "video", timestamp: 1111 });
    expect(toHex(message.body)).toBe("17 00 00 00 00 01 42 c0 1e");
    expect(message.frames).toMatchObject([{ role: "sequence-start", codec: "avc1" }]);
  });

  test("frames say whether a decoder can start with them", () => {
    const keyframe = avcFrame(2222, true, hex("00 00 00 01 65"));
    expect(toHex(keyframe.body)).toBe("17 01 00 00 00 00 00 00 01 65");
    expect(keyframe.frames).toMatchObject([{ role: "coded-frames", keyframe: true }]);
    const other = avcFrame(2222, false, hex("00 00 00 01 41"));
    expect(toHex(other.body)).toBe("27 01 00 00 00 00 00 00 01 41");
    expect(other.frames).toMatchObject([{ keyframe: false, compositionTimeOffset: 0 }]);
  });
});

describe("audio", () => {
  test("AAC has the header that every player knows", () => {
    expect(toHex(audioConfiguration(0, "mp4a.40.2", hex("11 90")).body)).toBe("af 00 11 90");
    expect(toHex(audioFrame(1111, "mp4a.40.2", hex("21")).body)).toBe("af 01 21");
  });

  test("Opus has that of Enhanced RTMP", () => {
    const configuration = audioConfiguration(0, "opus", hex("4f 70"));
    expect(toHex(configuration.body)).toBe("90 4f 70 75 73 4f 70");
    const frame = audioFrame(1111, "opus", hex("fc"));
    expect(toHex(frame.body)).toBe("91 4f 70 75 73 fc");
    expect(frame.frames).toMatchObject([{ role: "coded-frames", codec: "Opus" }]);
  });

  test("an OpusHead is made where an encoder gives none", () => {
    expect(toHex(opusHead(2, 44_100))).toBe(
      "4f 70 75 73 48 65 61 64 01 02 38 01 44 ac 00 00 00 00 00",
    );
  });
});

describe("the wall clock", () => {
  // "onWallClock" and the number 1.
  const body = "02 00 0b 6f 6e 57 61 6c 6c 43 6c 6f 63 6b 00 3f f0 00 00 00 00 00 00";

  test("is a data message", () => {
    const message = wallClockMessage(1111, 1);
    expect(message).toMatchObject({ kind: "data", timestamp: 1111 });
    expect(toHex(message.body)).toBe(body);
    expect(readWallClock(hex(body))).toBe(1);
  });

  test("is not read out of another message", () => {
    expect(readWallClock(hex("02 00 01 61 00 3f f0 00 00 00 00 00 00"))).toBeUndefined();
    expect(readWallClock(hex("02 00 0b 6f 6e 57 61 6c 6c 43 6c 6f 63 6b 05"))).toBeUndefined();
  });
});
