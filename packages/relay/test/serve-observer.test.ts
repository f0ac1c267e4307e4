import { MessageTypeId } from "@rtmp/chunk";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { TestServer } from "./served.ts";

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
