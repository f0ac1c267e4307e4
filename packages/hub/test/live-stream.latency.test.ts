import { type Publication, StreamHub, type StreamHubOptions } from "@rtmp/hub";
import { type MediaPacket, readMediaPacket } from "@rtmp/flv";
import { hex, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import {
  audioFrame,
  audioHeader,
  interFrame,
  keyframe,
  metadata,
  trackHeader,
  videoHeader,
} from "./packets.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

const name = "live/cam";

function send(publication: Publication, ...packets: MediaPacket[]): void {
  for (const packet of packets) publication.write(packet);
  publication.flush();
}

/** A stream of low latency in the middle of a GOP, and a player that has just joined it. */
function lowHub(options: StreamHubOptions = {}) {
  const clock = new VirtualClock(1_000);
  const hub = new StreamHub({ clock, latency: "low", ...options });
  const publication = hub.publish(name);
  send(publication, metadata(0), videoHeader(0), audioHeader(0));
  send(publication, keyframe(0), audioFrame(10), interFrame(40));
  send(publication, interFrame(80), audioFrame(95));
  const player = new RecordingSubscriber();
  const subscription = hub.subscribe(name, player);
  const from = player.log.length;
  return { clock, hub, publication, player, subscription, got: () => player.log.slice(from) };
}

test.each([
  ["low", "smooth", 8],
  ["smooth", "low", 4],
] as const)("in a hub of %s latency one that wants %s gets it", (latency, wanted, packets) => {
  const { hub } = lowHub({ latency });
  const player = new RecordingSubscriber();
  hub.subscribe(name, player, { latency: wanted });
  expect(player.packets.length).toBe(packets);
});

describe("a player that joins a stream of low latency", () => {
  test("gets the configurations and one picture, at the time of the newest video", () => {
    const { player } = lowHub();
    expect(player.log).toEqual([
      "data metadata 0",
      "video sequence-start 80",
      "audio sequence-start 80",
      "video coded-frames* 80",
    ]);
    expect(player.packets.at(-1)?.body.at(-1)).toBe(0x22);
  });

  test("then all but video, and video from the next keyframe on", () => {
    const { publication, got } = lowHub();
    send(publication, interFrame(120), audioFrame(130), metadata(0));
    send(publication, interFrame(160));
    send(publication, audioFrame(190), interFrame(200), keyframe(240), interFrame(280));
    send(publication, interFrame(320), audioFrame(330));
    expect(got()).toEqual([
      "audio coded-frames 130",
      "data metadata 0",
      "audio coded-frames 190",
      "video coded-frames* 240",
      "video coded-frames 280",
      "video coded-frames 320",
      "audio coded-frames 330",
    ]);
  });

  test("is called no more than the batch that holds nothing for it asks for", () => {
    const { publication, player } = lowHub();
    const calls = player.batches.length;
    send(publication, interFrame(120));
    expect(player.batches.length).toBe(calls);
  });

  test("hears of configurations of video that change before the keyframe", () => {
    const { publication, player, got } = lowHub();
    send(publication, videoHeader(120, 0x99), interFrame(120));
    send(publication, keyframe(160));
    expect(got()).toEqual(["video sequence-start 120", "video coded-frames* 160"]);
    expect(player.packets.at(-2)?.body.at(-1)).toBe(0x99);
  });

  test("gets no frame of another video track before its keyframe either", () => {
    const { publication, got } = lowHub();
    const ofTrack1 = readMediaPacket("video", 120, hex("a6 03 68 76 63 31 01 33"));
    send(publication, trackHeader(1), ofTrack1);
    send(publication, keyframe(160), ofTrack1);
    expect(got()).toEqual([
      "video sequence-start 0",
      "video coded-frames* 160",
      "video coded-frames 120",
    ]);
  });

  test("when the configuration changed in the GOP gets each on its side of the picture", () => {
    const { hub, publication } = lowHub();
    send(publication, videoHeader(100, 0x99), interFrame(120));
    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    const video = late.packets.filter(({ kind }) => kind === "video");
    expect(video.map(({ body }) => body.at(-1))).toEqual([0x11, 0x22, 0x99]);
  });

  test("shares picture and sound with all others that do: they are built once", () => {
    const { hub, publication, player } = lowHub();
    const others = Array.from({ length: 3 }, () => new RecordingSubscriber());
    for (const other of others) hub.subscribe(name, other);
    send(publication, interFrame(120), audioFrame(130));
    send(publication, keyframe(160), audioFrame(170));
    for (const other of others) expect(other.batches).toEqual(player.batches);
    expect(new Set([player, ...others].map(({ batches }) => batches[1])).size).toBe(1);
    expect(new Set([player, ...others].map(({ batches }) => batches[2])).size).toBe(1);
    expect(player.batches[3]?.packets.length).toBe(2);
  });

  test("after more of the GOP gets the picture later in time", () => {
    const { hub, publication } = lowHub();
    send(publication, interFrame(120), audioFrame(130));
    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    expect(late.log.at(-1)).toBe("video coded-frames* 120");
  });

  test("waits for the first keyframe as ever", () => {
    const hub = new StreamHub({ clock: new VirtualClock(), latency: "low" });
    const publication = hub.publish(name);
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    send(publication, videoHeader(0), audioHeader(0), audioFrame(5));
    send(publication, keyframe(10), interFrame(50));
    expect(player.log.slice(2)).toEqual(["video coded-frames* 10", "video coded-frames 50"]);
  });

  test("of audio alone starts with the next packet", () => {
    const hub = new StreamHub({ clock: new VirtualClock(), latency: "low" });
    const publication = hub.publish(name);
    send(publication, audioHeader(0), audioFrame(0));
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    send(publication, audioFrame(23));
    expect(player.log).toEqual(["audio sequence-start 23", "audio coded-frames 23"]);
  });

  test("hears on while video has stopped, and sees it from its next keyframe on", () => {
    const { publication, got } = lowHub({ limits: { videoGapMs: 100 } });
    send(publication, audioFrame(150));
    send(publication, audioFrame(500));
    send(publication, interFrame(510), audioFrame(520));
    send(publication, keyframe(600), interFrame(640));
    expect(got()).toEqual([
      "audio coded-frames 150",
      "audio coded-frames 500",
      "audio coded-frames 520",
      "video coded-frames* 600",
      "video coded-frames 640",
    ]);
  });

  test("goes on with the keyframe of the next publisher", () => {
    const { hub, publication, got } = lowHub();
    publication.end("lost");
    const next = hub.publish(name);
    send(next, interFrame(0), audioFrame(5));
    send(next, videoHeader(40), keyframe(40));
    expect(got()).toEqual(["video sequence-start 136", "video coded-frames* 136"]);
  });
});

describe("a player of a stream of low latency that has a picture only", () => {
  test("and is slow skips to a keyframe like any other", () => {
    const { publication, player, subscription, got } = lowHub({
      limits: { skipAboveBytes: 1_111 },
    });
    player.queuedBytes = 1_112;
    send(publication, audioFrame(130));
    player.queuedBytes = 0;
    send(publication, audioFrame(150), keyframe(160), audioFrame(170));
    expect(got()).toEqual(["video coded-frames* 160", "audio coded-frames 170"]);
    expect(subscription.skippedPackets).toBe(2);
  });

  test("and pauses comes back with a picture, for it has none of the frames between", () => {
    const { publication, subscription, got } = lowHub();
    subscription.pause();
    send(publication, interFrame(120), audioFrame(130));
    subscription.resume();
    send(publication, interFrame(160), audioFrame(170));
    expect(got()).toEqual(["video coded-frames* 120", "audio coded-frames 170"]);
  });

  test("and pauses inside of the sound before a keyframe gets that keyframe when it comes back", () => {
    const { publication, player, subscription, got } = lowHub();
    player.inside("onBatch", () => subscription.pause());
    send(publication, audioFrame(130), keyframe(160));
    expect(got()).toEqual(["audio coded-frames 130"]);
    subscription.resume();
    expect(got().slice(1)).toEqual(["video coded-frames* 160"]);
  });

  test("and leaves inside of the sound before a keyframe gets nothing more", () => {
    const { publication, player, subscription, got } = lowHub();
    player.inside("onBatch", () => subscription.close());
    send(publication, audioFrame(130), keyframe(160));
    expect(got()).toEqual(["audio coded-frames 130"]);
  });

  test("gets the init state again when it asks for it", () => {
    const { publication, subscription, got } = lowHub();
    subscription.repeatInit();
    expect(got()).toEqual([
      "data metadata 0",
      "video sequence-start 95",
      "audio sequence-start 95",
    ]);
    send(publication, interFrame(120), audioFrame(130));
    expect(got().slice(3)).toEqual(["audio coded-frames 130"]);
  });

  test.each([1, 2])("and leaves in call %d of its join gets nothing behind it", (call) => {
    const { hub } = lowHub();
    const player = new RecordingSubscriber();
    const subscription = hub.subscribe(name, player, { paused: true });
    const leave = (): void => {
      if (player.batches.length === call) subscription.close();
      else player.inside("onBatch", leave);
    };
    player.inside("onBatch", leave);
    subscription.resume();
    expect(player.batches.length).toBe(call);
  });
});

test("a player that pauses in the middle of a GOP of low latency goes on where it stopped", () => {
  const { publication, subscription, got } = lowHub();
  send(publication, keyframe(120));
  subscription.pause();
  send(publication, interFrame(160));
  subscription.resume();
  expect(got().slice(1)).toEqual(["video coded-frames 160"]);
});
