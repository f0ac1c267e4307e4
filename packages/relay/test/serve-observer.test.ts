import { MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { StreamHub } from "@rtmp/hub";
import { serve } from "@rtmp/relay";
import { hex, transportPair } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { interFrame, keyframe, sendMedia, TestServer, videoHeader } from "./served.ts";

/** A publisher that has sent a keyframe, and a player that has read it. */
function slowStage(options: ConstructorParameters<typeof TestServer>[0]) {
  const server = new TestServer(options);
  const publisher = server.publisher();
  const player = server.player();
  sendMedia(publisher, videoHeader(), keyframe(0));
  const skips: string[] = [];
  player.observer.onSkip = ({ streamPath }, queuedBytes, waitedMs) =>
    skips.push(`${streamPath} ${queuedBytes} ${waitedMs}`);
  return { server, publisher, player, skips };
}

/** An inter frame of 1,200 bytes, which are 1,212 with the header of their chunk. */
function largeFrame(timestamp: number): OutgoingMessage {
  const payload = new Uint8Array(1_200);
  payload.set(hex("27 01"));
  return { ...interFrame(timestamp), payload };
}

describe("an observer that throws", () => {
  test.each(["onPublish", "onTrack", "onPlayEnd", "onPublishEnd", "onClose"] as const)(
    "%s: its connection is closed, and no name and no place at the hub stays taken",
    (method) => {
      const server = new TestServer({ hubLimits: { graceMs: 0 } });
      const peer = server.connected();
      peer.observer[method] = () => {
        throw new TypeError("a bug");
      };
      for (let i = 0; i < 3; i++) peer.client.command(0, "createStream", null);
      peer.client.command(1, "play", null, "one");
      peer.client.command(2, "publish", null, "one", "live");
      peer.client.command(3, "publish", null, "two", "live");
      peer.settle();
      peer.client.send({
        chunkStreamId: 4,
        timestamp: 0,
        typeId: MessageTypeId.Audio,
        messageStreamId: 3,
        payload: hex("af 00 12 10"),
      });
      peer.settle();
      peer.near.reset();
      peer.settle();
      expect(server.hub.stats()).toEqual([]);
      expect(peer.events).toContain("internal error TypeError: a bug");
    },
  );
});

describe("onSkip", () => {
  test("is told when a player falls behind, once for each time", () => {
    const { server, publisher, player, skips } = slowStage({
      playerLimits: { skipAboveBytes: 1_111 },
    });
    player.far.hold();
    sendMedia(publisher, largeFrame(40));
    sendMedia(publisher, keyframe(80));
    sendMedia(publisher, interFrame(120));
    expect(skips).toEqual(["live/cam 1212 0"]);
    player.far.release();
    server.settle();
    player.far.hold();
    sendMedia(publisher, keyframe(160), largeFrame(160));
    sendMedia(publisher, keyframe(200));
    expect(skips.length).toBe(2);
  });

  test("that throws costs the player its connection, and nobody else anything", () => {
    const { server, publisher, player } = slowStage({ playerLimits: { skipAboveBytes: 1_111 } });
    const other = server.player();
    player.observer.onSkip = () => {
      throw new TypeError("a bug");
    };
    player.far.hold();
    sendMedia(publisher, largeFrame(40));
    sendMedia(publisher, keyframe(80));
    expect(player.events.slice(-3)).toEqual([
      "internal error TypeError: a bug",
      "play live/cam lost",
      "close RTMP_ERR_INTERNAL",
    ]);
    expect(other.client.media().at(-1)?.timestamp).toBe(80);
    expect(publisher.events).toEqual(["connect live", "publish live/cam"]);
  });
});

describe("playerLimits", () => {
  test("are bounds of this server's players; what is left out is the hub's", () => {
    const { server, publisher, player, skips } = slowStage({
      playerLimits: { skipAboveMs: 500 },
      hubLimits: { maxSkipMs: 300 },
    });
    player.far.hold();
    for (let at = 40; at <= 600; at += 40) {
      server.clock.advance(40);
      sendMedia(publisher, interFrame(at));
    }
    // Marked with the second batch that waits, and past 500 ms with the thirteenth behind that.
    expect(skips).toEqual(["live/cam 252 520"]);
    server.clock.advance(301);
    sendMedia(publisher, interFrame(900));
    expect(player.events.at(-1)).toBe("close RTMP_ERR_SLOW_SUBSCRIBER");
  });

  test("out of range are refused at once", () => {
    const [near] = transportPair();
    const hub = new StreamHub();
    expect(() => serve(near, { hub, playerLimits: { maxSkipMs: -1 } })).toThrow(RangeError);
  });
});
