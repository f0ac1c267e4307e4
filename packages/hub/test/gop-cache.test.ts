import { StreamHub } from "@rtmp/hub";
import { VirtualClock } from "@rtmp/testing";
import { expect, test } from "vitest";
import { audioFrame, interFrame, keyframe, videoHeader } from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

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
  expect(joinAfter({ gopCacheBytes: 24 }, [40, 80]).length).toBe(4);
  expect(joinAfter({ gopCacheBytes: 23 }, [40, 80])).toEqual([]);
});

test("gopCacheMs: a GOP that grows past it is not replayed, one that reaches it is", () => {
  expect(joinAfter({ gopCacheMs: 80 }, [40, 80]).length).toBe(4);
  expect(joinAfter({ gopCacheMs: 79 }, [40, 80])).toEqual([]);
});

test("gopCachePackets: a GOP of more packets is not replayed, however small they are", () => {
  expect(joinAfter({ gopCachePackets: 4 }, [40, 80]).length).toBe(4);
  expect(joinAfter({ gopCachePackets: 3 }, [40, 80])).toEqual([]);
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
