import { describe, expect, test } from "vitest";
import { Timeline } from "../src/timeline.ts";

describe("one timeline for successive publishers", () => {
  test("the first publisher's timestamps pass unchanged, late starts and wraps included", () => {
    const timeline = new Timeline();
    expect(timeline.map(0, false, 0)).toBe(0);
    expect(timeline.map(16_777_890, true, 10)).toBe(16_777_890);
    expect(timeline.map(16_777_880, true, 11)).toBe(16_777_880);
    const wrapping = new Timeline();
    expect(wrapping.map(0xfffffff0, true, 0)).toBe(0xfffffff0);
    expect(wrapping.map(0x10, true, 32)).toBe(0x10);
  });

  test("the next publisher goes on as much later as time has passed, whatever its clock says", () => {
    for (const start of [0, 5, 777_777, 0xfffffff0]) {
      const timeline = new Timeline();
      timeline.map(10_000, true, 500);
      timeline.restart();
      expect(timeline.map(0, false, 3_500)).toBe(13_000);
      expect(timeline.map(start, true, 3_600)).toBe(13_100);
      expect(timeline.map((start + 40) >>> 0, true, 3_640)).toBe(13_140);
    }
  });

  test("a second kind of media that begins earlier does not reach back into the last publisher", () => {
    const timeline = new Timeline();
    timeline.map(10_000, true, 0);
    timeline.restart();
    expect(timeline.map(100, true, 0)).toBe(10_001);
    expect(timeline.map(60, true, 0)).toBe(10_001);
    expect(timeline.map(120, true, 0)).toBe(10_021);
  });

  test("a header with time 0 in the middle of a stream does not go back", () => {
    const timeline = new Timeline();
    timeline.map(50_000, true, 0);
    expect(timeline.map(0, false, 0)).toBe(50_000);
    expect(timeline.map(50_040, true, 40)).toBe(50_040);
  });

  test("a publisher whose clock begins anew goes on from where the stream stood", () => {
    const timeline = new Timeline();
    timeline.map(50_000, true, 0);
    expect(timeline.map(0, true, 40)).toBe(50_040);
    expect(timeline.map(33, true, 73)).toBe(50_073);
  });

  test("audio a little behind video passes unchanged", () => {
    const timeline = new Timeline();
    timeline.map(50_000, true, 0);
    expect(timeline.map(40_000, true, 0)).toBe(40_000);
  });

  test("data of another clock does not move the frames", () => {
    const timeline = new Timeline();
    timeline.map(1_000, true, 0);
    for (let i = 1; i <= 3; i++) {
      expect(timeline.map(1_700_000_000 + i, false, i)).toBe(1_000 + (i - 1) * 40);
      expect(timeline.map(1_000 + i * 40, true, i * 40)).toBe(1_000 + i * 40);
    }
  });

  test("a first frame late in the u32 range passes unchanged behind headers with time 0", () => {
    const timeline = new Timeline();
    expect(timeline.map(0, false, 0)).toBe(0);
    expect(timeline.map(3_000_000_000, true, 10)).toBe(3_000_000_000);
  });

  test("a publisher that sent only headers leaves no trace", () => {
    const timeline = new Timeline();
    timeline.map(0, false, 0);
    timeline.restart();
    expect(timeline.map(0, false, 5_000)).toBe(0);
    expect(timeline.map(777, true, 5_000)).toBe(777);
  });

  test("a later publisher may go on for longer than 2^31 ms", () => {
    const timeline = new Timeline();
    timeline.map(0, true, 0);
    timeline.restart();
    timeline.map(0, true, 9);
    const hour = 3_600_000;
    for (let time = hour; time < 2 ** 32; time += hour) {
      expect(timeline.map(time, true, time)).toBe(time + 9);
    }
  });

  test("the timeline wraps between two publishers", () => {
    const timeline = new Timeline();
    timeline.map(0xffff_ff00, true, 0);
    timeline.restart();
    expect(timeline.map(5_000, true, 0x200)).toBe(0x100);
    expect(timeline.map(5_040, true, 0x228)).toBe(0x128);
  });
});
