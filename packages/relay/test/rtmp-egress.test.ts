import type { HubLimits } from "@rtmp/hub";
import { toHex } from "@rtmp/testing";
import { describe, expect, test, vi } from "vitest";
import {
  audioFrame,
  interFrame,
  keyframe,
  sendMedia,
  type TestPeer,
  TestServer,
  videoHeader,
} from "./served.ts";

/** What the server writes to a player from now on, write by write. */
function writesTo(player: TestPeer): Uint8Array[] {
  const writes: Uint8Array[] = [];
  const write = player.far.write.bind(player.far);
  vi.spyOn(player.far, "write").mockImplementation((bytes) => {
    writes.push(bytes);
    write(bytes);
  });
  return writes;
}

/** A player that has read a keyframe and reads nothing more. */
function heldPlayer(hubLimits: Partial<HubLimits>) {
  const server = new TestServer({ hubLimits });
  const publisher = server.publisher();
  const slow = server.player();
  sendMedia(publisher, videoHeader(), keyframe(0));
  slow.far.hold();
  return { server, publisher, slow };
}

describe("RTMP §5.3.1 media chunks", () => {
  test("each message begins with a type 0 header on a chunk stream of its kind", () => {
    const server = new TestServer();
    const publisher = server.publisher();
    const player = server.player();
    sendMedia(publisher, videoHeader(), keyframe(0));
    const writes = writesTo(player);
    sendMedia(publisher, audioFrame(0x1111, 0x44), interFrame(0x2222, 0x33));
    expect(writes.map(toHex)).toEqual([
      "04 00 11 11 00 00 03 08 01 00 00 00 af 01 44 " +
        "06 00 22 22 00 00 06 09 01 00 00 00 27 01 00 00 00 33",
    ]);
  });

  test("carry the message stream id of the play, little-endian", () => {
    const server = new TestServer();
    const publisher = server.publisher();
    const player = server.connected();
    player.client.command(0, "createStream", null);
    player.client.command(0, "createStream", null);
    player.client.command(2, "play", null, "cam");
    player.settle();
    sendMedia(publisher, videoHeader(), keyframe(0));
    const writes = writesTo(player);
    sendMedia(publisher, audioFrame(1));
    expect(writes.map(toHex)).toEqual(["04 00 00 01 00 00 03 08 02 00 00 00 af 01 44"]);
  });

  test("are the same bytes for all players with the same id, and cut for one that starts in the middle", () => {
    const server = new TestServer();
    const publisher = server.publisher();
    const [first, second] = [server.player(), server.player()];
    sendMedia(publisher, videoHeader(), keyframe(0));
    const fromKeyframe = server.connected();
    fromKeyframe.client.command(0, "createStream", null);
    publisher.client.command(1, "closeStream", null);
    publisher.client.command(1, "publish", null, "cam", "live");
    fromKeyframe.client.command(1, "play", null, "cam");
    fromKeyframe.settle();
    sendMedia(publisher, videoHeader());
    const writes = [first, second, fromKeyframe].map(writesTo);
    sendMedia(publisher, interFrame(40), keyframe(41));

    const last = writes.map((all) => all.at(-1) ?? new Uint8Array(0));
    expect(new Set(last.map(({ buffer }) => buffer)).size).toBe(1);
    expect(toHex(last[2] ?? new Uint8Array(0))).toMatch(
      /^06 .. .. .. 00 00 06 09 01 00 00 00 17 01 00 00 00 22$/,
    );
  });

  test("wait behind a status that waits, in the same write", async () => {
    const server = new TestServer();
    const player = server.player();
    const publisher = server.publisher();
    // The notice of the publish has not left yet when the first media comes.
    sendMedia(publisher, videoHeader(), keyframe(0));
    await server.settleLater();
    const order = player.client.received.map(({ code, typeId }) => code ?? typeId);
    expect(order.slice(-3)).toEqual(["NetStream.Play.PublishNotify", 9, 9]);
  });
});

describe("a player that is given up", () => {
  test("is told why before its connection ends", () => {
    const server = new TestServer({ hubLimits: { skipAboveBytes: 1_111, maxSkipMs: 0 } });
    const publisher = server.publisher();
    const slow = server.player();
    sendMedia(publisher, videoHeader(), keyframe(0));
    slow.far.hold();
    const payload = Uint8Array.from({ length: 1_200 }, (_, i) => keyframe(0).payload[i] ?? 0);
    sendMedia(publisher, { ...keyframe(40), payload });
    sendMedia(publisher, keyframe(80));
    server.clock.advance(1);
    sendMedia(publisher, keyframe(120));
    slow.far.release();
    slow.settle();
    expect(slow.client.codes.at(-1)).toBe("NetStream.Play.InsufficientBW");
    expect(slow.client.closed).toBe(true);
    expect(slow.client.media().length).toBe(3);
  });
});

