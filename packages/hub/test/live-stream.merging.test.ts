import { type Publication, StreamHub, type StreamHubOptions } from "@rtmp/hub";
import { type MediaPacket, readMediaPacket } from "@rtmp/flv";
import { VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { audioFrame, audioHeader, interFrame, keyframe, videoHeader } from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

const name = "live/cam";

function send(publication: Publication, ...packets: MediaPacket[]): void {
  for (const packet of packets) publication.write(packet);
  publication.flush();
}

/** A stream that merges for 50 ms and has sent its first keyframe, and a player of it. */
function mergingHub(options: StreamHubOptions = {}) {
  const clock = new VirtualClock(1_000);
  const hub = new StreamHub({ clock, mergeWindowMs: 50, ...options });
  const publication = hub.publish(name);
  const player = new RecordingSubscriber();
  const subscription = hub.subscribe(name, player);
  send(publication, videoHeader(0), keyframe(0));
  const from = player.batches.length;
  const batches = () => player.batches.slice(from).map(({ packets }) => packets.length);
  return { clock, hub, publication, player, subscription, batches };
}

/** An inter frame whose message has so many bytes. */
function large(bytes: number): MediaPacket {
  const body = new Uint8Array(bytes);
  body.set([0x27, 1]);
  return readMediaPacket("video", 40, body);
}

describe("a merge window", () => {
  test("begins with its first packet, and all that came in it is one batch", () => {
    const { clock, publication, batches } = mergingHub();
    clock.advance(1_111);
    send(publication, interFrame(40));
    clock.advance(20);
    send(publication, audioFrame(50), interFrame(60));
    clock.advance(29);
    expect(batches()).toEqual([]);
    clock.advance(1);
    expect(batches()).toEqual([3]);

    send(publication, interFrame(100));
    clock.advance(49);
    expect(batches()).toEqual([3]);
    clock.advance(1);
    expect(batches()).toEqual([3, 1]);
  });

  test("needs no timer while nothing waits", () => {
    const { clock, publication } = mergingHub();
    expect(clock.pending).toBe(0);
    send(publication, interFrame(40));
    send(publication, interFrame(80));
    expect(clock.pending).toBe(1);
    clock.advance(50);
    expect(clock.pending).toBe(0);
    publication.flush();
    expect(clock.pending).toBe(0);
  });

  test("ends early with a keyframe, in one batch with what waited before it", () => {
    const { clock, publication, player, batches } = mergingHub();
    send(publication, interFrame(40));
    clock.advance(10);
    send(publication, audioFrame(50), keyframe(80), interFrame(81));
    expect(batches()).toEqual([4]);
    expect(clock.pending).toBe(0);
    send(publication, interFrame(120));
    clock.advance(49);
    expect(batches()).toEqual([4]);
    clock.advance(1);
    expect(batches()).toEqual([4, 1]);
    expect(player.log.slice(2)).toEqual([
      "video coded-frames 40",
      "audio coded-frames 50",
      "video coded-frames* 80",
      "video coded-frames 81",
      "video coded-frames 120",
    ]);
  });

  test("holds audio alone, of which every frame is a place to start", () => {
    const clock = new VirtualClock();
    const hub = new StreamHub({ clock, mergeWindowMs: 50 });
    const publication = hub.publish(name);
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    send(publication, audioHeader(0), audioFrame(0));
    send(publication, audioFrame(23));
    expect(player.batches.length).toBe(0);
    clock.advance(50);
    expect(player.batches.map(({ packets }) => packets.length)).toEqual([1, 3]);
    expect(player.log).toEqual([
      "audio sequence-start 0",
      "audio coded-frames 0",
      "audio coded-frames 23",
    ]);
  });

  test("ends early with 1,024 packets", () => {
    const { publication, batches } = mergingHub();
    for (let i = 1; i < 1_024; i++) send(publication, audioFrame(i));
    expect(batches()).toEqual([]);
    send(publication, audioFrame(1_024));
    expect(batches()).toEqual([1_024]);
  });

  test("ends early with 1 MiB of bodies", () => {
    const { publication, batches } = mergingHub();
    send(publication, large(1_048_570), large(5));
    expect(batches()).toEqual([]);
    send(publication, large(5));
    expect(batches()).toEqual([3]);
  });

  test("ends with the stream: what waits is delivered first, and no timer stays", () => {
    for (const end of ["closed", "lost"] as const) {
      const { clock, publication, player } = mergingHub({ limits: { graceMs: 0 } });
      send(publication, interFrame(40));
      let last = "";
      player.inside("onUnpublish", () => (last = player.log.at(-1) ?? ""));
      publication.end(end);
      expect(last).toBe("video coded-frames 40");
      expect(player.told).toEqual(["unpublish"]);
      expect(clock.pending).toBe(0);
    }
  });

  test("ends when another publisher takes the name over", () => {
    const { clock, hub, publication, player } = mergingHub({ takeOver: "replace" });
    send(publication, interFrame(40));
    const next = hub.publish(name);
    expect(player.log.at(-1)).toBe("video coded-frames 40");
    expect(clock.pending).toBe(0);
    send(next, keyframe(0));
    expect(player.log.at(-1)).toBe("video coded-frames* 41");
  });

  test("of another stream is another one", () => {
    const { clock, hub, publication, player } = mergingHub();
    const other = new RecordingSubscriber();
    hub.subscribe("live/other", other);
    const second = hub.publish("live/other");
    send(second, videoHeader(0), keyframe(0));
    send(publication, interFrame(40));
    clock.advance(25);
    send(second, interFrame(40));
    clock.advance(25);
    expect(player.log.at(-1)).toBe("video coded-frames 40");
    expect(other.log.at(-1)).toBe("video coded-frames* 0");
    clock.advance(25);
    expect(other.log.at(-1)).toBe("video coded-frames 40");
  });
});

describe("who joins while packets wait", () => {
  test("gets the GOP and, with the others, what waits: nothing is missing, nothing comes twice", () => {
    const { clock, hub, publication } = mergingHub();
    send(publication, interFrame(40));
    clock.advance(50);
    send(publication, interFrame(80), audioFrame(81));
    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    expect(late.log.slice(1)).toEqual(["video coded-frames* 0", "video coded-frames 40"]);
    send(publication, interFrame(120));
    clock.advance(50);
    expect(late.log.slice(3)).toEqual([
      "video coded-frames 80",
      "audio coded-frames 81",
      "video coded-frames 120",
    ]);
  });

  test("or comes back from a pause gets each packet once", () => {
    const { clock, publication, player, subscription } = mergingHub();
    subscription.pause();
    send(publication, interFrame(40));
    clock.advance(50);
    send(publication, interFrame(80));
    subscription.resume();
    expect(player.log.slice(2)).toEqual(["video coded-frames 40"]);
    clock.advance(50);
    expect(player.log.slice(3)).toEqual(["video coded-frames 80"]);
  });

  test("gets a configuration that waits in its place", () => {
    const { clock, hub, publication } = mergingHub();
    send(publication, videoHeader(40, 0x99), interFrame(40));
    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    clock.advance(50);
    expect(late.packets.map(({ body }) => body.at(-1))).toEqual([0x11, 0x22, 0x99, 0x33]);
  });
});

describe("the window by itself", () => {
  test("follows the subscribers of all streams, paused and waiting ones too", () => {
    const { clock, hub, publication, batches } = mergingHub({ mergeWindowMs: "auto" });
    send(publication, interFrame(40));
    expect(batches()).toEqual([1]);

    const crowd = Array.from({ length: 99 }, (_, index) =>
      hub.subscribe(`live/${index % 3}`, new RecordingSubscriber(), { paused: index % 2 === 0 }),
    );
    send(publication, interFrame(80));
    send(publication, interFrame(90));
    clock.advance(19.9);
    expect(batches()).toEqual([1]);
    clock.advance(0.2);
    expect(batches()).toEqual([1, 2]);

    for (const seat of crowd.slice(0, 21)) seat.close();
    for (const seat of crowd.slice(0, 21)) seat.close();
    send(publication, interFrame(120));
    expect(batches()).toEqual([1, 2, 1]);
  });

  test("that is over because many have left keeps nobody waiting for its timer", () => {
    const { clock, hub, publication, batches } = mergingHub({ mergeWindowMs: "auto" });
    const crowd = Array.from({ length: 99 }, () =>
      hub.subscribe("live/other", new RecordingSubscriber()),
    );
    send(publication, interFrame(40));
    for (const seat of crowd) seat.close();
    send(publication, interFrame(80));
    expect(batches()).toEqual([2]);
    expect(clock.pending).toBe(0);
  });

  test("counts nobody who could not join", () => {
    const { hub, publication, batches } = mergingHub({ mergeWindowMs: "auto" });
    for (let i = 0; i < 200; i++) {
      const bad = new RecordingSubscriber();
      bad.inside("onBatch", () => {
        throw new TypeError("a bug");
      });
      expect(() => hub.subscribe(name, bad)).toThrow("a bug");
    }
    send(publication, interFrame(40));
    expect(batches()).toEqual([1]);
  });
});

/** A stream with a packet that waits, at which the first of two players will throw. */
function throwing(options: StreamHubOptions) {
  const merging = mergingHub(options);
  const onlooker = new RecordingSubscriber();
  merging.hub.subscribe(name, onlooker);
  merging.player.inside("onBatch", () => {
    throw new TypeError("a bug");
  });
  send(merging.publication, interFrame(40));
  return { ...merging, onlooker };
}

describe("a subscriber that throws at the end of a window", () => {
  test("is reported to onError, and costs the others nothing", () => {
    const errors: unknown[] = [];
    const { clock, publication, onlooker } = throwing({ onError: (error) => errors.push(error) });
    clock.advance(50);
    expect(errors).toEqual([new TypeError("a bug")]);
    send(publication, interFrame(80));
    clock.advance(50);
    expect(onlooker.log.slice(-2)).toEqual(["video coded-frames 40", "video coded-frames 80"]);
  });

  test("is not hidden where there is no onError: the timer throws", () => {
    const { clock, onlooker } = throwing({});
    expect(() => clock.advance(50)).toThrow("a bug");
    expect(onlooker.log.at(-1)).toBe("video coded-frames 40");
  });

  test("in a grace period's timer is reported, too", () => {
    const errors: unknown[] = [];
    const { clock, publication, player } = mergingHub({ onError: (error) => errors.push(error) });
    player.inside("onUnpublish", () => {
      throw new TypeError("a bug");
    });
    publication.end("lost");
    clock.advance(15_000);
    expect(errors).toEqual([new TypeError("a bug")]);
  });
});

test("a packet that a subscriber causes in a merged batch waits for the next window", () => {
  const { clock, publication, player, batches } = mergingHub();
  send(publication, interFrame(40));
  player.inside("onBatch", () => send(publication, interFrame(80)));
  clock.advance(50);
  expect(batches()).toEqual([1]);
  clock.advance(50);
  expect(batches()).toEqual([1, 1]);
});
