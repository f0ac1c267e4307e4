import { type MediaPacket, readMediaPacket } from "@rtmp/flv";
import {
  type HubError,
  type MediaBatch,
  type Publication,
  StreamHub,
  type Subscriber,
  type Subscription,
} from "@rtmp/hub";
import { VirtualClock } from "@rtmp/testing";
import { ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { expect, test } from "vitest";

const name = "live/cam";
const limits = {
  graceMs: 1_000,
  gopCachePackets: 12,
  gopCacheMs: 2_000,
  skipAboveBytes: 1_000,
  maxSkipMs: 3_000,
};

type FrameName = "videoHeader" | "audioHeader" | "keyframe" | "interFrame" | "audioFrame";

const heads: Record<FrameName, number[]> = {
  videoHeader: [0x17, 0, 0, 0, 0],
  audioHeader: [0xaf, 0],
  keyframe: [0x17, 1, 0, 0, 0],
  interFrame: [0x27, 1, 0, 0, 0],
  audioFrame: [0xaf, 1],
};

/** What the publishers wrote, each packet with a number of its own behind its header. */
interface Written {
  readonly what: FrameName;
  readonly publication: number;
  /** The sequence header that it is to be decoded with. */
  readonly header: number | undefined;
  /** The video frame before it of the same publication. */
  readonly previousVideo: number | undefined;
}

class World {
  readonly clock = new VirtualClock(5_000);
  readonly hub: StreamHub;
  readonly written: Written[] = [];
  readonly players: Player[] = [];
  readonly #headers: Record<"audio" | "video", number | undefined> = {
    audio: undefined,
    video: undefined,
  };
  publication: Publication | undefined;
  #publications = 0;
  #lastVideo: number | undefined;
  #time = 0;

  readonly latency: "low" | "smooth";

  constructor(mergeWindowMs: number, latency: "low" | "smooth") {
    this.hub = new StreamHub({ clock: this.clock, limits, mergeWindowMs, latency });
    this.latency = latency;
  }

  publish(start: number): void {
    if (this.publication !== undefined) {
      throws(() => this.hub.publish(name), /is being published/);
      return;
    }
    this.publication = this.hub.publish(name);
    this.#publications++;
    this.#time = start;
    this.#lastVideo = undefined;
    this.#headers.audio = this.#headers.video = undefined;
  }

  end(how: "lost" | "closed"): void {
    this.publication?.end(how);
    this.publication = undefined;
  }

  write(what: FrameName, step: number): void {
    if (this.publication === undefined) return;
    const kind = what.startsWith("audio") ? "audio" : "video";
    const id = this.written.length;
    const isHeader = what.endsWith("Header");
    if (isHeader) this.#headers[kind] = id;
    this.written.push({
      what,
      publication: this.#publications,
      header: this.#headers[kind],
      previousVideo: this.#lastVideo,
    });
    if (kind === "video" && !isHeader) this.#lastVideo = id;
    // Publishers often send headers with time 0.
    if (!isHeader) this.#time = (this.#time + step) >>> 0;
    const body = Uint8Array.from([...heads[what], id >> 8, id & 0xff]);
    this.publication.write(readMediaPacket(kind, isHeader ? 0 : this.#time, body));
  }

  join(queuedBytes: number): void {
    const player = new Player(this, queuedBytes);
    player.seat = this.hub.subscribe(name, player);
    this.players.push(player);
  }

  player(index: number): Player | undefined {
    return this.players[index % Math.max(1, this.players.length)];
  }
}

/** Checks whatever it gets at once. */
class Player implements Subscriber {
  queuedBytes: number;
  seat: Subscription | undefined;
  gone = false;
  readonly #world: World;
  readonly #got = new Set<number>();
  readonly #headers: Record<string, number> = {};
  readonly #latest: Record<string, number> = {};
  #newest = -1;
  #isToldPublished: boolean | undefined;
  /** Was slow, or began with a picture instead of the whole GOP. */
  mayMiss: boolean;

  constructor(world: World, queuedBytes: number) {
    this.#world = world;
    this.queuedBytes = queuedBytes;
    this.mayMiss = queuedBytes > 0 || world.latency === "low";
  }

  onBatch(batch: MediaBatch, from: number): void {
    ok(!this.gone);
    for (const packet of batch.packets.slice(from)) this.#check(packet);
  }

  onPublish(): void {
    ok(!this.gone);
    ok(this.#isToldPublished !== true);
    this.#isToldPublished = true;
  }

  onUnpublish(): void {
    ok(!this.gone);
    ok(this.#isToldPublished !== false);
    this.#isToldPublished = false;
  }

  onEvict(cause: HubError): void {
    ok(!this.gone);
    ok(cause.code === "RTMP_ERR_SLOW_SUBSCRIBER");
    this.gone = true;
  }

  #check({ kind, body, timestamp }: MediaPacket): void {
    const id = (body.at(-2) ?? 0) * 256 + (body.at(-1) ?? 0);
    const written = this.#world.written[id];
    ok(written, "was written by a publisher");
    if (written.what.endsWith("Header")) {
      this.#headers[kind] = id;
      return;
    }

    const { what, header, previousVideo, publication } = written;
    ok(id > this.#newest, "order kept, nothing twice");
    ok(header === undefined || this.#headers[kind] === header, "behind its own header");
    const isWhole = what !== "interFrame" || previousVideo === undefined;
    ok(isWhole || this.#got.has(previousVideo), "behind the picture that it refers to");
    const latest = this.#latest[kind] ?? timestamp;
    ok(((timestamp - latest) | 0) >= 0, "not before another of its kind, as no publisher does");
    const isFirst = this.#world.written[this.#newest]?.publication !== publication;
    const isBehindHeader = this.#world.written[id - 1]?.what.endsWith("Header") ?? true;
    ok(
      this.mayMiss || isFirst || isBehindHeader || this.#newest === id - 1,
      "nothing is lost on a player that keeps up",
    );
    this.#got.add(id);
    this.#newest = id;
    this.#latest[kind] = timestamp;
  }
}

const frame = fc.constantFrom<FrameName>(
  "videoHeader",
  "audioHeader",
  "keyframe",
  "interFrame",
  "interFrame",
  "audioFrame",
  "audioFrame",
);

const action = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constant("write" as const), frame, fc.nat(300)) },
  { weight: 6, arbitrary: fc.tuple(fc.constant("flush" as const)) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant("publish" as const),
      fc.constantFrom(0, 1, 777_777, 0xffff_ff00, 3_000_000_000),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant("end" as const), fc.constantFrom("lost", "closed")),
  },
  { weight: 3, arbitrary: fc.tuple(fc.constant("join" as const), fc.constantFrom(0, 0, 1_001)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant("leave" as const), fc.nat(20)) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant("queue" as const),
      fc.nat(20),
      fc.constantFrom(0, 500, 501, 1_000, 1_001),
    ),
  },
  { weight: 3, arbitrary: fc.tuple(fc.constant("advance" as const), fc.nat(1_500)) },
);

function run(world: World, step: typeof action extends fc.Arbitrary<infer T> ? T : never): void {
  switch (step[0]) {
    case "write":
      return world.write(step[1], step[2]);
    case "flush":
      return world.publication?.flush();
    case "publish":
      return world.publish(step[1]);
    case "end":
      return world.end(step[1] === "lost" ? "lost" : "closed");
    case "join":
      return world.join(step[1]);
    case "leave": {
      const player = world.player(step[1]);
      player?.seat?.close();
      if (player !== undefined) player.gone = true;
      return;
    }
    case "queue": {
      const player = world.player(step[1]);
      if (player === undefined) return;
      player.queuedBytes = step[2];
      player.mayMiss ||= step[2] > 0;
      return;
    }
    case "advance":
      return world.clock.advance(step[1]);
  }
}

test.each([
  [0, "smooth"],
  [700, "smooth"],
  [0, "low"],
  [700, "low"],
] as const)(
  "whatever publishers and players do, each player gets a decodable stream in order and true notices (merged %d ms, %s)",
  (mergeWindowMs, latency) => {
    // A failure prints the seed and the shortest sequence of actions that was found.
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120, size: "max" }), (steps) => {
        const world = new World(mergeWindowMs, latency);
        for (const step of steps) run(world, step);

        for (const player of world.players) player.seat?.close();
        world.end("lost");
        expect(world.hub.stats()).toEqual([]);
        expect(world.clock.pending).toBe(0);
      }),
      { numRuns: 500 },
    );
  },
);
