import { type Publication, StreamHub, type StreamHubOptions } from "@rtmp/hub";
import type { MediaPacket } from "@rtmp/flv";
import { VirtualClock } from "@rtmp/testing";
import { describe, expect, test, vi } from "vitest";
import { QueueWatch } from "../src/queue-watch.ts";
import { audioFrame, audioHeader, interFrame, keyframe, videoHeader } from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

const name = "live/cam";
const limits = { skipAboveMs: 1_111, maxSkipMs: 2_222 };

function send(publication: Publication, ...packets: MediaPacket[]): void {
  for (const packet of packets) publication.write(packet);
  publication.flush();
}

/** A player behind a line that is as fast as the test says; each packet has 100 bytes on it. */
class Listener extends RecordingSubscriber {
  readonly skips: [queuedBytes: number, waitedMs: number][] = [];

  override onBatch(...[batch, from]: Parameters<RecordingSubscriber["onBatch"]>): void {
    this.queuedBytes += 100 * (batch.packets.length - from);
    super.onBatch(batch, from);
  }

  onSkip(queuedBytes: number, waitedMs: number): void {
    this.skips.push([queuedBytes, waitedMs]);
  }

  drain(bytes: number): void {
    this.queuedBytes = Math.max(0, this.queuedBytes - bytes);
  }
}

/** An audio stream of a packet each 100 ms. */
function radio(options: StreamHubOptions = {}) {
  const clock = new VirtualClock(5_000);
  const hub = new StreamHub({ clock, limits, ...options });
  const publication = hub.publish(name);
  const player = new Listener();
  const subscription = hub.subscribe(name, player);
  send(publication, audioHeader(0), audioFrame(0));
  let at = 0;
  const run = (times: number, drainedBytes: number): void => {
    for (let i = 0; i < times; i++) {
      player.drain(drainedBytes);
      clock.advance(100);
      send(publication, audioFrame((at += 100)));
    }
  };
  return { clock, hub, publication, player, subscription, run };
}

describe("skipAboveMs", () => {
  test("a player whose oldest byte waits for longer skips, however few bytes wait", () => {
    const { player, subscription, hub, run } = radio();
    run(12, 0);
    expect(player.skips).toEqual([]);
    run(1, 0);
    expect(player.skips).toEqual([[1_400, 1_200]]);
    expect(subscription.skips).toBe(1);
    expect(subscription.skippedPackets).toBe(1);
    expect(hub.stats()[0]).toMatchObject({ skips: 1, skippedPackets: 1, evicted: 0 });
  });

  test("it goes on when half of what waited has left, and then counts anew", () => {
    const { player, run } = radio();
    run(13, 0);
    expect(player.skips.length).toBe(1);
    const got = player.packets.length;
    run(1, 699);
    expect(player.packets.length).toBe(got);
    run(1, 1);
    expect(player.packets.length).toBe(got + 1);
    run(11, 0);
    expect(player.skips.length).toBe(1);
    run(1, 0);
    expect(player.skips.length).toBe(2);
  });

  test("it is given up when its queue gets no shorter", () => {
    const { player, hub, run } = radio();
    run(35, 0);
    expect(player.evicted).toBeUndefined();
    run(1, 0);
    expect(player.evicted?.code).toBe("RTMP_ERR_SLOW_SUBSCRIBER");
    expect(hub.stats()[0]).toMatchObject({ skips: 1, evicted: 1, subscribers: 0 });
  });

  test("a player that reads as fast as the stream comes, behind a long queue, is not slow", () => {
    const { player, run } = radio();
    run(10, 0);
    run(600, 100);
    expect(player.skips).toEqual([]);
  });

  test("nothing is kept of a player whose queue is empty when the next batch comes", () => {
    const mark = vi.spyOn(QueueWatch.prototype, "mark");
    const { run } = radio();
    run(50, 1_000);
    expect(mark).not.toHaveBeenCalled();
    run(2, 0);
    expect(mark).toHaveBeenCalled();
    mark.mockRestore();
  });

  test("a publisher that is silent for a while makes nobody slow who reads on", () => {
    const { clock, player, run } = radio();
    run(5, 0);
    player.queuedBytes = 0;
    clock.advance(60_000);
    run(5, 0);
    player.queuedBytes -= 600;
    clock.advance(900);
    run(1, 0);
    expect(player.skips).toEqual([]);
  });

  test.each([0, 0xffff_ff00, 2 ** 31])("timestamps that jump by %d are no matter", (jump) => {
    const { clock, publication, player } = radio();
    for (let i = 0; i < 50; i++) {
      player.drain(100);
      clock.advance(100);
      send(publication, audioFrame(((i % 2) * jump + i) >>> 0));
    }
    expect(player.skips).toEqual([]);
  });
});

