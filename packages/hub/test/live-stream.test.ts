import { type Publication, StreamHub } from "@rtmp/hub";
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
      "data metadata 0",
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
      "data metadata 0",
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
    // The headers, and what came since the keyframe.
    expect(built).toBe(2);
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

describe("a sequence header changes in the middle of a GOP", () => {
  test("and a later player gets the old one first and the new one in its place", () => {
    const { hub, publication } = liveHub();
    send(publication, keyframe(0), interFrame(40));
    send(publication, videoHeader(80, 0x99), interFrame(81));

    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    expect(player.log).toEqual([
      "data metadata 0",
      "video sequence-start 0",
      "audio sequence-start 0",
      "video coded-frames* 0",
      "video coded-frames 40",
      "video sequence-start 80",
      "video coded-frames 81",
    ]);
    const headers = player.packets.filter(({ frames }) => frames[0]?.role === "sequence-start");
    expect(headers.map(({ body }) => body.at(-1))).toEqual([0x11, 0x10, 0x99]);
  });

  test("and a player that starts with a keyframe of the same batch gets each in its place", () => {
    const { hub, publication } = liveHub();
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    send(publication, keyframe(0), videoHeader(40, 0x99), keyframe(41));
    expect(player.packets.map(({ body }) => body.at(-1))).toEqual([
      0x09, 0x11, 0x10, 0x22, 0x99, 0x22,
    ]);

    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    expect(late.packets.map(({ body }) => body.at(-1))).toEqual([0x09, 0x99, 0x10, 0x22]);
  });

  test("and a player that joins before it is sent gets it once", () => {
    const { hub, publication } = liveHub();
    send(publication, keyframe(0));
    publication.write(videoHeader(40, 0x99));
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    publication.flush();
    expect(player.packets.map(({ body }) => body.at(-1))).toEqual([0x09, 0x11, 0x10, 0x22, 0x99]);
  });
});

describe("what the publisher sends", () => {
  test("audio that comes seconds before the video is played at once", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    const publication = hub.publish(name);
    send(publication, metadata(0), audioHeader(0), audioFrame(0));
    send(publication, audioFrame(1_500));
    send(publication, videoHeader(0), keyframe(1_490), audioFrame(1_523));
    expect(player.log).toEqual([
      "data metadata 0",
      "audio sequence-start 0",
      "audio coded-frames 0",
      "audio coded-frames 1500",
      "video sequence-start 0",
      "video coded-frames* 1490",
      "audio coded-frames 1523",
    ]);
  });

  test("headers alone start nothing, and stand before the first keyframe of the next publisher not at all", () => {
    const { hub, publication } = liveHub();
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    publication.end("lost");
    expect(player.log).toEqual([]);

    const next = hub.publish(name);
    send(next, videoHeader(0, 0x99), keyframe(70_000));
    expect(player.log).toEqual(["video sequence-start 70000", "video coded-frames* 70000"]);
  });

  test("metadata has the time 0 for everybody: to ffmpeg any other would be subtitles", () => {
    const { hub, publication } = liveHub();
    const early = new RecordingSubscriber();
    hub.subscribe(name, early);
    send(publication, keyframe(3_000_000_000));
    send(publication, metadata(3_000_000_040));
    const late = new RecordingSubscriber();
    hub.subscribe(name, late);
    for (const { log } of [early, late]) {
      expect(log.filter((line) => line.startsWith("data"))).toEqual([
        "data metadata 0",
        "data metadata 0",
      ]);
      expect(log[3]).toBe("video coded-frames* 3000000000");
    }
  });

  test("B-frames keep their order and their times", () => {
    const { hub, publication } = liveHub();
    const bFrame = readMediaPacket("video", 80, hex("27 01 00 00 50 33"));
    send(publication, keyframe(0), interFrame(40), bFrame);
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    expect(player.packets.at(-1)).toEqual(bFrame);
  });

  test("video on another track than the default one starts with a keyframe of its own", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    const publication = hub.publish(name);
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    const interOnTrack1 = readMediaPacket("video", 0, hex("a6 03 68 76 63 31 01 33"));
    const keyOnTrack1 = readMediaPacket("video", 40, hex("96 03 68 76 63 31 01 22"));
    send(publication, trackHeader(1), interOnTrack1);
    send(publication, keyOnTrack1);
    expect(player.packets.map(({ body }) => body.at(-1))).toEqual([0x55, 0x22]);
  });

  test("color information alone makes no video: audio goes on without it", () => {
    const hub = new StreamHub({ clock: new VirtualClock() });
    const publication = hub.publish(name);
    const player = new RecordingSubscriber();
    hub.subscribe(name, player);
    const colour = readMediaPacket("video", 0, hex("d4 68 76 63 31 02 00 01 61 06"));
    send(publication, colour, audioHeader(0));
    send(publication, audioFrame(23));
    expect(player.log.at(-1)).toBe("audio coded-frames 23");
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
      "data metadata 0",
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
      skips: 0,
      evicted: 0,
    },
  ]);
});
