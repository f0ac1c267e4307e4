import { MessageTypeId } from "@rtmp/chunk";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { ChunkScript, type ScriptedMessage } from "./chunk-script.ts";
import { type TestPeer, TestServer } from "./served.ts";

const hour = 3_600_000;
const day = 24 * hour;
// Behind this the 24-bit field says that four more bytes follow: 4 h 39 min 37 s.
const extendedFrom = 0xffffff;
const wrapsAt = 2 ** 32;

/** Which messages a run has, and when. */
interface Run {
  readonly from: number;
  readonly to: number;
  /** Between two frames of video. */
  readonly stepMs: number;
  /** Frames of a GOP. */
  readonly gop: number;
}

const header = (typeId: number, at: number): ScriptedMessage => ({
  typeId,
  at,
  payload: typeId === MessageTypeId.Video ? hex("17 00 00 00 00 01") : hex("af 00 12 10"),
});

/** Video of 7 bytes at the step, audio of 5 bytes in the middle of each, both with a number. */
function* messages({ from, to, stepMs, gop }: Run): Generator<ScriptedMessage> {
  yield header(MessageTypeId.Video, from);
  yield header(MessageTypeId.Audio, from);
  for (let frame = 0; from + frame * stepMs <= to; frame++) {
    const at = from + frame * stepMs;
    const mark = [(frame >> 8) & 0xff, frame & 0xff];
    const kind = frame % gop === 0 ? 0x17 : 0x27;
    yield {
      typeId: MessageTypeId.Video,
      at,
      payload: Uint8Array.of(kind, 1, 0, 0, 0, ...mark),
    };
    yield {
      typeId: MessageTypeId.Audio,
      at: at + Math.floor(stepMs / 2),
      payload: Uint8Array.of(0xaf, 1, ...mark, 7),
    };
  }
}

/** A server with a publisher that has been granted `live/cam`, and a player that waits. */
function stage(script: ChunkScript): {
  readonly server: TestServer;
  readonly publisher: TestPeer;
  readonly player: TestPeer;
  readonly send: (message: ScriptedMessage) => void;
} {
  const server = new TestServer({ limits: { silentPublisherMs: Number.POSITIVE_INFINITY } });
  const player = server.player();
  const publisher = server.publisher();
  let now: number | undefined;
  return {
    server,
    publisher,
    player,
    send: (message) => {
      server.clock.advance(Math.max(0, message.at - (now ?? message.at)));
      now = message.at;
      publisher.client.sendRaw(script.write(message));
      publisher.settle();
    },
  };
}

const lineOf = (typeId: number, timestamp: number, payload: Uint8Array): string =>
  `${typeId} at ${timestamp}: ${[...payload].join(" ")}`;

/** What a player got, from a place in its list on. */
const got = (player: TestPeer, from = 0): string[] =>
  player.client
    .media()
    .slice(from)
    .map(({ typeId, timestamp, payload }) => lineOf(typeId, timestamp, payload));

const sent = (all: Iterable<ScriptedMessage>): string[] =>
  Array.from(all, ({ typeId, at, payload }) => lineOf(typeId, at % wrapsAt, payload));

const runs: readonly [name: string, run: Run][] = [
  [
    "25 frames a second over 4 h 39 min 37 s",
    { from: extendedFrom - 4_000, to: extendedFrom + 4_000, stepMs: 40, gop: 25 },
  ],
  [
    "25 frames a second over 2^32 ms",
    { from: wrapsAt - 4_000, to: wrapsAt + 4_000, stepMs: 40, gop: 25 },
  ],
  ["5 hours, a frame in ten seconds", { from: 0, to: 5 * hour, stepMs: 10_000, gop: 6 }],
  ["50 days, a frame in ten minutes", { from: 0, to: 50 * day, stepMs: 600_000, gop: 6 }],
  [
    "50 days, a frame in five hours, each step an extended one",
    { from: 0, to: 50 * day, stepMs: 5 * hour, gop: 6 },
  ],
];

describe.each(runs)("a stream of %s", (_name, run) => {
  test.each([
    [true, 4],
    [true, 128],
    [false, 4],
  ])(
    "arrives without a step or a stall (extension repeated: %s, chunks of %d)",
    (repeats, size) => {
      const script = new ChunkScript(size, repeats);
      const { publisher, player, send } = stage(script);
      publisher.client.setChunkSize(size);
      for (const message of messages(run)) send(message);
      expect(got(player)).toEqual(sent(messages(run)));
      const usesType3 = repeats || run.stepMs < extendedFrom;
      expect(script.used.map((count) => count > 0)).toEqual([true, true, true, usesType3]);
      expect(publisher.problems).toEqual([]);
      expect(player.client.closed).toBe(undefined);
    },
  );

  test("starts at the right time for a player that joins behind each keyframe", () => {
    const { server, publisher, send } = stage(new ChunkScript(128));
    const all = [...messages({ ...run, to: Math.min(run.to, run.from + run.stepMs * 200) })];
    for (const [index, message] of all.entries()) {
      send(message);
      const isKeyframe = message.typeId === MessageTypeId.Video && message.payload[0] === 0x17;
      if (!isKeyframe || message.payload[1] === 0 || run.stepMs * run.gop > 15_000) continue;
      const joiner = server.player();
      const at = message.at % wrapsAt;
      expect(got(joiner)).toEqual([
        lineOf(MessageTypeId.Video, at, header(MessageTypeId.Video, 0).payload),
        lineOf(MessageTypeId.Audio, at, header(MessageTypeId.Audio, 0).payload),
        lineOf(MessageTypeId.Video, at, message.payload),
      ]);
      expect(index).toBeGreaterThan(1);
      joiner.client.close();
      joiner.settle();
    }
    expect(publisher.problems).toEqual([]);
  });
});

test("a lost publisher that returns across 2^32 ms goes on behind what was", () => {
  const { server, publisher, player, send } = stage(new ChunkScript(128));
  const first = [...messages({ from: wrapsAt - 2_000, to: wrapsAt - 1_000, stepMs: 40, gop: 25 })];
  for (const message of first) send(message);
  const latest = player.client.media().at(-1)?.timestamp ?? 0;
  publisher.near.reset();
  server.settle();
  server.clock.advance(3_000);

  const before = player.client.media().length;
  const again = server.publisher();
  const script = new ChunkScript(128);
  for (const message of messages({ from: 0, to: 1_000, stepMs: 40, gop: 25 })) {
    again.client.sendRaw(script.write(message));
    again.settle();
  }
  const behind = player.client.media().slice(before);
  const differences = behind.map(({ timestamp }) => (timestamp - latest) | 0);
  expect(differences[0]).toBe(3_000);
  expect(differences.every((difference) => difference >= 3_000 && difference < 4_100)).toBe(true);
  expect(behind.some(({ timestamp }) => timestamp < 10_000)).toBe(true);
});
