import { describe, expect, test } from "vitest";
import { audioFrame, sendMedia, TestServer } from "./served.ts";

describe("a publisher that fell silent", () => {
  test("is refused its name for 2 s, then gets it back; the old connection is closed", () => {
    const server = new TestServer();
    const first = server.publisher();
    server.clock.advance(1_999);
    const early = server.publisher();
    expect(early.client.codes.at(-1)).toBe("NetStream.Publish.BadName");

    server.clock.advance(1);
    const second = server.publisher();
    expect(second.client.codes.at(-1)).toBe("NetStream.Publish.Start");
    expect(first.events.slice(-2)).toEqual(["publish live/cam lost", "close RTMP_ERR_TAKEN_OVER"]);
    expect(server.hub.stats()).toMatchObject([{ publishing: true }]);
  });

  test("keeps its name as long as any byte comes", () => {
    const server = new TestServer();
    const first = server.publisher();
    for (let i = 0; i < 20; i++) {
      server.clock.advance(1_900);
      sendMedia(first, audioFrame(1_900 * i));
    }
    expect(server.publisher().client.codes.at(-1)).toBe("NetStream.Publish.BadName");
    expect(first.events.at(-1)).toBe("publish live/cam");
  });

  test("keeps it from another user for 10 s", () => {
    const users = ["alice", "bob", "bob"];
    const server = new TestServer({
      authenticate: () => ({ granted: true, user: users.shift() ?? "" }),
    });
    server.publisher();
    server.clock.advance(9_999);
    expect(server.publisher().client.codes.at(-1)).toBe("NetStream.Publish.BadName");
    server.clock.advance(1);
    expect(server.publisher().client.codes.at(-1)).toBe("NetStream.Publish.Start");
  });

  test("keeps its players, who get the media of the one that returned", () => {
    const server = new TestServer();
    const first = server.publisher();
    const player = server.player();
    sendMedia(first, audioFrame(0));
    server.clock.advance(5_000);
    const second = server.publisher();
    sendMedia(second, audioFrame(0), audioFrame(20));
    expect(player.client.media().map(({ timestamp }) => timestamp)).toEqual([0, 5_000, 5_020]);
    expect(player.client.codes).not.toContain("NetStream.Play.UnpublishNotify");
  });
});

describe("the policy replace", () => {
  test("lets whoever may publish take a name at once", () => {
    const server = new TestServer({ takeOver: "replace" });
    const first = server.publisher();
    const second = server.publisher();
    expect(second.client.codes.at(-1)).toBe("NetStream.Publish.Start");
    expect(first.events.at(-1)).toBe("close RTMP_ERR_TAKEN_OVER");
  });

  test("a client that takes over from itself ends, and no name stays taken", () => {
    const server = new TestServer({ takeOver: "replace", hubLimits: { graceMs: 0 } });
    const peer = server.publisher();
    peer.client.command(0, "createStream", null);
    peer.client.command(2, "publish", null, "cam", "live");
    peer.settle();
    expect(peer.events.at(-1)).toBe("close RTMP_ERR_TAKEN_OVER");
    expect(server.hub.stats()).toEqual([]);
  });
});
