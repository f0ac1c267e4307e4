import { type MediaPacket, readMediaPacket } from "@rtmp/flv";
import { StreamHub, type Subscription } from "@rtmp/hub";
import { hex, toHex, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { audioFrame, interFrame, keyframe, largeKeyframe, videoHeader } from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

/** A player that keeps what it is sent. */
class Player extends RecordingSubscriber {
  readonly #subscription: Subscription;

  constructor(hub: StreamHub) {
    super();
    this.#subscription = hub.subscribe("live/cam", this);
  }

  pause(): void {
    this.#subscription.pause();
  }

  resume(): void {
    this.#subscription.resume();
  }

  get times(): number[] {
    return this.packets.map(({ timestamp }) => timestamp);
  }
}

/** A stream that is published, one turn for each call of `send`. */
function stage(latency: "low" | "smooth" = "smooth"): {
  send: (...packets: MediaPacket[]) => void;
  join: () => Player;
} {
  const hub = new StreamHub({ clock: new VirtualClock(), latency });
  const publication = hub.publish("live/cam");
  const send = (...packets: MediaPacket[]): void => {
    for (const packet of packets) publication.write(packet);
    publication.flush();
  };
  return { send, join: () => new Player(hub) };
}

function joinAfter(limits: object, timestamps: number[]): string[] {
  const hub = new StreamHub({ clock: new VirtualClock(), limits });
  const publication = hub.publish("live/cam");
  publication.write(videoHeader(0));
  publication.write(keyframe(0));
  publication.flush();
  for (const timestamp of timestamps) {
    publication.write(interFrame(timestamp));
    publication.flush();
  }
  const late = new RecordingSubscriber();
  hub.subscribe("live/cam", late);
  return late.log;
}

test("gopCacheBytes: a GOP that grows past it is not replayed, one that reaches it is", () => {
  expect(joinAfter({ gopCacheBytes: 18 }, [40, 80]).length).toBe(4);
  expect(joinAfter({ gopCacheBytes: 17 }, [40, 80])).toEqual([]);
});

test("gopCacheMs: a GOP that grows past it is not replayed, one that reaches it is", () => {
  expect(joinAfter({ gopCacheMs: 80 }, [40, 80]).length).toBe(4);
  expect(joinAfter({ gopCacheMs: 79 }, [40, 80])).toEqual([]);
});

test("gopCachePackets: a GOP of more packets is not replayed, however small they are", () => {
  expect(joinAfter({ gopCachePackets: 3 }, [40, 80]).length).toBe(4);
  expect(joinAfter({ gopCachePackets: 2 }, [40, 80])).toEqual([]);
  expect(
    joinAfter(
      {},
      Array.from({ length: 40_000 }, () => 0),
    ),
  ).toEqual([]);
});

test.each(["gopCacheBytes", "gopCachePackets", "gopCacheMs"])(
  "%s: 0 turns the cache off",
  (limit) => {
    expect(joinAfter({ [limit]: 0 }, [])).toEqual([]);
  },
);

test("audio alone is not cached: the next frame will do", () => {
  const hub = new StreamHub({ clock: new VirtualClock() });
  const publication = hub.publish("live/radio");
  publication.write(audioFrame(0));
  publication.flush();
  expect(hub.stats()[0]?.gopCacheBytes).toBe(0);
});

test("the next keyframe begins a new cache after one was dropped", () => {
  const hub = new StreamHub({ clock: new VirtualClock(), limits: { gopCacheMs: 100 } });
  const publication = hub.publish("live/cam");
  publication.write(videoHeader(0));
  for (const packet of [keyframe(0), interFrame(101), keyframe(200), audioFrame(210)]) {
    publication.write(packet);
    publication.flush();
  }
  expect(hub.stats()[0]?.gopCacheBytes).toBe(6 + 3);
});

test("a timestamp that wraps at 2^32 does not look like a long GOP", () => {
  const hub = new StreamHub({ clock: new VirtualClock() });
  const publication = hub.publish("live/cam");
  for (const packet of [videoHeader(0xfffffff0), keyframe(0xfffffff0), interFrame(0x10)]) {
    publication.write(packet);
    publication.flush();
  }
  const late = new RecordingSubscriber();
  hub.subscribe("live/cam", late);
  expect(late.log.at(-1)).toBe("video coded-frames 16");
});

test.each(["smooth", "low"] as const)(
  "what a joiner was given stays as it is when the next GOP comes, latency: %s",
  (latency) => {
    const { send, join } = stage(latency);
    // Large enough that the next GOP uses the same buffer.
    send(largeKeyframe(1, 3_000));
    const late = join();
    late.pause();
    for (let mark = 2; mark < 10; mark++) send(largeKeyframe(mark, 3_000));
    const [packet] = late.packets;
    expect([packet?.body.at(-1), packet?.frames[0]?.view.at(-1)]).toEqual([1, 1]);
  },
);

describe("one that comes back gets what it has not seen, and nothing twice", () => {
  test("from the middle of what another was given at once", () => {
    const { send, join } = stage();
    const returning = join();
    send(keyframe(0));
    send(interFrame(40), audioFrame(41));
    returning.pause();
    send(interFrame(80), audioFrame(81));
    const other = join();
    send(interFrame(120));
    returning.resume();
    expect(returning.times).toEqual([0, 40, 41, 80, 81, 120]);
    expect(other.times).toEqual([0, 40, 41, 80, 81, 120]);
  });

  test("from the middle of what nobody was given at once, which others then share", () => {
    const { send, join } = stage();
    const returning = join();
    send(keyframe(0));
    send(interFrame(40), audioFrame(41));
    returning.pause();
    send(interFrame(80));
    returning.resume();
    expect(returning.times).toEqual([0, 40, 41, 80]);
    expect(returning.batches.at(-1)?.packets.length).toBe(1);
    const other = join();
    expect(other.times).toEqual([0, 40, 41, 80]);
    expect(other.batches.at(-1)).toBe(returning.batches.at(-1));
  });

  test("from the end of what another was given at once", () => {
    const { send, join } = stage();
    const returning = join();
    send(keyframe(0));
    send(interFrame(40));
    returning.pause();
    join();
    send(interFrame(80));
    join();
    send(interFrame(120));
    returning.resume();
    expect(returning.times).toEqual([0, 40, 80, 120]);
  });

  test("nothing, when nothing came", () => {
    const { send, join } = stage();
    const returning = join();
    send(keyframe(0));
    returning.pause();
    returning.resume();
    send(interFrame(40));
    expect(returning.times).toEqual([0, 40]);
  });

  test("behind a turn in whose middle the GOP begins", () => {
    const { send, join } = stage();
    const returning = join();
    send(keyframe(0));
    send(interFrame(40), keyframe(80), interFrame(120));
    returning.pause();
    send(interFrame(160));
    const other = join();
    returning.resume();
    expect(returning.times).toEqual([0, 40, 80, 120, 160]);
    expect(other.times).toEqual([80, 120, 160]);
  });
});

test("what a joiner gets belongs to the publication that the stream goes on with", () => {
  const { send, join } = stage();
  send(keyframe(0));
  const late = join();
  send(interFrame(40));
  const [cached, live] = late.batches.map(({ publication }) => publication);
  expect(cached).toBe(live);
  expect(live).toBe(1);
});

test("latency: low: the picture is there, also when others were given the GOP", () => {
  const { send, join } = stage("low");
  const returning = join();
  send(keyframe(0, 0x01));
  returning.pause();
  send(interFrame(40));
  returning.resume();
  const late = join();
  expect(late.packets.map(({ body }) => toHex(body))).toEqual(["17 01 00 00 00 01"]);
  expect(late.times).toEqual([40]);
});

test("both tracks of a message come back where they were in it", () => {
  const hub = new StreamHub({ clock: new VirtualClock() });
  const publication = hub.publish("live/cam");
  // Multitrack, ManyTracks: AVC on the tracks 0 and 1, of two and of three bytes.
  const packet = readMediaPacket(
    "video",
    7,
    hex("96 11 61 76 63 31 00 00 00 05 00 00 00 aa bb 01 00 00 06 00 00 00 cc dd ee"),
  );
  publication.write(packet);
  publication.flush();
  const late = new RecordingSubscriber();
  hub.subscribe("live/cam", late);
  expect(late.packets).toEqual([packet]);
  expect(late.packets[0]?.frames.map(({ view }) => view.length)).toEqual([2, 3]);
});
