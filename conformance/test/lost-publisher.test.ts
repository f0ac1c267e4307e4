import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { MessageTypeId } from "@rtmp/chunk";
import type { ReceivedMessage, ScriptedClient } from "@rtmp/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Child, ChildExit } from "../src/child.ts";
import { encodeTestVideo, listedFrames, listFrames } from "../src/ffmpeg.ts";
import { findFlvRecorders } from "../src/flv-recorder.ts";
import {
  type Frame,
  type Frames,
  framesOf,
  frameKinds,
  isKeyframe,
  isSame,
  isSequenceHeader,
  placeOf,
  regressions,
} from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import { Stage } from "../src/stage.ts";
import { mediaFrom } from "../src/tcp-client.ts";

const lostAfterMs = 2_500;
const gapMs = 2_000;
const unpublishNotify = "NetStream.Play.UnpublishNotify";
const streamEof = "00 01 00 00 00 01";

const recorders = findFlvRecorders();
const proofs = {
  ffmpeg: interop.live("ffmpeg", "lost-publisher"),
  rtmpdump: interop.live("rtmpdump", "play", "lost-publisher"),
  "gst-launch-1.0": interop.live("gstreamer", "play", "lost-publisher"),
};

let stage: Stage;
let client: ScriptedClient;
let sources: { readonly first: Frames; readonly second: Frames };
/** How many messages the client had: when the publisher was lost, when the next came, when that one had ended. */
let marks: { readonly lost: number; readonly back: number; readonly ended: number };
let nextExit: ChildExit;
/** What ran when the second publisher came. */
let stayed: string[];
let listed: Frames;
const recorded = new Map<string, Frames>();

beforeAll(async () => {
  stage = await Stage.open();
  const first = await encodeTestVideo(stage.folder, { seconds: 5 });
  const second = await encodeTestVideo(stage.folder, { seconds: 3, look: "second" });
  sources = {
    first: await listedFrames(listFrames(first)),
    second: await listedFrames(listFrames(second)),
  };

  client = await stage.play("cam");
  const players = await startPlayers();
  const publisher = stage.publish(first, "cam");
  await mediaFrom(client, lostAfterMs);
  publisher.kill("SIGKILL");
  await stage.server.waitForLog({ msg: "publish ended", stream: "live/cam", end: "lost" });
  const lost = client.received.length;

  await delay(gapMs);
  const back = client.received.length;
  stayed = [...players].filter(([, { running }]) => running).map(([name]) => name);
  const next = stage.publish(second, "cam");
  nextExit = await next.exited;
  await client.waitForCode(unpublishNotify);
  marks = { lost, back, ended: client.received.length };
  await collect(players);
}, 60_000);
afterAll(() => stage.close());

/** Starts ffmpeg and every recorder that is installed, each once the one before plays. */
async function startPlayers(): Promise<Map<string, Child>> {
  const players = new Map([["ffmpeg", await stage.list("cam")]]);
  for (const recorder of recorders) {
    if (!recorder.installed) continue;
    const { name } = recorder;
    const from = stage.server.log.length;
    players.set(name, stage.keep(recorder.start(stage.url("cam"), recordingOf(name))));
    await stage.playing("cam", from);
  }
  return players;
}

/** Waits for the players, which the clean end sends home; one that stays is told to end. */
async function collect(players: ReadonlyMap<string, Child>): Promise<void> {
  for (const [name, child] of players) {
    if (name === "ffmpeg") {
      listed = await listedFrames(child);
      continue;
    }
    await Promise.race([child.exited, delay(3_000)]);
    child.kill("SIGINT");
    await child.exited;
    recorded.set(name, await listedFrames(listFrames(recordingOf(name))));
  }
}

/** What the client had when the second publication had ended. */
function untilEnd(): ReceivedMessage[] {
  return client.received.slice(0, marks.ended);
}

/** @throws Error when the player is not installed */
function recordedBy(name: string): Frames {
  const frames = recorded.get(name);
  if (frames === undefined) throw new Error(`${name} recorded nothing: it is not installed`);
  return frames;
}

function recordingOf(name: string): string {
  return join(stage.folder, `${name}.flv`);
}

/** What a player got of both publications. */
interface Reunion {
  /** Frames of the lost publisher, from its first on, without a gap. */
  readonly before: readonly Frame[];
  /** How many frames of the next publisher are missing at its end. */
  readonly missing: number;
}

/**
 * Takes frames apart into those of the lost publisher and those of the next.
 *
 * @throws Error when there are others, or a gap
 */
function reunion(got: readonly Frame[], kind: (typeof frameKinds)[number]): Reunion {
  const first = sources.first[kind];
  const second = sources.second[kind];
  const split = got.findIndex((frame, index) => !isSame(frame, first[index]));
  const after = got.slice(split);
  if (placeOf(after, second) !== 0) throw new Error("the first frame of the next is missing");
  return { before: got.slice(0, split), missing: second.length - after.length };
}

