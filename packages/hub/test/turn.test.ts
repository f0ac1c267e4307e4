import { defaultHubLimits } from "@rtmp/hub";
import type { MediaPacket } from "@rtmp/flv";
import { expect, test } from "vitest";
import { InitState } from "../src/init-state.ts";
import { PendingBatch } from "../src/pending-batch.ts";
import type { Turn } from "../src/turn.ts";
import { audioFrame, interFrame, keyframe, metadata, videoHeader } from "./packets.ts";

function turnOf(...packets: MediaPacket[]): Turn | undefined {
  const pending = new PendingBatch(new InitState(defaultHubLimits));
  for (const packet of packets) pending.add(packet);
  return pending.take();
}

test("what comes before the first keyframe, without the frames of video, is built once", () => {
  const packets = [videoHeader(0), audioFrame(1), interFrame(2), keyframe(3), audioFrame(4)];
  const turn = turnOf(...packets, keyframe(5));
  expect(turn?.keyframeIndex).toBe(3);
  expect(turn?.beforeVideo?.packets).toEqual(packets.slice(0, 2));
  expect(turn?.beforeVideo).toBe(turn?.beforeVideo);
});

test("without a keyframe all but the frames of video is left", () => {
  const turn = turnOf(videoHeader(0), interFrame(1), audioFrame(2), metadata(3));
  expect(turn?.keyframeIndex).toBeUndefined();
  expect(turn?.beforeVideo?.packets.map(({ timestamp }) => timestamp)).toEqual([0, 2, 3]);
});

test("a keyframe in front, or frames of video alone, leave nothing", () => {
  expect(turnOf(keyframe(0), audioFrame(1))?.beforeVideo).toBeUndefined();
  expect(turnOf(videoHeader(0), interFrame(0))?.beforeVideo?.packets.length).toBe(1);
  expect(turnOf(interFrame(0), interFrame(40))?.beforeVideo).toBeUndefined();
});

test("a place to start on audio alone is no keyframe", () => {
  const turn = turnOf(audioFrame(0), audioFrame(23));
  expect(turn?.first?.index).toBe(0);
  expect(turn?.keyframeIndex).toBeUndefined();
});

test("batches tell publications apart", () => {
  const pending = new PendingBatch(new InitState(defaultHubLimits));
  const publications = [1, 2].map(() => {
    pending.beginPublication();
    pending.add(audioFrame(0));
    pending.add(keyframe(0));
    const turn = pending.take();
    expect(turn?.beforeVideo?.publication).toBe(turn?.batch.publication);
    return turn?.batch.publication;
  });
  expect(publications).toEqual([1, 2]);
});
