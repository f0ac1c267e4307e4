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

describe("a player whose transport throws", () => {
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