function durationOf(frames: readonly Frame[]): number {
  return (frames.at(-1)?.dts ?? 0) - (frames[0]?.dts ?? 0);
}

function isStreamEof({ typeId, payload }: ReceivedMessage): boolean {
  const bytes = Buffer.from(streamEof.replaceAll(" ", ""), "hex");
  return typeId === MessageTypeId.UserControl && bytes.equals(payload);
}

describe("while the publisher is away", () => {
  test("players are told nothing and get nothing", () => {
    const told = client.received.slice(marks.lost, marks.back);
    expect(told.filter(({ typeId }) => typeId !== MessageTypeId.UserControl)).toEqual([]);
    expect(told.filter(isStreamEof)).toEqual([]);
  });

  test("players stay", () => {
    const expected = recorders.filter(({ installed }) => installed).map(({ name }) => name);
    expect(stayed).toEqual(["ffmpeg", ...expected]);
    expect(client.closed).toBeUndefined();
  });

  test("its name is free at once", () => {
    const starts = stage.server.log.filter(
      ({ msg, stream }) => msg === "publish started" && stream === "live/cam",
    );
    expect(starts).toHaveLength(2);
    expect(nextExit).toEqual({ code: 0, signal: null });
    expect(stage.server.log.filter(({ code }) => code === "RTMP_ERR_NAME_IN_USE")).toEqual([]);
  });
});

describe("after it came back", () => {
  const always = { takesPart: true, note: "", mayMiss: 0 };
  const players = [
    { ...always, name: "a scripted client", meta: {}, frames: () => framesOf(untilEnd()) },
    { ...always, name: "ffmpeg", meta: proofs.ffmpeg, frames: () => listed },
    ...recorders.map((recorder) => ({
      ...recorder,
      meta: proofs[recorder.name],
      frames: () => recordedBy(recorder.name),
    })),
  ];
  for (const { name, meta, frames, takesPart, note, mayMiss } of players) {
    test.skipIf(!takesPart).each(frameKinds)(
      `${name} has the %s frames of both publications${note}`,
      { meta },
      (kind) => {
        const got = frames()[kind];
        const { before, missing } = reunion(got, kind);
        expect(durationOf(before)).toBeGreaterThan(lostAfterMs - 500);
        expect(missing).toBeLessThanOrEqual(mayMiss);
        expect(regressions(got)).toEqual([]);
      },
    );
  }

  test("new sequence headers come before its first frame, which is a keyframe", () => {
    const media = client.received.slice(marks.back, marks.ended).filter(isAudioOrVideo);
    const first = media.findIndex((message) => framesOf([message]).video.length > 0);
    expect(isKeyframe(media[first]!)).toBe(true);
    const headers = media.slice(0, first).filter(isSequenceHeader);
    expect(new Set(headers.map(({ typeId }) => typeId))).toEqual(
      new Set([MessageTypeId.Audio, MessageTypeId.Video]),
    );
  });

  test("time has gone on by as much as has passed", () => {
    const before = client.received.slice(0, marks.lost).findLast(isAudioOrVideo)!;
    const after = client.received.slice(marks.back).find(isKeyframe)!;
    const elapsed = after.at - before.at;
    expect(after.timestamp - before.timestamp).toBeGreaterThan(elapsed - 1_000);
    expect(after.timestamp - before.timestamp).toBeLessThan(elapsed + 1_000);
  });
});

describe("after the clean end", () => {
  test("the client is told Stream EOF and UnpublishNotify, once", () => {
    const told = client.received.slice(marks.back, marks.ended);
    expect(told.filter(isStreamEof)).toHaveLength(1);
    expect(told.filter(({ code }) => code === unpublishNotify)).toHaveLength(1);
    expect(client.closed).toBeUndefined();
  });

  test("the same play gets a third publication, and its time goes on", async () => {
    const from = marks.ended;
    const last = client.media().at(-1)!;
    const third = stage.publish(join(stage.folder, "second-3s.flv"), "cam");
    await client.waitForCode("NetStream.Play.PublishNotify", { from });
    const keyframe = await client.waitFor(isKeyframe, { from });
    await client.waitFor((message) => message.timestamp > keyframe.timestamp + 500, { from });
    third.kill("SIGINT");
    await third.exited;

    const media = client.received.slice(from).filter(isAudioOrVideo);
    const introduction = media.slice(0, media.indexOf(keyframe));
    expect(introduction.filter(isSequenceHeader).length).toBeGreaterThanOrEqual(2);
    const got = framesOf(media);
    expect(got.video[0]!.dts).toBeGreaterThan(last.timestamp);
    for (const kind of frameKinds) {
      expect(placeOf(got[kind], sources.second[kind])).toBe(0);
      expect(regressions(got[kind])).toEqual([]);
    }
  }, 15_000);
});

function isAudioOrVideo({ typeId }: ReceivedMessage): boolean {
  return typeId === MessageTypeId.Audio || typeId === MessageTypeId.Video;
}
