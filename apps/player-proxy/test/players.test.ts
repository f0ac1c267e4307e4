import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { ProxyStage, timesOf } from "./proxy-stage.ts";

describe("players of one stream", () => {
  test("share one connection to the origin, and get what it has bit-identical", async () => {
    const stage = new ProxyStage("rtmp://a");
    const publisher = await stage.publisher(stage.origins.a);
    const first = await stage.player();
    await stage.sendGop(publisher, 1_111);
    const late = await Promise.all([stage.player(), stage.player()]);
    expect(stage.origins.a.links.length).toBe(1);
    for (const player of [first, ...late]) {
      expect(timesOf(player)).toEqual([1_111, 1_111, 1_151]);
      expect(player.client.media().map(({ payload }) => payload.at(-1))).toEqual([
        0x11, 0x22, 0x33,
      ]);
    }
  });

  test("that leave keep the connection for ten seconds behind the last one", async () => {
    const stage = new ProxyStage("rtmp://a");
    const players = [await stage.player(), await stage.player()];
    players[0]?.client.close();
    await stage.advance(20_000);
    expect(stage.upstreams.size).toBe(1);
    players[1]?.client.close();
    await stage.advance(9_000);
    expect(stage.origins.a.links[0]?.isClosed).toBe(false);
    const back = await stage.player();
    await stage.advance(20_000);
    expect(stage.origins.a.links.map(({ isClosed }) => isClosed)).toEqual([false]);
    back.client.command(1, "closeStream", null);
    await stage.advance(12_000);
    expect(stage.origins.a.links.map(({ isClosed }) => isClosed)).toEqual([true]);
    expect(stage.upstreams.size).toBe(0);
    expect(stage.log.messages.filter((line) => line.startsWith("fetch"))).toEqual([
      "fetch started",
      "fetch ended",
    ]);
  });

  test("hear of an end that the origin tells, and of the stream's return", async () => {
    const stage = new ProxyStage("rtmp://a");
    const publisher = await stage.publisher(stage.origins.a);
    const player = await stage.player();
    await stage.sendGop(publisher, 0);
    publisher.client.command(1, "closeStream", null);
    await stage.settle();
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.UnpublishNotify");
    await stage.sendGop(await stage.publisher(stage.origins.a), 0);
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.PublishNotify");
  });

  test("go on when the origin is lost and the publisher comes to the next one", async () => {
    const stage = new ProxyStage(["rtmp://a", "rtmp://b"]);
    const { a, b } = stage.origins;
    const player = await stage.player();
    await stage.sendGop(await stage.publisher(a), 60_000);
    a.isUp = false;
    a.links[0]?.reset();
    await stage.advance(2_000);
    await stage.sendGop(await stage.publisher(b), 0);
    expect(b.links.length).toBe(1);
    const times = timesOf(player);
    expect(times.slice(0, 3)).toEqual([60_000, 60_000, 60_040]);
    expect(times.length).toBe(6);
    expect(times).toEqual(times.toSorted((x, y) => x - y));
    expect(player.client.closed).toBe(undefined);
    expect(player.client.codes).not.toContain("NetStream.Play.UnpublishNotify");
    expect(stage.log.messages).toContain("origin failed");
  });

  test("wait for an origin that is down, and get the stream once it is up", async () => {
    const stage = new ProxyStage("rtmp://a");
    stage.origins.a.isUp = false;
    const player = await stage.player();
    await stage.advance(60_000);
    stage.origins.a.isUp = true;
    await stage.advance(30_000);
    await stage.sendGop(await stage.publisher(stage.origins.a), 0);
    expect(timesOf(player)).toEqual([0, 0, 40]);
    expect(stage.origins.a.links.length).toBe(1);
  });
});

