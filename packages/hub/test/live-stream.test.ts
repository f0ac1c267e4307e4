import { type Publication, StreamHub } from "@rtmp/hub";
import type { MediaPacket } from "@rtmp/flv";
import { VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { audioFrame, audioHeader, interFrame, keyframe, metadata, videoHeader } from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

const name = "live/cam";

function send(publication: Publication, ...packets: MediaPacket[]): void {
  for (const packet of packets) publication.write(packet);
  publication.flush();
}

function liveHub() {
  const clock = new VirtualClock(1_000);
  const hub = new StreamHub({ clock });
  const publication = hub.publish(name);
  send(publication, metadata(0), videoHeader(0), audioHeader(0));
  return { clock, hub, publication };
}

describe("a player joins", () => {
  test("and gets metadata, sequence headers and the GOP from its keyframe on, timestamps in order", () => {
    const { hub, publication } = liveHub();
    send(publication, keyframe(0), audioFrame(10), interFrame(40));
    send(publication, audioFrame(1_990), keyframe(2_000), audioFrame(2_005));
    send(publication, interFrame(2_040));

    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    send(publication, interFrame(2_080));

    expect(player.log).toEqual([
      "data metadata 2000",
      "video sequence-start 2000",
      "audio sequence-start 2000",
      "video coded-frames* 2000",
      "audio coded-frames 2005",
      "video coded-frames 2040",
      "video coded-frames 2080",
    ]);
  });

  test("before the first keyframe and waits for it, audio included", () => {
    const { hub, publication } = liveHub();
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    send(publication, audioFrame(5), interFrame(6));
    expect(player.log).toEqual([]);

    send(publication, audioFrame(30), keyframe(40), interFrame(80));
    expect(player.log.slice(3)).toEqual(["video coded-frames* 40", "video coded-frames 80"]);
  });

  test("a stream without video and starts with any audio frame", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    const publication = hub.publish(name);
    send(publication, metadata(0), audioHeader(0), audioFrame(0));
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    send(publication, audioFrame(23));
    expect(player.log).toEqual([
      "data metadata 23",
      "audio sequence-start 23",
      "audio coded-frames 23",
    ]);
  });

  test("a stream without audio", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    const publication = hub.publish(name);
    send(publication, videoHeader(0), keyframe(0), interFrame(33));
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    expect(player.log).toEqual([
      "video sequence-start 0",
      "video coded-frames* 0",
      "video coded-frames 33",
    ]);
  });

  test("a name that nobody publishes, waits, and is told when somebody does", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    expect(player.told).toEqual([]);

    const publication = hub.publish(name);
    expect(player.told).toEqual(["publish"]);
    send(publication, videoHeader(0), keyframe(7));
    expect(player.log).toEqual(["video sequence-start 7", "video coded-frames* 7"]);
  });

  test("a thousand times in one GOP and shares the same batches, so each form is built once", () => {
    const { hub, publication } = liveHub();
    send(publication, keyframe(0), interFrame(40));
    send(publication, interFrame(80));

    let built = 0;
    for (let i = 0; i < 1_000; i++) {
      const player = new RecordingSubscriber();
      hub.subscribe(name, player);
      for (const batch of player.batches) {
        batch.form("test", () => {
          built++;
          return { bytes: new Uint8Array(1), offsets: [0] };
        });
      }
    }
    expect(built).toBe(3);
  });
});

describe("a name has one publisher", () => {
  test("a second one is refused while the first is there", () => {
    const { hub, publication } = liveHub();
    expect(() => hub.publish(name)).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_NAME_IN_USE", fault: "rejected" }),
    );
    publication.end("closed");
    expect(() => hub.publish(name)).not.toThrow();
  });

  test("a publication that ended can neither send nor end its successor", () => {
    const { hub, publication } = liveHub();
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    publication.end("lost");
    const second = hub.publish(name);
    publication.write(keyframe(0));
    publication.clearMetadata();
    publication.flush();
    publication.end("closed");
    expect(player.log).toEqual([]);
    expect(player.told).toEqual([]);
    expect(() => hub.publish(name)).toThrow("is being published");
    second.end("closed");
    expect(player.told).toEqual(["unpublish"]);
  });
});

describe("the publisher leaves in order", () => {
  test("and players are told at once, stay, and go on with the next one", () => {
    const { clock, hub, publication } = liveHub();
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    send(publication, keyframe(40), interFrame(80));
    publication.end("closed");
    expect(player.told).toEqual(["unpublish"]);

    clock.advance(60_000);
    const again = hub.publish(name);
    expect(player.told).toEqual(["unpublish", "publish"]);
    const before = player.log.length;
    send(again, metadata(0), videoHeader(0, 0x99), keyframe(0), interFrame(40));
    expect(player.log.slice(before)).toEqual([
      "data metadata 60080",
      "video sequence-start 60080",
      "video coded-frames* 60080",
      "video coded-frames 60120",
    ]);
  });

  test("and what it wrote last is still delivered", () => {
    const { hub, publication } = liveHub();
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    send(publication, keyframe(0));
    publication.write(interFrame(40));
    publication.end("closed");
    expect(player.log.at(-1)).toBe("video coded-frames 40");
  });
});

