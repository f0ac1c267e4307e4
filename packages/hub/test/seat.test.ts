import { type HubLimits, type Publication, StreamHub } from "@rtmp/hub";
import type { MediaPacket } from "@rtmp/flv";
import { VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { audioFrame, interFrame, keyframe, metadata, videoHeader } from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

const name = "live/cam";

function send(publication: Publication, ...packets: MediaPacket[]): void {
  for (const packet of packets) publication.write(packet);
  publication.flush();
}

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

  test("is told of no publisher while its queue is full, nor of that one's end", () => {
    const { hub, publication, slow, healthy } = slowHub();
    publication.end("closed");
    slow.queuedBytes = 1_112;
    hub.publish(name).end("closed");
    hub.publish(name).end("closed");
    slow.queuedBytes = 1_111;
    hub.publish(name);
    expect(slow.told).toEqual(["unpublish", "publish"]);
    expect(healthy.told.length).toBe(6);
  });

  test("hears of a publisher that came while its queue was full in front of the first media", () => {
    const { hub, publication, slow } = slowHub();
    publication.end("closed");
    slow.queuedBytes = 1_112;
    const next = hub.publish(name);
    slow.queuedBytes = 0;
    const before = slow.packets.length;
    let packets: number | undefined;
    slow.inside("onPublish", () => void (packets = slow.packets.length));
    send(next, videoHeader(0), keyframe(0));
    expect(packets).toBe(before);
    expect(slow.packets.length).toBe(before + 2);
    next.end("closed");
    expect(slow.told).toEqual(["unpublish", "publish", "unpublish"]);
  });

  test("that leaves when it hears so late of a publisher gets no media", () => {
    const { hub, publication, slow, seat } = slowHub();
    publication.end("closed");
    slow.queuedBytes = 1_112;
    const next = hub.publish(name);
    slow.queuedBytes = 0;
    slow.inside("onPublish", () => seat.close());
    const before = slow.packets.length;
    send(next, videoHeader(0), keyframe(0));
    expect(slow.packets.length).toBe(before);
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

  test("is asked once a batch how much waits for it", () => {
    const { publication, slow } = slowHub();
    let reads = 0;
    Object.defineProperty(slow, "queuedBytes", { get: () => (reads++, 1_112) });
    send(publication, interFrame(40));
    send(publication, keyframe(80));
    expect(reads).toBe(2);
  });

  test("that has room again waits for the keyframe of a long GOP and is not given up for it", () => {
    const { clock, publication, slow } = slowHub();
    slow.queuedBytes = 1_112;
    send(publication, interFrame(40));
    slow.queuedBytes = 0;
    clock.advance(60_000);
    send(publication, interFrame(60_040));
    send(publication, audioFrame(60_041), keyframe(60_080));
    expect(slow.evicted).toBeUndefined();
    expect(slow.log.at(-1)).toBe("video coded-frames* 60080");
  });

  test("is given up once, however many packets follow, and gets none of them", () => {
    const { clock, publication, slow, hub, seat } = slowHub();
    slow.queuedBytes = 5_000;
    let evictions = 0;
    slow.onEvict = () => void evictions++;
    send(publication, interFrame(40));
    clock.advance(2_223);
    send(publication, keyframe(80));
    slow.queuedBytes = 0;
    send(publication, keyframe(120));
    seat.close();
    expect(evictions).toBe(1);
    expect(slow.log.length).toBe(2);
    expect(hub.stats()[0]).toMatchObject({ subscribers: 1, skippedPackets: 2 });
  });

  test("stays slow over a change of publisher: no queue grows with each, and patience ends", () => {
    const { clock, hub, publication, slow } = slowHub();
    slow.queuedBytes = 5_000;
    send(publication, interFrame(40));
    publication.end("lost");
    for (let i = 0; i < 3; i++) {
      clock.advance(500);
      const next = hub.publish(name);
      send(next, videoHeader(0), keyframe(0));
      next.end("lost");
    }
    expect(slow.log.length).toBe(2);
    clock.advance(723);
    const last = hub.publish(name);
    send(last, videoHeader(0), keyframe(0));
    expect(slow.evicted?.code).toBe("RTMP_ERR_SLOW_SUBSCRIBER");
  });

  test("that joins with a full queue gets no GOP on top, and goes on when there is room", () => {
    const { hub, publication } = slowHub();
    const full = new RecordingSubscriber();
    full.queuedBytes = 1_112;
    const seat = hub.subscribe(name, full);
    send(publication, interFrame(40));
    expect(full.log).toEqual([]);
    full.queuedBytes = 0;
    send(publication, keyframe(80));
    expect(full.log).toEqual(["video sequence-start 80", "video coded-frames* 80"]);
    expect(seat.skippedPackets).toBe(1);
  });

  test("that waits for the first keyframe with a full queue is not sent it", () => {
    const hub = new StreamHub({ clock: new VirtualClock(), limits });
    const full = new RecordingSubscriber();
    full.queuedBytes = 1_112;
    hub.subscribe(name, full);
    send(hub.publish(name), videoHeader(0), keyframe(0));
    expect(full.log).toEqual([]);
  });

  test("is not sent metadata again that was repeated ten times unchanged while it skipped", () => {
    const { publication, slow } = slowHub();
    send(publication, metadata(0));
    slow.queuedBytes = 1_112;
    for (let i = 1; i <= 10; i++) send(publication, metadata(i * 100), videoHeader(i * 100));
    slow.queuedBytes = 0;
    send(publication, keyframe(1_100));
    expect(slow.log.slice(-2)).toEqual(["data metadata 0", "video coded-frames* 1100"]);
  });
});

/** A stream with a player that pauses behind its first keyframe. */
function pausedHub(limits: Partial<HubLimits> = {}) {
  const clock = new VirtualClock();
  const hub = new StreamHub({
    clock,
    limits: { skipAboveBytes: 1_111, maxSkipMs: 2_222, ...limits },
  });
  const publication = hub.publish(name);
  const player = new RecordingSubscriber();
  const subscription = hub.subscribe(name, player);
  send(publication, videoHeader(0), keyframe(0));
  subscription.pause();
  const from = player.log.length;
  return { clock, hub, publication, player, subscription, got: () => player.log.slice(from) };
}

describe("a player that pauses", () => {
  test("goes on where it stopped while the same GOP lasts, and gets nothing twice", () => {
    const { publication, subscription, got } = pausedHub();
    send(publication, interFrame(40), audioFrame(50));
    expect(got()).toEqual([]);
    subscription.resume();
    expect(got()).toEqual(["video coded-frames 40", "audio coded-frames 50"]);
    subscription.pause();
    subscription.resume();
    send(publication, interFrame(80));
    expect(got().slice(2)).toEqual(["video coded-frames 80"]);
    expect(subscription.skippedPackets).toBe(0);
  });

  test("goes on with the keyframe of a GOP that began meanwhile", () => {
    const { publication, subscription, got } = pausedHub();
    send(publication, interFrame(40));
    send(publication, interFrame(80), keyframe(120), interFrame(160));
    send(publication, interFrame(200));
    subscription.resume();
    expect(got()).toEqual([
      "video coded-frames* 120",
      "video coded-frames 160",
      "video coded-frames 200",
    ]);
  });

  test("waits for a keyframe when the GOP has outgrown the cache", () => {
    const { publication, subscription, got } = pausedHub({ gopCacheMs: 100 });
    send(publication, interFrame(40));
    send(publication, interFrame(101));
    subscription.resume();
    send(publication, interFrame(120), audioFrame(130));
    expect(got()).toEqual([]);
    send(publication, keyframe(160), interFrame(200));
    expect(got()).toEqual(["video coded-frames* 160", "video coded-frames 200"]);
  });

  test("gets a configuration that changed meanwhile in its place", () => {
    const { publication, subscription, got } = pausedHub();
    send(publication, videoHeader(40, 0x77));
    send(publication, interFrame(40));
    subscription.resume();
    expect(got()).toEqual(["video sequence-start 40", "video coded-frames 40"]);
    subscription.pause();
    send(publication, videoHeader(80, 0x78), keyframe(80));
    subscription.resume();
    expect(got().slice(2)).toEqual(["video sequence-start 80", "video coded-frames* 80"]);
  });

  test("with a full queue gets no GOP, and goes on when there is room", () => {
    const { publication, player, subscription, got } = pausedHub();
    send(publication, keyframe(40));
    player.queuedBytes = 1_112;
    subscription.resume();
    expect(got()).toEqual([]);
    player.queuedBytes = 0;
    send(publication, keyframe(80));
    expect(got()).toEqual(["video coded-frames* 80"]);
  });

  test("that leaves while it pauses gets nothing any more", () => {
    const { hub, publication, subscription, got } = pausedHub();
    subscription.close();
    subscription.resume();
    subscription.repeatInit();
    send(publication, keyframe(40));
    expect(got()).toEqual([]);
    expect(hub.stats()[0]?.subscribers).toBe(0);
  });

  test("and comes back inside of another's turn misses nothing of that turn", () => {
    const { hub, publication, subscription, got } = pausedHub();
    const other = new RecordingSubscriber();
    hub.subscribe(name, other);
    other.inside("onBatch", () => subscription.resume());
    send(publication, interFrame(40));
    send(publication, interFrame(80));
    expect(got()).toEqual(["video coded-frames 40", "video coded-frames 80"]);
  });

  test("and goes on inside of its own turn gets that turn once", () => {
    const { publication, player, subscription, got } = pausedHub();
    subscription.resume();
    player.inside("onBatch", () => {
      subscription.pause();
      subscription.resume();
    });
    send(publication, interFrame(40));
    send(publication, interFrame(80));
    expect(got()).toEqual(["video coded-frames 40", "video coded-frames 80"]);
  });

  test("from the start gets nothing before it goes on", () => {
    const { hub, publication } = pausedHub();
    const late = new RecordingSubscriber();
    const subscription = hub.subscribe(name, late, { paused: true });
    send(publication, interFrame(40));
    expect(late.log).toEqual([]);
    subscription.resume();
    expect(late.log).toEqual([
      "video sequence-start 0",
      "video coded-frames* 0",
      "video coded-frames 40",
    ]);
  });

  test("is not given up however much is queued for it", () => {
    const { clock, publication, player, got } = pausedHub();
    player.queuedBytes = 9_999;
    for (let at = 40; at < 10_000; at += 40) {
      clock.advance(40);
      send(publication, keyframe(at));
    }
    expect(got()).toEqual([]);
  });

  test("stays paused when the publisher ends and another comes, and is told of both", () => {
    const { hub, publication, player, subscription, got } = pausedHub();
    publication.end("closed");
    const next = hub.publish(name);
    send(next, keyframe(0));
    expect(player.told).toEqual(["unpublish", "publish"]);
    expect(got()).toEqual([]);
    subscription.resume();
    send(next, keyframe(40));
    expect(got()).toEqual(["video coded-frames* 1", "video coded-frames* 41"]);
  });

  test("that goes on without having paused changes nothing", () => {
    const { publication, subscription, got } = pausedHub();
    subscription.resume();
    send(publication, keyframe(40));
    subscription.resume();
    send(publication, interFrame(80));
    expect(got()).toEqual(["video coded-frames* 40", "video coded-frames 80"]);
  });
});

describe("a subscriber that wants the init state again", () => {
  test("gets it at once, at the time of the newest media", () => {
    const { publication, subscription, got } = pausedHub();
    subscription.resume();
    send(publication, metadata(0), interFrame(40), audioFrame(50));
    const before = got().length;
    subscription.repeatInit();
    expect(got().slice(before)).toEqual(["data metadata 0", "video sequence-start 50"]);
    send(publication, interFrame(80));
    expect(got().slice(before + 2)).toEqual(["video coded-frames 80"]);
  });

  test("while it pauses gets it when it goes on, in front of what it has not seen", () => {
    const { publication, subscription, got } = pausedHub();
    subscription.repeatInit();
    send(publication, interFrame(40));
    expect(got()).toEqual([]);
    subscription.resume();
    expect(got()).toEqual(["video sequence-start 40", "video coded-frames 40"]);
  });

  test("while it waits gets it once, with the keyframe", () => {
    const { publication, subscription, got } = pausedHub({ gopCacheMs: 0 });
    subscription.resume();
    subscription.repeatInit();
    send(publication, interFrame(40));
    send(publication, keyframe(80));
    expect(got()).toEqual(["video sequence-start 80", "video coded-frames* 80"]);
  });

  test("again and again, and reads nothing, gets it no more until there is room for a keyframe", () => {
    const { publication, player, subscription, got } = pausedHub({ skipAboveBytes: 1_111 });
    subscription.resume();
    send(publication, interFrame(40));
    const before = got().length;
    player.queuedBytes = 1_112;
    for (let times = 0; times < 3; times++) subscription.repeatInit();
    expect(got().slice(before)).toEqual([]);
    player.queuedBytes = 0;
    send(publication, interFrame(80));
    send(publication, keyframe(120));
    expect(got().slice(before)).toEqual(["video sequence-start 120", "video coded-frames* 120"]);
  });

  test("of a name without a publisher gets nothing", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    const player = new RecordingSubscriber();
    hub.subscribe(name, player).repeatInit();
    expect(player.log).toEqual([]);
  });
});