describe("an origin that sends the proxy elsewhere", () => {
  // onStatus of message stream 0, NetConnection.Connect.ReconnectRequest, tcUrl rtmp://b/live.
  const reconnectRequest = hex(`
    08 000000 00006f 14 00000000
    02 0008 "onStatus" 00 0000000000000000 05 03 0005 "level" 02 0006 "status"
    0004 "code" 02 0026 "NetConnection.Connect.ReconnectRequest"
    0005 "tcUrl" 02 000d "rtmp://b/live" 000009
  `);

  test("is followed, and players stay on their connections and timeline", async () => {
    const stage = new ProxyStage("rtmp://user:secret@a");
    const { a, b } = stage.origins;
    const player = await stage.player();
    await stage.sendGop(await stage.publisher(a), 60_000);
    const publisher = await stage.publisher(b);
    await stage.advance(2_000);
    a.ends[0]?.write(reconnectRequest);
    await stage.settle();
    await stage.sendGop(publisher, 0);
    expect(a.links.map(({ isClosed }) => isClosed)).toEqual([true]);
    expect(b.asked).toEqual(["rtmp://b/live live/cam"]);
    expect(timesOf(player)).toEqual([60_000, 60_000, 60_040, 62_040, 62_040, 62_080]);
    expect(player.client.codes).not.toContain("NetStream.Play.UnpublishNotify");
    expect(player.client.closed).toBe(undefined);
    expect(stage.log.messages).toContain("origin sends elsewhere");
    expect(JSON.stringify(stage.log.lines)).not.toContain("secret");
  });

  test("to a server that is down is kept", async () => {
    const stage = new ProxyStage("rtmp://a");
    const { a, b } = stage.origins;
    b.isUp = false;
    const player = await stage.player();
    const publisher = await stage.publisher(a);
    a.ends[0]?.write(reconnectRequest);
    await stage.settle();
    await stage.sendGop(publisher, 0);
    expect(timesOf(player)).toEqual([0, 0, 40]);
    expect(a.links.map(({ isClosed }) => isClosed)).toEqual([false]);
    expect(stage.log.messages).not.toContain("origin failed");
  });
});

describe("the parameters of players", () => {
  test.each(["rtmp://a", "rtmp://a/live"])(
    "are not sent to %s, and make no other stream",
    async (url) => {
      const stage = new ProxyStage(url);
      const players = [
        await stage.player("cam?token=1111"),
        await stage.player("cam?token=2222"),
        await stage.player("cam"),
      ];
      await stage.sendGop(await stage.publisher(stage.origins.a), 0);
      for (const player of players) expect(timesOf(player)).toEqual([0, 0, 40]);
      expect(stage.origins.a.asked).toEqual(["rtmp://a/live live/cam"]);
    },
  );
});

describe("the limits of the proxy", () => {
  test("hold as they are given", async () => {
    const stage = new ProxyStage(["rtmp://a"], { lingerMs: 1_111, maxFetchedStreams: 1 });
    const player = await stage.player();
    const refused = await stage.player("other");
    expect(refused.client.codes.at(-1)).toBe("NetStream.Play.Failed");
    player.client.command(1, "closeStream", null);
    await stage.settle();
    stage.clock.advance(1_110);
    expect(stage.upstreams.size).toBe(1);
    stage.clock.advance(1);
    expect(stage.upstreams.size).toBe(0);
  });

  test("are checked when it starts", () => {
    expect(() => new ProxyStage(["rtmp://a"], { lingerMs: -1 })).toThrow(RangeError);
  });
});

describe("the proxy", () => {
  test("lets nobody publish", async () => {
    const stage = new ProxyStage("rtmp://a");
    const peer = await stage.connected();
    peer.client.command(1, "publish", null, "cam", "live");
    await stage.settle();
    expect(peer.client.codes.at(-1)).toBe("NetStream.Publish.Denied");
    expect(stage.origins.a.links).toEqual([]);
  });

  test("fetches so many streams at a time, and says so to who asks for another", async () => {
    const stage = new ProxyStage("rtmp://a");
    const kept = { app: "live", name: "x", query: new Map<string, string>() };
    for (let count = 0; count < 1_024; count++) {
      stage.upstreams.join({ ...kept, streamPath: `live/x${count}` });
    }
    const refused = await stage.player("other");
    expect(refused.client.codes.at(-1)).toBe("NetStream.Play.Failed");
    const known = await stage.player("x7");
    expect(known.client.codes.at(-1)).toBe("NetStream.Play.Start");
    expect(stage.upstreams.size).toBe(1_024);
    void stage.upstreams.close();
  });

  test("says goodbye to everybody and leaves the origins", async () => {
    const stage = new ProxyStage("rtmp://a");
    const player = await stage.player();
    const done = stage.players.shutDown();
    await stage.advance(2_000);
    await done;
    expect(player.client.closed).toBe(true);
    void stage.upstreams.close();
    await stage.advance(2_000);
    expect(stage.origins.a.links[0]?.isClosed).toBe(true);
    expect(stage.players.size).toBe(0);
  });

  test("never logs the password of an origin", async () => {
    const stage = new ProxyStage("rtmp://user:secret@a");
    stage.origins.a.isUp = false;
    await stage.player();
    expect(stage.log.messages).toContain("origin failed");
    expect(JSON.stringify(stage.log.lines)).not.toContain("secret");
  });
});

test("a player's connection is established when it has connected to an app", async () => {
  const stage = new ProxyStage("rtmp://a");
  let established = 0;
  const arrival = { scheme: "rtmp", established: () => established++ } as const;
  await stage.connected(arrival);
  expect(established).toBe(1);
});
