import { type Publication, StreamHub, type Subscription } from "@rtmp/hub";
import { VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { interFrame, keyframe, videoHeader } from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

const name = "live/cam";
const limits = { skipAboveBytes: 1_111, maxSkipMs: 2_222 };

/** A stream whose first player does something inside its next call; a second player looks on. */
function busyHub() {
  const clock = new VirtualClock();
  const hub = new StreamHub({ clock, limits });
  const publication = hub.publish(name);
  const meddler = new RecordingSubscriber();
  const onlooker = new RecordingSubscriber();
  const seats = [hub.subscribe(name, meddler), hub.subscribe(name, onlooker)] as const;
  write(publication, videoHeader(0), keyframe(0));
  return { clock, hub, publication, meddler, onlooker, seats };
}

function write(publication: Publication, ...packets: ReturnType<typeof keyframe>[]): void {
  for (const packet of packets) publication.write(packet);
  publication.flush();
}

/** The first player is past its patience; the next batch makes the hub give it up. */
function slowMeddler() {
  const busy = busyHub();
  busy.meddler.queuedBytes = 5_000;
  write(busy.publication, interFrame(40));
  busy.clock.advance(3_000);
  return busy;
}

describe("inside onBatch a player", () => {
  test("ends the publication: the others get the batch first, and nothing of it stays", () => {
    const { hub, publication, meddler, onlooker } = busyHub();
    meddler.inside("onBatch", () => {
      publication.end("closed");
      publication.write(interFrame(9_999));
    });
    write(publication, keyframe(40));
    expect(onlooker.log.at(-1)).toBe("video coded-frames* 40");
    expect(meddler.told).toEqual(["unpublish"]);
    expect(onlooker.told).toEqual(["unpublish"]);
    expect(hub.stats()[0]).toMatchObject({ publishing: false, gopCacheBytes: 0 });

    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    write(hub.publish(name), interFrame(0));
    expect(late.log).toEqual([]);
  });

  test("loses the publication: a player that joins while it is away gets no old picture", () => {
    const { hub, publication, meddler, onlooker } = busyHub();
    meddler.inside("onBatch", () => publication.end("lost"));
    write(publication, keyframe(40));
    expect(onlooker.log.at(-1)).toBe("video coded-frames* 40");
    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    expect(late.log).toEqual([]);
  });

  test("writes and flushes: everybody gets the batches in one order", () => {
    const { publication, meddler, onlooker } = busyHub();
    meddler.inside("onBatch", () => write(publication, interFrame(80)));
    write(publication, interFrame(40));
    expect(onlooker.log.slice(-2)).toEqual(["video coded-frames 40", "video coded-frames 80"]);
    expect(meddler.log).toEqual(onlooker.log);
  });

  test("leaves: nothing comes after", () => {
    const { hub, publication, meddler, seats } = busyHub();
    meddler.inside("onBatch", () => seats[0].close());
    write(publication, interFrame(40));
    write(publication, interFrame(80));
    expect(meddler.log.at(-1)).toBe("video coded-frames 40");
    expect(hub.stats()[0]?.subscribers).toBe(1);
  });

  test("leaves when it gets the headers: the frame behind them does not come", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    const player = new RecordingSubscriber();
    const seat: Subscription = hub.subscribe(name, player);
    player.inside("onBatch", () => seat.close());
    write(hub.publish(name), videoHeader(0), keyframe(0));
    expect(player.log).toEqual(["video sequence-start 0"]);
  });

  test("makes another one leave: that one gets nothing more", () => {
    const { publication, meddler, onlooker, seats } = busyHub();
    meddler.inside("onBatch", () => seats[1].close());
    write(publication, interFrame(40));
    expect(onlooker.log.at(-1)).toBe("video coded-frames* 0");
  });

  test("brings another one: it starts with the GOP and misses and doubles nothing", () => {
    const { hub, publication, meddler } = busyHub();
    const late = new RecordingSubscriber();
    meddler.inside("onBatch", () => hub.subscribe(name, late));
    write(publication, interFrame(40));
    write(publication, interFrame(80));
    expect(late.log).toEqual([
      "video sequence-start 0",
      "video coded-frames* 0",
      "video coded-frames 40",
      "video coded-frames 80",
    ]);
  });

  test("publishes on while it is sent the GOP: the new packet comes behind it", () => {
    const { hub, publication } = busyHub();
    write(publication, interFrame(40));
    const late = new RecordingSubscriber();
    late.inside("onBatch", () => write(publication, interFrame(80)));
    hub.subscribe(name, late);
    expect(late.log.slice(1)).toEqual([
      "video coded-frames* 0",
      "video coded-frames 40",
      "video coded-frames 80",
    ]);
  });

  test("throws: the others lose nothing, and the publisher can end", () => {
    const { hub, publication, meddler, onlooker } = busyHub();
    meddler.inside("onBatch", () => {
      throw new TypeError("a bug");
    });
    publication.write(keyframe(40));
    expect(() => publication.flush()).toThrow("a bug");
    expect(onlooker.log.at(-1)).toBe("video coded-frames* 40");
    expect(hub.stats()[0]?.gopCacheBytes).toBe(6);

    meddler.inside("onBatch", () => {
      throw new TypeError("a bug");
    });
    publication.write(interFrame(80));
    expect(() => publication.end("closed")).toThrow("a bug");
    expect(onlooker.log.at(-1)).toBe("video coded-frames 80");
    expect(onlooker.told).toEqual(["unpublish"]);
    expect(() => hub.publish(name)).not.toThrow();
  });

  test("throws when it joins: it has not joined", () => {
    const { hub } = busyHub();
    const bad = new RecordingSubscriber();
    bad.inside("onBatch", () => {
      throw new TypeError("a bug");
    });
    expect(() => hub.subscribe(name, bad)).toThrow("a bug");
    expect(hub.stats()[0]?.subscribers).toBe(2);
  });
});