describe("a player that joins when video has stopped", () => {
  test("starts on audio, and waits for a keyframe when video is back in the middle of a GOP", () => {
    const { hub, publication, player } = pausedHub({ videoGapMs: 100, gopCacheMs: 200 });
    const watching = new RecordingSubscriber();
    hub.subscribe(name, watching);
    for (const at of [10, 111, 211]) send(publication, audioFrame(at));
    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    expect(late.log).toEqual([]);
    send(publication, audioFrame(234));
    send(publication, interFrame(240), audioFrame(257));
    send(publication, audioFrame(260), keyframe(280), audioFrame(290));
    expect(late.log).toEqual([
      "video sequence-start 234",
      "audio coded-frames 234",
      "video coded-frames* 280",
      "audio coded-frames 290",
    ]);
    expect(watching.log.slice(-5, -3)).toEqual([
      "video coded-frames 240",
      "audio coded-frames 257",
    ]);
    expect(player.log.length).toBe(2);
  });

  test("gets the last picture and the audio since, while they are cached", () => {
    const { hub, publication } = pausedHub({ videoGapMs: 100 });
    for (const at of [10, 111, 211]) send(publication, audioFrame(at));
    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    send(publication, interFrame(240));
    expect(late.log).toEqual([
      "video sequence-start 0",
      "video coded-frames* 0",
      "audio coded-frames 10",
      "audio coded-frames 111",
      "audio coded-frames 211",
      "video coded-frames 240",
    ]);
  });
});
