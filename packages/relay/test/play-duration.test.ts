import { dataPacket, type MediaPacket, readMediaPacket } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { PlayDuration } from "../src/play-duration.ts";

const frame = (timestamp: number): MediaPacket =>
  readMediaPacket("audio", timestamp, hex("af 01 44"));
const header = (timestamp: number): MediaPacket =>
  readMediaPacket("video", timestamp, hex("17 00 00 00 00 11"));

describe("RTMP §7.2.2.1 the duration of a play", () => {
  test.each([
    [1, 1],
    [2.5, 2.5],
    [999, 999],
    [1_000, 1],
    [5_000, 5],
    [1_001, 1_001],
    [0, undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
  ])("%d on the wire is %s seconds", (duration, seconds) => {
    expect(new PlayDuration(duration).seconds).toBe(seconds);
  });

  test("ends with the first frame that is so much later than the first", () => {
    const duration = new PlayDuration(1);
    expect(duration.count([frame(7_000), frame(7_999)], 0)).toBe(2);
    expect(duration.count([frame(7_990), frame(8_000), frame(8_001)], 0)).toBe(1);
  });

  test("begins with the first packet that is asked for, and is no matter of headers and data", () => {
    const duration = new PlayDuration(1);
    const data = dataPacket(0, hex("02 00 01 61"));
    const early = [frame(0), header(0), data, frame(5_000)];
    expect(duration.count(early, 1)).toBe(4);
    expect(duration.count([header(60_000), data, frame(5_999)], 0)).toBe(3);
    expect(duration.count([header(60_000), frame(6_000)], 0)).toBe(1);
  });

  test("goes on over the wrap of the timestamps", () => {
    const duration = new PlayDuration(1);
    expect(duration.count([frame(2 ** 32 - 500), frame(499)], 0)).toBe(2);
    expect(duration.count([frame(500)], 0)).toBe(0);
  });

  test("does not count what an interruption leaves out", () => {
    const duration = new PlayDuration(1);
    duration.count([frame(0), frame(600)], 0);
    duration.interrupt();
    duration.interrupt();
    expect(duration.count([frame(90_000), frame(90_399), frame(90_400)], 0)).toBe(2);
  });

  test("without end never ends", () => {
    const duration = new PlayDuration(-1);
    expect(duration.count([frame(0), frame(2 ** 31 - 1)], 0)).toBe(2);
  });
});
