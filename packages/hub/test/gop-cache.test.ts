import { type MediaPacket, readMediaPacket } from "@rtmp/flv";
import { StreamHub } from "@rtmp/hub";
import { hex, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { KeptPackets } from "../src/kept-packets.ts";
import { audioFrame, interFrame, keyframe, videoHeader } from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

/** A packet's body, and the bytes of each of its frames. */
function hexOf({ body, frames }: MediaPacket): string[] {
  return [body, ...frames.map(({ view }) => view)].map((bytes) =>
    Buffer.from(bytes).toString("hex"),
  );
}

/** A keyframe of so many bytes. */
function large(timestamp: number, bytes: number): MediaPacket {
  const body = new Uint8Array(bytes).fill(timestamp);
  body.set(hex("17 01 00 00 00"));
  return readMediaPacket("video", timestamp, body);
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

test("what a joiner was given stays as it is when the next GOP comes", () => {
  const hub = new StreamHub({ clock: new VirtualClock() });
  const publication = hub.publish("live/cam");
  const late = new RecordingSubscriber();

  publication.write(keyframe(0, 0x01));
  publication.write(interFrame(40, 0x02));
  publication.flush();
  const subscription = hub.subscribe("live/cam", late);
  subscription.close();
  const before = late.packets.map(hexOf);
  expect(before).toEqual([
    ["170100000001", "01"],
    ["270100000002", "02"],
  ]);
  for (let mark = 0x10; mark < 0x20; mark++) {
    publication.write(keyframe(mark, mark));
    publication.write(interFrame(mark, mark));
    publication.flush();
  }
  expect(late.packets.map(hexOf)).toEqual(before);
});

test("one that comes back gets what it has not seen, also from the middle of what another was given at once", () => {
  const hub = new StreamHub({ clock: new VirtualClock() });
  const publication = hub.publish("live/cam");
  const returning = new RecordingSubscriber();
  const subscription = hub.subscribe("live/cam", returning);
  const send = (...packets: MediaPacket[]): void => {
    for (const packet of packets) publication.write(packet);
    publication.flush();
  };
  send(videoHeader(0), keyframe(0));
  send(interFrame(40), audioFrame(41));
  subscription.pause();
  send(interFrame(80), audioFrame(81));
  const other = new RecordingSubscriber();
  hub.subscribe("live/cam", other);
  send(interFrame(120));
  returning.packets.length = 0;
  subscription.resume();
  expect(returning.packets.map(({ timestamp }) => timestamp)).toEqual([80, 81, 120]);
  expect(other.packets.map(({ timestamp }) => timestamp)).toEqual([0, 0, 40, 41, 80, 81, 120]);
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

describe("the memory behind it", () => {
  test("grows with what is kept, to the limit and no further", () => {
    const kept = new KeptPackets(1_000_000);
    for (let i = 0; i < 10; i++) kept.add(large(i, 100_000));
    expect(kept.capacity).toBe(1_000_000);
    expect(kept.take().map(({ body }) => body.at(-1))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("is given back when the next packets need less than a quarter of it", () => {
    const kept = new KeptPackets(1_000_000);
    kept.add(large(0, 400_000));
    kept.clear();
    expect(kept.capacity).toBe(500_000);
    kept.add(large(1, 100_000));
    kept.clear();
    expect(kept.capacity).toBe(0);
    kept.add(large(2, 50_000));
    expect(kept.first?.body.length).toBe(50_000);
    expect(kept.capacity).toBe(62_500);
  });
});