/** A GOP that has been going on for so long, with a frame each 100 ms. */
function longGop(milliseconds: number) {
  const clock = new VirtualClock(5_000);
  const hub = new StreamHub({ clock, limits: { ...limits, gopCacheMs: 8_000 } });
  const publication = hub.publish(name);
  send(publication, videoHeader(0), keyframe(0));
  let at = 0;
  const live = (player?: Listener, drainedBytes = 0): void => {
    player?.drain(drainedBytes);
    clock.advance(100);
    send(publication, interFrame((at += 100)));
  };
  for (let i = 0; i < milliseconds / 100; i++) live();
  return { clock, hub, publication, live };
}

describe("the GOP that a player joins with", () => {
  test("may take as long to be read as it has lasted: a line a little faster than the stream is no slow one", () => {
    const { hub, live } = longGop(6_000);
    const player = new Listener();
    hub.subscribe(name, player);
    expect(player.queuedBytes).toBe(6_200);
    for (let i = 0; i < 300; i++) live(player, 125);
    expect(player.queuedBytes).toBeLessThanOrEqual(125);
    expect(player.skips).toEqual([]);
  });

  test("is no excuse for ever: who reads nothing skips", () => {
    const { hub, live } = longGop(6_000);
    const player = new Listener();
    hub.subscribe(name, player);
    for (let i = 0; i < 70; i++) live(player);
    expect(player.skips).toEqual([]);
    for (let i = 0; i < 10; i++) live(player);
    expect(player.skips.length).toBe(1);
  });

  test("is no excuse any more once it was read", () => {
    const { hub, live } = longGop(6_000);
    const player = new Listener();
    hub.subscribe(name, player);
    player.queuedBytes = 0;
    live(player);
    for (let i = 0; i < 14; i++) live(player);
    expect(player.skips.length).toBe(1);
  });

  test("counts no longer than the cache keeps one, whatever its timestamps say", () => {
    const { clock, hub, live, publication } = longGop(0);
    for (let i = 0; i < 10; i++) {
      clock.advance(60_000);
      send(publication, interFrame(0));
    }
    const player = new Listener();
    hub.subscribe(name, player);
    for (let i = 0; i < 100; i++) live(player);
    expect(player.skips.length).toBe(1);
  });
});

describe("bounds of a subscriber's own", () => {
  test("hold for it alone", () => {
    const { hub, player, run } = radio();
    const patient = new Listener();
    const impatient = new Listener();
    hub.subscribe(name, patient, { limits: hub.limitsFor({ skipAboveMs: 60_000 }) });
    hub.subscribe(name, impatient, { limits: hub.limitsFor({ skipAboveBytes: 250 }) });
    run(5, 0);
    expect(impatient.skips.map(([queuedBytes]) => queuedBytes)).toEqual([300]);
    run(15, 0);
    expect(player.skips.length).toBe(1);
    expect(patient.skips).toEqual([]);
  });

  test("are the hub's where they are left out, and one object for all who share one", () => {
    const hub = new StreamHub({ limits });
    const own = { maxSkipMs: 3_333 };
    expect(hub.limitsFor(own)).toEqual({
      skipAboveBytes: 4_194_304,
      skipAboveMs: 1_111,
      maxSkipMs: 3_333,
    });
    expect(hub.limitsFor(own)).toBe(hub.limitsFor(own));
    expect(hub.limitsFor()).toMatchObject({ skipAboveMs: 1_111, maxSkipMs: 2_222 });
    expect(hub.limitsFor()).toBe(hub.limitsFor());
  });

  test.each([{ skipAboveMs: -1 }, { skipAboveBytes: Number.NaN }, { maxSkipMs: -0.5 }])(
    "%o is refused by name",
    (own) => {
      const [limit = ""] = Object.keys(own);
      expect(() => new StreamHub().limitsFor(own)).toThrow(RangeError);
      expect(() => new StreamHub().limitsFor(own)).toThrow(limit);
      expect(() => new StreamHub({ limits: own })).toThrow(limit);
    },
  );
});

test("a player that leaves when it is told that it skips is not counted on", () => {
  const { player, subscription, run } = radio();
  player.onSkip = () => subscription.close();
  run(20, 0);
  expect(subscription.skips).toBe(1);
  expect(subscription.skippedPackets).toBe(0);
  expect(player.evicted).toBeUndefined();
});
