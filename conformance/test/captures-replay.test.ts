/** Every publisher that was captured, replayed without a socket: what reaches players that waited, and one that is late. */

import { readdirSync } from "node:fs";

import { describe, expect, test } from "vitest";

import {
  captureFolder,
  type CapturedMessage,
  type CapturedPublisher,
  readCapturedPublisher,
} from "../src/captured-publisher.ts";
import { InProcessServer, mediaLine, type Peer, streamLines } from "../src/in-process-server.ts";
import { text } from "../src/wire-bytes.ts";
import { connect, createStream, play } from "../src/wire-commands.ts";

const audio = 8;
const video = 9;
const data = 18;

const names = readdirSync(captureFolder)
  .filter((file) => /-(?:publish|push)-/.test(file) && !file.includes("-play-"))
  .filter((file) => file.endsWith(".c2s.bin"))
  .map((file) => file.slice(0, -".c2s.bin".length));

/** Where a decoder can start: keyframes of track 0, and AAC frames as long as there has been no video. */
function startsOf(sent: readonly CapturedMessage[]): number[] {
  const firstVideo = sent.findIndex(({ typeId }) => typeId === video);
  return sent.flatMap(({ typeId, payload: [first = 0, second] }, index) => {
    const isBefore = firstVideo === -1 || index < firstVideo;
    const isSound = typeId === audio && isBefore && first === 0xaf && second === 1;
    const isEnhanced = first === 0x91 || first === 0x93;
    const isKeyframe = typeId === video && (isEnhanced || (first === 0x17 && second === 1));
    return isSound || isKeyframe ? [index] : [];
  });
}

/** Whether a message is a sequence header, of any track. */
function isHeader({ typeId, payload: [first = 0, second = 0] }: CapturedMessage): boolean {
  if (typeId === data) return false;
  if (first === 0x17 || first === 0xaf) return second === 0;
  const isMultitrack = first === (typeId === video ? 0x96 : 0x95);
  return isMultitrack ? (second & 0x0f) === 0 : first === 0x90;
}

/** What a player is to get of a message. */
function playedLine({ typeId, timestamp, payload }: CapturedMessage): string {
  if (typeId !== data) return mediaLine(typeId, timestamp, payload);
  // Behind "@setDataFrame", at the time that metadata has everywhere.
  const order = text("@setDataFrame");
  const isOrder = Buffer.from(order).equals(payload.subarray(0, order.length));
  return mediaLine(typeId, 0, isOrder ? payload.subarray(order.length) : payload);
}

/** Sends a part of a capture, each message by itself. */
function say(
  publisher: { say(...bytes: Uint8Array[]): void },
  { bytes, sent }: CapturedPublisher,
  from = 0,
  to = bytes.length,
): void {
  const cuts = sent.map(({ at }) => at).filter((at) => at > from && at < to);
  for (const [index, cut] of [...cuts, to].entries()) {
    publisher.say(bytes.slice(cuts[index - 1] ?? from, cut));
  }
}

function playerOf(server: InProcessServer, streamPath: string): Peer {
  const [app = "", name = ""] = streamPath.split("/");
  const player = server.open();
  player.say(connect({ app: text(app) }), createStream, play(name));
  return player;
}

/** Under which name the server publishes a capture. */
function streamPathOf(capture: CapturedPublisher): string {
  const publisher = new InProcessServer().openBare();
  say(publisher, capture);
  const [first = ""] = publisher.events;
  return first.replace("publish ", "");
}

describe.each(names)("%s", (name) => {
  const capture = readCapturedPublisher(name);
  const { sent } = capture;
  const starts = startsOf(sent);
  const streamPath = streamPathOf(capture);

  /** Sees that a player got every header, none of them twice, and then everything from a message on. */
  function expectFrom(player: Peer, index: number): void {
    const expected = sent.slice(index).map(playedLine);
    const got = streamLines(player);
    const headers = got.slice(0, got.length - expected.length);
    expect(got.slice(headers.length)).toEqual(expected);

    const timestamp = sent[index]?.timestamp ?? 0;
    const before = sent.slice(0, index).map((message) => ({ ...message, timestamp }));
    for (const header of headers) expect(before.map(playedLine)).toContain(header);
    for (const header of before.filter(isHeader)) expect(headers).toContain(playedLine(header));
    expect(new Set(headers).size).toBe(headers.length);
  }

  test("a player that waited gets everything from the first place to start, unchanged", () => {
    const server = new InProcessServer();
    const player = playerOf(server, streamPath);
    const publisher = server.openBare();
    say(publisher, capture);
    expect(publisher.problems).toEqual([]);
    expectFrom(player, starts[0] ?? -1);
  });

  test("a late player gets everything from the last keyframe on that was there, unchanged", () => {
    const server = new InProcessServer();
    const publisher = server.openBare();
    const joinAt = sent[Math.floor(sent.length * 0.7)]?.at ?? 0;
    say(publisher, capture, 0, joinAt);
    const player = playerOf(server, streamPath);
    say(publisher, capture, joinAt);

    expect(publisher.problems).toEqual([]);
    // Sound alone is not cached: whatever comes next can be the first.
    const hasVideo = sent.some(({ typeId }) => typeId === video);
    const there = starts.filter((index) => (sent[index]?.at ?? 0) < joinAt);
    const next = starts.find((index) => (sent[index]?.at ?? 0) >= joinAt);
    expectFrom(player, (hasVideo ? there.at(-1) : next) ?? -1);
  });
});
