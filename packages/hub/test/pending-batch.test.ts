import { defaultHubLimits } from "@rtmp/hub";
import { describe, expect, test } from "vitest";
import { InitState } from "../src/init-state.ts";
import { PendingBatch } from "../src/pending-batch.ts";
import { audioFrame, audioHeader, interFrame, keyframe, metadata, videoHeader } from "./packets.ts";

/** Adds packets and returns the places where a decoder can start. */
function starts(...packets: ReturnType<typeof keyframe>[]): (number | undefined)[] {
  const pending = new PendingBatch(new InitState(defaultHubLimits));
  for (const packet of packets) pending.add(packet);
  const turn = pending.take();
  expect(turn?.batch.packets).toEqual(packets);
  expect(pending.take()).toBeUndefined();
  return [turn?.first?.index, turn?.last?.index];
}

test("a decoder can start with each keyframe", () => {
  expect(starts(audioFrame(0), keyframe(0), interFrame(1), keyframe(2), interFrame(3))).toEqual([
    1, 3,
  ]);
});

test("without video it can start with any audio frame, and with nothing else", () => {
  expect(starts(metadata(0), audioHeader(0), audioFrame(0), audioFrame(23))).toEqual([2, 3]);
  expect(starts(metadata(0), audioHeader(0), videoHeader(0))).toEqual([undefined, undefined]);
});

test("audio in front of the first video of the same batch is no place to start", () => {
  expect(starts(audioFrame(0), videoHeader(0))).toEqual([undefined, undefined]);
  expect(starts(audioFrame(0), videoHeader(0), keyframe(1))).toEqual([2, 2]);
});

test("when video stays away for longer than videoGapMs, audio is a place to start until it is back", () => {
  const gap = defaultHubLimits.videoGapMs;
  const stopped = [keyframe(0), audioFrame(5), audioFrame(gap + 5), audioFrame(gap + 6)];
  expect(starts(...stopped.slice(0, 3))).toEqual([0, 0]);
  expect(starts(...stopped)).toEqual([0, 3]);
  const back = [...stopped, interFrame(gap + 7), audioFrame(gap + 8)];
  expect(starts(...back)).toEqual([undefined, undefined]);
  expect(starts(...back, keyframe(gap + 9))).toEqual([6, 6]);
});

test("the gap of video is counted over the wrap of the timestamps", () => {
  const gap = defaultHubLimits.videoGapMs;
  const from = 2 ** 32 - 5;
  expect(starts(keyframe(from), audioFrame(from), audioFrame(gap - 5))).toEqual([0, 0]);
  expect(starts(keyframe(from), audioFrame(from), audioFrame(gap - 4))).toEqual([0, 2]);
});

test("audio whose clock is far from that of the video is no gap", () => {
  const ahead = [audioFrame(0), audioFrame(23)].map((packet, index) => ({
    ...packet,
    timestamp: 60_000 + index * 23,
  }));
  const [first = audioFrame(0), second = audioFrame(0)] = ahead;
  expect(starts(keyframe(0), first, interFrame(23), second, interFrame(46))).toEqual([0, 0]);
});

test("each place knows the headers that stood before it", () => {
  const pending = new PendingBatch(new InitState(defaultHubLimits));
  const [old, young] = [videoHeader(0, 0x01), videoHeader(2, 0x02)];
  for (const packet of [old, keyframe(1), young, keyframe(3)]) pending.add(packet);
  const turn = pending.take();
  expect(turn?.first?.init.batchAt(0)?.packets[0]?.body).toBe(old.body);
  expect(turn?.last?.init.batchAt(0)?.packets[0]?.body).toBe(young.body);
  expect(turn?.init.version).toBe(2);
});

test("a packet that configures too much is added all the same", () => {
  const pending = new PendingBatch(
    new InitState({ ...defaultHubLimits, maxSequenceStartBytes: 1 }),
  );
  expect(() => pending.add(videoHeader(0))).toThrow(
    expect.objectContaining({ code: "RTMP_ERR_SEQUENCE_START_TOO_LARGE" }),
  );
  expect(pending.take()?.batch.packets.length).toBe(1);
});

/** Whether a batch of these should not wait; one that was taken leaves nothing behind. */
function isUrgent(...packets: ReturnType<typeof keyframe>[]): boolean {
  const pending = new PendingBatch(new InitState(defaultHubLimits));
  for (const packet of packets) pending.add(packet);
  const { isUrgent: before } = pending;
  pending.take();
  expect([pending.isUrgent, pending.isEmpty]).toEqual([false, true]);
  return before;
}

describe("a batch that should not wait for more", () => {
  test("has a keyframe, wherever it stands", () => {
    expect(isUrgent(keyframe(0), audioFrame(1), interFrame(2))).toBe(true);
    expect(isUrgent(videoHeader(0), audioFrame(1), interFrame(2))).toBe(false);
    expect(isUrgent(audioHeader(0), audioFrame(1))).toBe(false);
    expect(isUrgent()).toBe(false);
  });

  test("has it also when video has stopped behind it", () => {
    const gap = defaultHubLimits.videoGapMs;
    expect(isUrgent(keyframe(0), audioFrame(1), audioFrame(gap + 2))).toBe(true);
  });

  test("or has 1,024 packets", () => {
    const packets = Array.from({ length: 1_024 }, (_, at) => audioFrame(at));
    expect(isUrgent(...packets)).toBe(true);
    expect(isUrgent(...packets.slice(1))).toBe(false);
  });
});
