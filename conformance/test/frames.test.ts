import type { OutgoingMessage } from "@rtmp/chunk";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { parseFrameMd5 } from "../src/frame-md5.ts";
import { type Frame, framesOf, placeOf, regressions } from "../src/frames.ts";

const frames = (text: string, ...times: number[]): Frame[] =>
  Array.from(text, (hash, index) => ({ dts: times[index] ?? 0, pts: 0, size: 1, hash }));

function message(typeId: number, timestamp: number, payload: string): OutgoingMessage {
  return { chunkStreamId: 4, messageStreamId: 1, typeId, timestamp, payload: hex(payload) };
}

describe("frames that should be part of a whole", () => {
  test.each([
    ["abcd", 0],
    ["cd", 2],
    ["aab", 4],
  ])("%s begins at %i of abcdaab", (part, place) => {
    expect(placeOf(frames(part), frames("abcdaab"))).toBe(place);
  });

  test.each([
    ["", "there are no frames"],
    ["abd", "they part after 2"],
    ["dd", "they part after 1"],
    ["xa", "not even the first occurs there"],
    ["abcdaabx", "they part after 0"],
  ])("%j is none of abcdaab", (part, text) => {
    expect(() => placeOf(frames(part), frames("abcdaab"))).toThrow(text);
  });

  test("a frame of another size is another frame", () => {
    const [frame] = frames("a");
    expect(() => placeOf([{ ...frame!, size: 2 }], frames("a"))).toThrow("not even the first");
  });

  test("time that goes back is found", () => {
    expect(regressions(frames("abcd", 1, 1, 3, 2))).toEqual([frames("cd", 3, 2)]);
  });
});

test("the list that ffmpeg writes is read by stream, side data and comments left out", () => {
  const list = `#format: frame checksums
#tb 0: 1/1000
#media_type 0: audio
#tb 1: 1/1000
#media_type 1: video
#stream#, dts,        pts, duration,     size, hash
1,        -44,         23,       33,     3248, c045, S=1,        8, 1f
0,          0,          0,       23,      191, f722
`;
  expect(parseFrameMd5(list)).toEqual({
    video: [{ dts: -44, pts: 23, size: 3248, hash: "c045" }],
    audio: [{ dts: 0, pts: 0, size: 191, hash: "f722" }],
  });
  expect(() => parseFrameMd5("#tb 0: 1/90000\n")).toThrow("not in milliseconds");
  expect(() => parseFrameMd5("0, 1, 1, 1, 1, c045\n")).toThrow("not understood");
});

test("AVC and AAC messages are read as ffmpeg reads them, sequence headers left out", () => {
  // The MD5 of the letter a.
  const hash = "0cc175b9c0f1b6a831c399e269772661";
  expect(
    framesOf([
      message(9, 40, "17 00 00 00 00 61"),
      message(9, 1111, "27 01 00 00 43 61"),
      message(9, 1155, "27 01 ff ff ff 61"),
      message(8, 40, "af 00 12 10"),
      message(8, 2222, "af 01 61"),
      message(18, 0, "02"),
    ]),
  ).toEqual({
    video: [
      { dts: 1111, pts: 1178, size: 1, hash },
      { dts: 1155, pts: 1154, size: 1, hash },
    ],
    audio: [{ dts: 2222, pts: 2222, size: 1, hash }],
  });
});