describe("a player that reads nothing any more", () => {
  test("loses its connection 1 s after it was given up, whatever is queued for it", () => {
    const { server, publisher, slow } = heldPlayer({ skipAboveBytes: 1, maxSkipMs: 0 });
    sendMedia(publisher, keyframe(40));
    sendMedia(publisher, keyframe(80));
    server.clock.advance(1);
    sendMedia(publisher, keyframe(120));
    expect(slow.events.at(-1)).toBe("close RTMP_ERR_SLOW_SUBSCRIBER");
    server.clock.advance(999);
    expect(slow.far.isClosed).toBe(false);
    server.clock.advance(1);
    expect(slow.far.isClosed).toBe(true);
    expect(slow.far.queuedBytes).toBe(0);
  });

  test("is heard all the same: its commands are taken, and its leaving", () => {
    const { server, publisher, slow } = heldPlayer({ skipAboveBytes: 1e9, skipAboveMs: 1e9 });
    const payload = Uint8Array.from({ length: 100_000 }, (_, i) => keyframe(0).payload[i] ?? 0);
    for (let at = 40; at < 2_000; at += 40) sendMedia(publisher, { ...keyframe(at), payload });
    expect(slow.far.queuedBytes).toBeGreaterThan(4_000_000);
    slow.client.command(1, "pause", null, true, 40);
    slow.settle();
    const { queuedBytes } = slow.far;
    sendMedia(publisher, keyframe(2_000));
    expect(slow.far.queuedBytes).toBe(queuedBytes);
    slow.client.command(1, "closeStream", null);
    slow.settle();
    expect(slow.events.at(-1)).toBe("play live/cam closed");
    expect(server.hub.stats()[0]?.subscribers).toBe(0);
  });
});

test("a quiet stream beside a loud one on a busy connection is not taken for one that waits", () => {
  const server = new TestServer({ hubLimits: { skipAboveMs: 1_000 } });
  const loud = server.publisher("loud");
  const quiet = server.publisher("quiet");
  const player = server.connected();
  player.client.command(0, "createStream", null);
  player.client.command(0, "createStream", null);
  player.client.command(1, "play", null, "loud");
  player.client.command(2, "play", null, "quiet");
  player.settle();
  sendMedia(loud, videoHeader(), keyframe(0));
  sendMedia(quiet, audioFrame(0));

  // 400 ms of media stay on the way, and nothing longer than that.
  player.far.hold();
  let skips = 0;
  player.observer.onSkip = () => skips++;
  const queue: number[] = [];
  const writtenBytes = vi.spyOn(player.far, "write").mockImplementation((bytes) => {
    queue.push(bytes.length);
  });
  const waiting = vi.spyOn(player.far, "queuedBytes", "get");
  waiting.mockImplementation(() => queue.reduce((sum, bytes) => sum + bytes, 0));
  for (let at = 40; at < 8_000; at += 40) {
    server.clock.advance(40);
    if (queue.length > 10) queue.splice(0, queue.length - 10);
    sendMedia(loud, interFrame(at));
    if (at % 400 === 0) sendMedia(quiet, audioFrame(at));
  }
  expect(writtenBytes).toHaveBeenCalled();
  expect(skips).toBe(0);
});

test("with a merge window a player is written to once for all that came in it", () => {
  const server = new TestServer({ hubOptions: { mergeWindowMs: 50 } });
  const publisher = server.publisher();
  const player = server.player();
  sendMedia(publisher, videoHeader(), keyframe(0));
  const { writeCount } = player.far;
  for (let at = 10; at <= 50; at += 10) sendMedia(publisher, interFrame(at), audioFrame(at + 5));
  expect(player.far.writeCount).toBe(writeCount);
  server.clock.advance(50);
  player.settle();
  expect(player.far.writeCount).toBe(writeCount + 1);
  expect(player.client.media().length).toBe(12);
});

test("with low latency a player gets a picture, then sound, and video from the next keyframe on", () => {
  const server = new TestServer({ hubOptions: { latency: "low" } });
  const publisher = server.publisher();
  sendMedia(publisher, videoHeader(), keyframe(0));
  sendMedia(publisher, interFrame(40));
  const player = server.player();
  sendMedia(publisher, interFrame(80), audioFrame(85));
  sendMedia(publisher, interFrame(120), keyframe(160), interFrame(200));
  expect(
    player.client.media().map(({ timestamp, payload }) => `${timestamp} ${payload.at(-1)}`),
  ).toEqual(["40 17", "40 34", "85 68", "160 34", "200 51"]);
});

describe("a player whose transport throws", () => {
  test.each(["onPublish", "onUnpublish"])(
    "in %s loses its connection, and nobody else does",
    async (call) => {
      const server = new TestServer();
      const bad = server.player();
      const good = server.player();
      // Where output that is caused outside of a batch is seen to.
      const microtask = vi.spyOn(globalThis, "queueMicrotask");
      const fail = (): void => {
        microtask.mockImplementationOnce(() => {
          throw new TypeError("a bug");
        });
      };
      if (call === "onPublish") fail();
      const publisher = server.publisher();
      await server.settleLater();
      if (call === "onUnpublish") fail();
      publisher.client.command(1, "closeStream", null);
      publisher.settle();
      microtask.mockRestore();
      expect(bad.events).toContain("internal error TypeError: a bug");
      expect(bad.events.at(-1)).toBe("close RTMP_ERR_INTERNAL");
      expect(good.events).toEqual(["connect live", "play live/cam"]);
      expect(publisher.events).toEqual([
        "connect live",
        "publish live/cam",
        "publish live/cam closed",
      ]);
    },
  );

  test("loses its connection; the publisher and the other players go on", () => {
    const server = new TestServer();
    const publisher = server.publisher();
    const bad = server.player();
    const good = server.player();
    sendMedia(publisher, videoHeader(), keyframe(0));
    const write = vi.spyOn(bad.far, "write").mockImplementation(() => {
      throw new TypeError("a bug");
    });
    sendMedia(publisher, interFrame(40));
    write.mockRestore();
    sendMedia(publisher, interFrame(80));

    expect(bad.events.slice(2)).toEqual([
      "internal error TypeError: a bug",
      "play live/cam lost",
      "close RTMP_ERR_INTERNAL",
    ]);
    expect(publisher.events).toEqual(["connect live", "publish live/cam"]);
    expect(good.client.media().map(({ timestamp }) => timestamp)).toEqual([0, 0, 40, 80]);
    expect(server.hub.stats()[0]?.subscribers).toBe(1);
  });
});