describe("a player that throws when it comes back from a pause inside of a turn", () => {
  test("delays neither the packet that was flushed nor the end", () => {
    const { publication, meddler, onlooker, seats } = busyHub();
    seats[1].pause();
    meddler.inside("onBatch", () => {
      seats[1].resume();
      publication.write(interFrame(80));
      publication.end("closed");
    });
    onlooker.inside("onBatch", () => {
      throw new TypeError("a bug");
    });
    publication.write(interFrame(40));
    expect(() => publication.flush()).toThrow("a bug");
    expect(meddler.told).toEqual(["unpublish"]);
    expect(onlooker.told).toEqual(["unpublish"]);
  });
});

describe("players that throw when they are given up", () => {
  test("are given up all the same, and the first error is thrown", () => {
    const { clock, hub, publication, meddler, onlooker } = busyHub();
    for (const player of [meddler, onlooker]) {
      player.queuedBytes = 5_000;
      player.inside("onEvict", () => {
        throw new TypeError(player === meddler ? "a bug" : "another");
      });
    }
    write(publication, interFrame(40));
    clock.advance(3_000);
    publication.write(keyframe(80));
    expect(() => publication.flush()).toThrow("a bug");
    expect(onlooker.evicted?.code).toBe("RTMP_ERR_SLOW_SUBSCRIBER");
    expect(hub.stats()[0]).toMatchObject({ subscribers: 0, evicted: 2, skips: 2 });
  });
});

describe("inside onUnpublish a player", () => {
  test("publishes: those that were not told yet never hear of the end", () => {
    const { hub, publication, meddler, onlooker } = busyHub();
    let next: Publication | undefined;
    meddler.inside("onUnpublish", () => (next = hub.publish(name)));
    publication.end("closed");
    expect(meddler.told).toEqual(["unpublish", "publish"]);
    expect(onlooker.told).toEqual([]);

    next?.end("closed");
    expect(meddler.told).toEqual(["unpublish", "publish", "unpublish"]);
    expect(onlooker.told).toEqual(["unpublish"]);
  });

  test("joins once more: the new place is not told of an end that it did not see", () => {
    const { hub, publication, meddler } = busyHub();
    const again = new RecordingSubscriber();
    meddler.inside("onUnpublish", () => hub.subscribe(name, again));
    publication.end("closed");
    expect(again.told).toEqual([]);
    hub.publish(name);
    expect(again.told).toEqual(["publish"]);
  });

  test("is the last to leave: the name is forgotten, and new when it is published again", () => {
    const { hub, publication, meddler, seats } = busyHub();
    seats[1].close();
    meddler.inside("onUnpublish", () => {
      seats[0].close();
      hub.publish(name);
    });
    publication.end("closed");
    expect(hub.stats()).toMatchObject([{ publishing: true, subscribers: 0, packets: 0 }]);
  });

  test("throws: the others are told all the same", () => {
    const { clock, hub, publication, meddler, onlooker, seats } = busyHub();
    meddler.inside("onUnpublish", () => {
      throw new TypeError("a bug");
    });
    publication.end("lost");
    expect(() => clock.advance(15_000)).toThrow("a bug");
    expect(onlooker.told).toEqual(["unpublish"]);
    for (const seat of seats) seat.close();
    expect(hub.stats()).toEqual([]);
  });
});

describe("inside onPublish a player", () => {
  test("leaves: the publication goes on", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    const player = new RecordingSubscriber();
    const seat = hub.subscribe(name, player);
    player.inside("onPublish", () => seat.close());
    write(hub.publish(name), keyframe(0));
    expect(player.log).toEqual([]);
    expect(hub.stats()).toMatchObject([{ publishing: true, subscribers: 0 }]);
  });

  test("throws: the name does not stay taken", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    player.inside("onPublish", () => {
      throw new TypeError("a bug");
    });
    expect(() => hub.publish(name)).toThrow("a bug");
    expect(() => hub.publish(name)).not.toThrow();
  });
});

describe("inside onEvict a player", () => {
  test("ends the publication, as one that plays what it publishes does: the others get the batch first", () => {
    const { hub, publication, meddler, onlooker } = slowMeddler();
    meddler.inside("onEvict", () => publication.end("lost"));
    write(publication, keyframe(80));
    expect(onlooker.log.at(-1)).toBe("video coded-frames* 80");
    expect(onlooker.told).toEqual([]);
    expect(hub.stats()).toMatchObject([{ publishing: false, subscribers: 1, gopCacheBytes: 0 }]);
  });

  test("closes and joins anew: it starts with the newest GOP when there is room", () => {
    const { hub, publication, meddler, seats } = slowMeddler();
    meddler.inside("onEvict", () => {
      seats[0].close();
      meddler.queuedBytes = 0;
      hub.subscribe(name, meddler);
    });
    write(publication, keyframe(80));
    write(publication, interFrame(120));
    expect(meddler.log.slice(2)).toEqual([
      "video sequence-start 80",
      "video coded-frames* 80",
      "video coded-frames 120",
    ]);
    expect(hub.stats()[0]?.subscribers).toBe(2);
  });

  test("is the last subscriber and ends the publication: the name is forgotten", () => {
    const { clock, hub, publication, meddler, seats } = slowMeddler();
    seats[1].close();
    meddler.inside("onEvict", () => publication.end("lost"));
    write(publication, keyframe(80));
    expect(hub.stats()).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