describe("the publisher is lost", () => {
  test("and returns within the grace period: players are told nothing, time goes on", () => {
    const { clock, hub, publication } = liveHub();
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    send(publication, keyframe(1_000), interFrame(1_040));
    publication.end("lost");

    clock.advance(5_000);
    const again = hub.publish(name);
    send(again, videoHeader(0), audioHeader(0), keyframe(0), audioFrame(0), interFrame(40));
    clock.advance(60_000);
    expect(player.told).toEqual([]);

    const timestamps = player.packets.map((packet) => packet.timestamp);
    expect(timestamps).toEqual(timestamps.toSorted((a, b) => a - b));
    expect(player.log.at(-3)).toBe("video coded-frames* 6040");
    expect(player.log.at(-1)).toBe("video coded-frames 6080");
  });

  test("and does not return: players are told when the grace period ends, not before", () => {
    const { clock, hub, publication } = liveHub();
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    publication.end("lost");
    clock.advance(14_999);
    expect(player.told).toEqual([]);
    clock.advance(1);
    expect(player.told).toEqual(["unpublish"]);
  });

  test("and a player that joins meanwhile gets nothing old", () => {
    const { hub, publication } = liveHub();
    const first = new RecordingSubscriber();
    hub.subscribe(name, first);
    send(publication, keyframe(0));
    publication.end("lost");
    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    expect(late.log).toEqual([]);
    expect(late.told).toEqual([]);

    const again = hub.publish(name);
    send(again, videoHeader(0, 0x77), keyframe(0));
    expect(late.packets[0]?.body.at(-1)).toBe(0x77);
  });

  test("and with no player left the stream and its timer are forgotten", () => {
    const { clock, hub, publication } = liveHub();
    const seat = hub.subscribe(name, new RecordingSubscriber());
    publication.end("lost");
    expect(clock.pending).toBe(1);
    seat.close();
    seat.close();
    expect(clock.pending).toBe(0);
    expect(hub.stats()).toEqual([]);
  });
});

describe("a slow player", () => {
  const limits = { skipAboveBytes: 1_111, maxSkipMs: 2_222 };

  function slowHub() {
    const clock = new VirtualClock();
    const hub = new StreamHub({ clock, limits });
    const publication = hub.publish(name);
    const slow = new RecordingSubscriber();
    const healthy = new RecordingSubscriber();
    const seat = hub.subscribe(name, slow);
    hub.subscribe(name, healthy);
    send(publication, videoHeader(0), keyframe(0));
    return { clock, hub, publication, slow, healthy, seat };
  }

  test("skips to a keyframe once its queue is half empty; the others lose nothing", () => {
    const { publication, slow, healthy, seat, hub } = slowHub();
    slow.queuedBytes = 1_112;
    send(publication, interFrame(40));
    send(publication, keyframe(80));
    slow.queuedBytes = 556;
    send(publication, keyframe(120));
    slow.queuedBytes = 555;
    send(publication, interFrame(160));
    send(publication, interFrame(199), keyframe(200), interFrame(240));

    expect(slow.log).toEqual([
      "video sequence-start 0",
      "video coded-frames* 0",
      "video coded-frames* 200",
      "video coded-frames 240",
    ]);
    expect(healthy.packets.length).toBe(9);
    expect(seat.skippedPackets).toBe(5);
    expect(hub.stats()[0]?.skippedPackets).toBe(5);
  });

  test("gets sequence headers again when they changed while it skipped", () => {
    const { publication, slow } = slowHub();
    slow.queuedBytes = 1_112;
    send(publication, interFrame(40), videoHeader(80, 0x99), keyframe(80));
    slow.queuedBytes = 0;
    send(publication, keyframe(120));
    expect(slow.log.slice(2)).toEqual(["video sequence-start 120", "video coded-frames* 120"]);
    expect(slow.packets[2]?.body.at(-1)).toBe(0x99);
  });

  test("is given up when it stays slow", () => {
    const { clock, hub, publication, slow } = slowHub();
    slow.queuedBytes = 5_000;
    send(publication, interFrame(40));
    clock.advance(2_222);
    send(publication, keyframe(80));
    expect(slow.evicted).toBeUndefined();
    clock.advance(1);
    send(publication, keyframe(120));
    expect(slow.evicted).toMatchObject({ code: "RTMP_ERR_SLOW_SUBSCRIBER", fault: "limit" });
    expect(hub.stats()[0]?.subscribers).toBe(1);
  });
});

test("stats count what came in and what is kept", () => {
  const { hub, publication } = liveHub();
  send(publication, keyframe(0), interFrame(40));
  hub.subscribe(name, new RecordingSubscriber());
  expect(hub.stats()).toEqual([
    {
      streamPath: name,
      publishing: true,
      subscribers: 1,
      packets: 5,
      bytes: 21 + 6 + 4 + 6 + 6,
      gopCacheBytes: 12,
      skippedPackets: 0,
    },
  ]);
});
