import { type AmfObject, readConnectReply } from "@rtmp/message";
import { answerCalls } from "@rtmp/session";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import {
  audioFrame,
  audioHeader,
  interFrame,
  keyframe,
  metadataBody,
  sendMedia,
  setMetadata,
  type TestPeer,
  TestServer,
  videoHeader,
} from "./served.ts";

/** What a player got of audio and video from a place on: `v` or `a`, `h` for headers, `k` for keyframes, and the time. */
const media = (peer: TestPeer, from = 0): string[] =>
  peer.client
    .media()
    .slice(from)
    .map(({ typeId, timestamp, payload }) => {
      const isHeader = payload[1] === 0;
      if (typeId === 8) return `${isHeader ? "ah" : "a"}${timestamp}`;
      return `${isHeader ? "vh" : payload[0] === 0x17 ? "k" : "v"}${timestamp}`;
    });

/** A stream of a GOP: headers, a keyframe at 0, audio at 10, a frame at 40. */
function live(
  name = "cam",
  server = new TestServer(),
): {
  readonly server: TestServer;
  readonly publisher: TestPeer;
} {
  const publisher = server.publisher(name);
  sendMedia(publisher, setMetadata(), videoHeader(), audioHeader());
  sendMedia(publisher, keyframe(0), audioFrame(10), interFrame(40));
  return { server, publisher };
}

/** Sends a command of stream 1 and carries what it brings about. */
function command(
  peer: TestPeer,
  name: string,
  ...args: Parameters<TestPeer["client"]["command"]>[2][]
): void {
  peer.client.command(1, name, null, ...args);
  peer.settle();
}

const newCodes = (peer: TestPeer, from: number): string[] => peer.client.codes.slice(from);

describe("RTMP §7.2.2.8 pause of a live stream", () => {
  test("stops the media; going on begins at once where it stopped, behind the status", () => {
    const { server, publisher } = live();
    const player = server.player();
    const codes = player.client.codes.length;
    command(player, "pause", true, 40);
    const before = player.client.media().length;
    sendMedia(publisher, interFrame(80), audioFrame(90));
    expect(media(player, before)).toEqual([]);

    const received = player.client.received.length;
    command(player, "pause", false, 40);
    const news = player.client.received.slice(received);
    expect(news.map(({ code, timestamp }) => code ?? timestamp)).toEqual([
      "NetStream.Unpause.Notify",
      80,
      90,
    ]);
    sendMedia(publisher, interFrame(120));
    expect(media(player, before)).toEqual(["v80", "a90", "v120"]);
    expect(newCodes(player, codes)).toEqual(["NetStream.Pause.Notify", "NetStream.Unpause.Notify"]);
  });

  test("goes on with the newest GOP when another began meanwhile, and never back", () => {
    const { server, publisher } = live();
    const player = server.player();
    command(player, "pauseRaw", true, 40);
    const before = player.client.media().length;
    sendMedia(publisher, interFrame(80), keyframe(120));
    sendMedia(publisher, interFrame(160), audioFrame(170));
    command(player, "pauseRaw", false, 40);
    expect(media(player, before)).toEqual(["k120", "v160", "a170"]);
    command(player, "pauseRaw", false, 40);
    expect(media(player, before).length).toBe(3);
  });

  test("repeats a configuration that changed in the meantime", () => {
    const { server, publisher } = live();
    const player = server.player();
    command(player, "pause", true, 40);
    const before = player.client.media().length;
    sendMedia(publisher, videoHeader(80, 0x77));
    sendMedia(publisher, keyframe(200));
    command(player, "pause", false, 40);
    expect(media(player, before)).toEqual(["vh200", "ah200", "k200"]);
  });

  test("costs nothing: a player that pauses and does not read is not given up", () => {
    const { server, publisher } = live(
      "cam",
      new TestServer({ hubLimits: { skipAboveBytes: 1, maxSkipMs: 1 } }),
    );
    const player = server.player();
    command(player, "pause", true, 40);
    player.far.hold();
    for (let at = 80; at < 4_000; at += 40) {
      server.clock.advance(40);
      sendMedia(publisher, keyframe(at));
    }
    player.far.release();
    player.settle();
    expect(player.client.closed).toBe(undefined);
    expect(player.client.codes).not.toContain("NetStream.Play.InsufficientBW");
  });

  test("leaves the news: the end of the stream and its return are told", async () => {
    const { server, publisher } = live();
    const player = server.player();
    command(player, "pause", true, 0);
    const codes = player.client.codes.length;
    command(publisher, "closeStream");
    await server.settleLater();
    server.publisher();
    await server.settleLater();
    expect(newCodes(player, codes)).toEqual([
      "NetStream.Play.UnpublishNotify",
      "NetStream.Play.PublishNotify",
    ]);
  });
});

test("RTMP §7.2.2.7 a live stream cannot be sought in", () => {
  const { server } = live();
  const player = server.player();
  command(player, "seek", 1_000);
  expect(player.client.codes.at(-1)).toBe("NetStream.Seek.Failed");
  expect(player.client.closed).toBe(undefined);
});

describe("RTMP §7.2.2.4 receiveAudio, §7.2.2.5 receiveVideo", () => {
  test("leave a kind out, for this player alone", () => {
    const { server, publisher } = live();
    const player = server.player();
    const other = server.player();
    command(player, "receiveVideo", false);
    const before = player.client.media().length;
    sendMedia(publisher, interFrame(80), audioFrame(90), keyframe(120), audioFrame(130));
    expect(media(player, before)).toEqual(["a90", "a130"]);
    expect(media(other, before)).toEqual(["v80", "a90", "k120", "a130"]);
  });

  test("a batch of nothing but what is left out is not written", () => {
    const { server, publisher } = live();
    const player = server.player();
    command(player, "receiveVideo", false);
    const writes = player.far.writeCount;
    sendMedia(publisher, interFrame(80), interFrame(120));
    expect(player.far.writeCount).toBe(writes);
  });

  test("video comes back with a keyframe behind its configuration, audio at once", () => {
    const { server, publisher } = live();
    const player = server.player();
    command(player, "receiveVideo", false);
    const before = player.client.media().length;
    command(player, "receiveVideo", true);
    sendMedia(publisher, interFrame(80));
    sendMedia(publisher, audioFrame(90), interFrame(100), keyframe(120), interFrame(160));
    expect(media(player, before)).toEqual(["vh40", "ah40", "a90", "k120", "v160"]);

    command(player, "receiveAudio", false);
    command(player, "receiveAudio", true);
    sendMedia(publisher, audioFrame(170));
    expect(media(player).at(-1)).toBe("a170");
  });

  test("video that comes back hears of a configuration that changes before its keyframe", () => {
    const { server, publisher } = live();
    const player = server.player();
    command(player, "receiveVideo", false);
    command(player, "receiveVideo", true);
    const before = player.client.media().length;
    sendMedia(publisher, interFrame(80), videoHeader(100, 0x77), interFrame(100));
    sendMedia(publisher, keyframe(120));
    expect(media(player, before)).toEqual(["vh100", "k120"]);
  });

  test("audio that comes back for the first time begins with its configuration", () => {
    const { server, publisher } = live();
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "receiveAudio", false);
    command(player, "play", "cam");
    const before = player.client.media().length;
    command(player, "receiveAudio", true);
    sendMedia(publisher, audioFrame(50), interFrame(80));
    expect(media(player, before)).toEqual(["vh40", "ah40", "a50", "v80"]);
  });

  test("asked for while the player pauses take effect when it goes on", () => {
    const { server, publisher } = live();
    const player = server.player();
    command(player, "receiveVideo", false);
    command(player, "pause", true, 40);
    const before = player.client.media().length;
    command(player, "receiveVideo", true);
    sendMedia(publisher, audioFrame(70), interFrame(80));
    expect(media(player, before)).toEqual([]);
    command(player, "pause", false, 40);
    sendMedia(publisher, interFrame(120), keyframe(160));
    expect(media(player, before)).toEqual(["vh80", "ah80", "a70", "k160"]);
  });

  test("before play leave the kind out of the cached GOP, too", () => {
    const { server } = live();
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "receiveAudio", false);
    command(player, "play", "cam");
    expect(media(player)).toEqual(["vh0", "k0", "v40"]);
  });
});

describe("RTMP §7.2.2.2 play2", () => {
  test("goes over to another live stream and says so", () => {
    const { server } = live();
    live("cam-low", server);
    const player = server.player();
    const codes = player.client.codes.length;
    const before = player.client.media().length;
    command(player, "play2", { streamName: "cam-low", oldStreamName: "cam" });
    expect(newCodes(player, codes)).toEqual(["NetStream.Play.Transition"]);
    expect(media(player, before)).toEqual(["vh0", "ah0", "k0", "a10", "v40"]);
    const data = player.client.media(true).filter(({ typeId }) => typeId === 18);
    expect(data.map(({ payload }) => toHex(payload.subarray(3, 15)))).toContain(
      toHex(new TextEncoder().encode("onPlayStatus")),
    );
    expect(player.events.slice(-2)).toEqual(["play live/cam closed", "play live/cam-low"]);
  });

  test("of a player that pauses changes the stream, and its media waits", () => {
    const { server } = live();
    const { publisher } = live("cam-low", server);
    const player = server.player();
    command(player, "pause", true, 40);
    const before = player.client.media().length;
    command(player, "play2", { streamName: "cam-low" });
    sendMedia(publisher, interFrame(80));
    expect(media(player, before)).toEqual([]);
    command(player, "pause", false, 40);
    expect(media(player, before)).toEqual(["vh0", "ah0", "k0", "a10", "v40", "v80"]);
  });

  test("to a recording is refused, and the play goes on", () => {
    const { server, publisher } = live();
    const player = server.player();
    command(player, "play2", { streamName: "film", start: 0 });
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.StreamNotFound");
    sendMedia(publisher, interFrame(80));
    expect(media(player).at(-1)).toBe("v80");
  });

  test("is refused where the name or the owner says no, and the play goes on", () => {
    const server = new TestServer({
      authorise: ({ path }) =>
        path.name === "secret" ? { granted: false, description: "not yours" } : { granted: true },
    });
    const { publisher } = live("cam", server);
    const player = server.player();
    const codes = player.client.codes.length;
    command(player, "play2", { streamName: "secret" });
    command(player, "play2", { streamName: "../x" });
    expect(newCodes(player, codes)).toEqual([
      "NetStream.Play.Failed",
      "NetStream.Play.StreamNotFound",
    ]);
    sendMedia(publisher, interFrame(80));
    expect(media(player).at(-1)).toBe("v80");
  });

  test("that is decided on when its play is over leaves the next play alone", async () => {
    let allow: (() => void) | undefined;
    const server = new TestServer({
      authorise: ({ path }) => {
        if (path.name !== "cam-low") return { granted: true };
        return new Promise((resolve) => {
          allow = () => resolve({ granted: true });
        });
      },
    });
    live("cam", server);
    server.publisher("other");
    const player = server.player();
    command(player, "play2", { streamName: "cam-low" });
    command(player, "play", "other");
    allow?.();
    await server.settleLater();
    expect(player.events.at(-1)).toBe("play live/other");
    expect(player.client.codes).not.toContain("NetStream.Play.Transition");
  });

  test("that was decided on too late counts no more among the requests that wait", async () => {
    let asked = 0;
    const allow: (() => void)[] = [];
    const server = new TestServer({
      limits: { maxPendingCalls: 2 },
      authorise: ({ path }) => {
        if (path.name !== "cam-low") return { granted: true };
        asked++;
        return new Promise((resolve) => allow.push(() => resolve({ granted: true })));
      },
    });
    live("cam", server);
    const player = server.player();
    for (let count = 0; count < 5; count++) {
      command(player, "play2", { streamName: "cam-low" });
      command(player, "play", "cam");
      allow.pop()?.();
      await server.settleLater();
    }
    expect(asked).toBe(5);
  });
});

describe("RTMP §7.2.2.1 start, duration and playlist", () => {
  test.each([0, 1_111])("a recording is not found (start %d)", (start) => {
    const { server } = live();
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "play", "film", start);
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.StreamNotFound");
    expect(player.events).not.toContain("play live/film");
  });

  test.each([0, 1_111])("a live stream is played, wherever the player starts (%d)", (start) => {
    const { server, publisher } = live();
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "play", "cam", start);
    sendMedia(publisher, interFrame(80));
    expect(media(player).at(-1)).toBe("v80");
  });

  test("a stream whose publisher was lost is live while it is waited for", () => {
    const { server, publisher } = live();
    const waiting = server.player();
    publisher.near.reset();
    server.settle();
    const start = () => {
      const player = server.connected();
      player.client.command(0, "createStream", null);
      command(player, "play", "cam", 0);
      return player.client.codes.at(-1);
    };
    expect(start()).toBe("NetStream.Play.Start");
    server.clock.advance(15_000);
    expect(start()).toBe("NetStream.Play.StreamNotFound");
    expect(waiting.client.closed).toBe(undefined);
  });

  test.each([
    [1, "seconds"],
    [1_000, "milliseconds, as librtmp sends it"],
  ])("a duration of %d (%s) ends the play when it has passed", (duration) => {
    const { server, publisher } = live();
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "play", "cam", -1, duration);
    for (let at = 80; at <= 1_120; at += 40)
      sendMedia(publisher, interFrame(at), audioFrame(at + 10));
    expect(media(player).slice(-2)).toEqual(["v960", "a970"]);
    expect(player.client.codes.slice(-1)).toEqual(["NetStream.Play.Stop"]);
    expect(player.events.at(-1)).toBe("play live/cam closed");
    expect(player.client.closed).toBe(undefined);
  });

  test("a duration within the cached GOP ends it at once", () => {
    const { server, publisher } = live();
    for (let at = 80; at <= 3_000; at += 40) sendMedia(publisher, interFrame(at));
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "play", "cam", -1, 1);
    expect(media(player).at(-1)).toBe("v960");
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.Stop");
    expect(player.events.slice(-2)).toEqual(["play live/cam", "play live/cam closed"]);
    expect(server.hub.stats()[0]?.subscribers).toBe(0);
    sendMedia(publisher, keyframe(4_000));
    expect(media(player).at(-1)).toBe("v960");
  });

  test("a duration counts what was played: neither a pause nor the time of another stream", () => {
    const { server, publisher } = live();
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "play", "cam", -1, 1);
    command(player, "pause", true, 40);
    sendMedia(publisher, keyframe(60_000));
    command(player, "pause", false, 40);
    sendMedia(publisher, interFrame(60_500));
    const other = server.publisher("other");
    sendMedia(other, videoHeader(), keyframe(7_000));
    command(player, "play2", { streamName: "other" });
    for (let at = 7_040; at < 8_000; at += 40) sendMedia(other, interFrame(at));
    expect(media(player).at(-1)).toBe("v7440");
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.Stop");
  });

  test("the next entry begins when the duration of the first is over, or its publisher has gone", () => {
    const { server, publisher } = live();
    const second = live("second", server).publisher;
    live("third", server);
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "play", "cam", -1, 1);
    command(player, "play", "second", -1, -1, false);
    command(player, "play", "third", -1, -1, false);
    for (let at = 80; at <= 1_000; at += 40) sendMedia(publisher, interFrame(at));
    server.settle();
    expect(player.events.slice(-2)).toEqual(["play live/cam closed", "play live/second"]);
    command(second, "closeStream");
    server.settle();
    expect(player.events.slice(-2)).toEqual(["play live/second closed", "play live/third"]);
    expect(player.client.codes).not.toContain("NetStream.Play.UnpublishNotify");
    expect(media(player).slice(-3)).toEqual(["k0", "a10", "v40"]);
  });

  test("a duration does not count the time in which nobody published", () => {
    const { server, publisher } = live();
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "play", "cam", -1, 1);
    publisher.near.reset();
    server.settle();
    server.clock.advance(5_000);
    const again = server.publisher();
    sendMedia(again, videoHeader(), keyframe(0));
    for (let at = 40; at <= 1_000; at += 40) sendMedia(again, interFrame(at));
    // 40 ms of the first publisher, and 960 of the second, whose media begins at 5040.
    expect(media(player).slice(-2)).toEqual(["v5920", "v5960"]);
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.Stop");
  });

  test("a player that pauses when the publisher ends pauses in the next entry, too", () => {
    const { server, publisher } = live();
    const second = live("second", server).publisher;
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "play", "cam", -1, -1);
    command(player, "play", "second", -1, -1, false);
    command(player, "pause", true, 40);
    const before = player.client.media().length;
    command(publisher, "closeStream");
    server.settle();
    expect(player.events.at(-1)).toBe("play live/second");
    sendMedia(second, interFrame(80));
    expect(media(player, before)).toEqual([]);
    command(player, "pause", false, 40);
    expect(media(player, before)).toEqual(["vh0", "ah0", "k0", "a10", "v40", "v80"]);
  });

  test("a play that is no entry of the playlist begins at once, whoever paused before it", () => {
    const server = new TestServer({
      authorise: ({ path }) =>
        path.name === "secret" ? { granted: false, description: "not yours" } : { granted: true },
    });
    const { publisher } = live("cam", server);
    live("other", server);
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "play", "cam", -1, -1);
    command(player, "play", "secret", -1, -1, false);
    command(player, "pause", true, 40);
    command(publisher, "closeStream");
    server.settle();
    const before = player.client.media().length;
    command(player, "play", "other");
    expect(media(player, before)).toEqual(["vh0", "ah0", "k0", "a10", "v40"]);
  });

  test("entries that are refused, or over within the cached GOP, do not keep the ones behind them waiting", () => {
    const { server, publisher } = live();
    const long = live("long", server).publisher;
    for (let at = 80; at <= 3_000; at += 40) sendMedia(long, interFrame(at));
    live("last", server);
    const player = server.connected();
    player.client.command(0, "createStream", null);
    command(player, "play", "cam", -1, 1);
    command(player, "play", "recording", 0, -1, false);
    command(player, "play", "long", -1, 1, false);
    command(player, "play", "last", -1, -1, false);
    for (let at = 80; at <= 1_000; at += 40) sendMedia(publisher, interFrame(at));
    expect(player.events.slice(-4)).toEqual([
      "play live/cam closed",
      "play live/long",
      "play live/long closed",
      "play live/last",
    ]);
    expect(media(player).slice(-3)).toEqual(["k0", "a10", "v40"]);
  });
});

test.each(["record", "append"])(
  "RTMP §7.2.2.6 publish to %s is refused: nothing is recorded",
  (type) => {
    const server = new TestServer();
    const peer = server.connected();
    peer.client.command(0, "createStream", null);
    command(peer, "publish", "cam", type);
    expect(peer.client.codes.at(-1)).toBe("NetStream.Record.NoAccess");
    expect(server.hub.stats()).toEqual([]);
  },
);

/** The information object of the answer to a connect with these properties. */
function answerTo(properties: AmfObject): AmfObject {
  const peer = new TestServer().open();
  peer.client.command(0, "connect", { app: "live", ...properties });
  peer.settle();
  const answer = peer.client.commands("_result")[0]?.command;
  if (answer === undefined) throw new TypeError("connect was not answered");
  return readConnectReply(answer).info;
}

describe("E-RTMP capabilities", () => {
  test("are answered to a client that announces any", () => {
    const announcements: AmfObject[] = [
      { capsEx: 2 },
      { fourCcList: ["av01"] },
      { videoFourCcInfoMap: { hvc1: 1 } },
      { audioFourCcInfoMap: { Opus: 1 } },
      { videoFunction: 1 | 2 },
    ];
    for (const said of announcements) {
      expect(answerTo(said)).toMatchObject({
        fourCcList: ["*"],
        videoFourCcInfoMap: { "*": 4 },
        audioFourCcInfoMap: { "*": 4 },
        capsEx: 15,
      });
    }
  });

  test("are not mentioned to others", () => {
    for (const said of [{}, { videoFunction: 1, capsEx: 0, fourCcList: [] }]) {
      const told = Object.keys(answerTo(said));
      expect(told).toEqual(["level", "code", "description", "objectEncoding"]);
    }
  });

  test("a client that obeys Reconnect Requests gets one, others do not", () => {
    const server = new TestServer();
    const able = server.open();
    able.client.command(0, "connect", { app: "live", capsEx: 1 });
    able.settle();
    expect(able.served.requestReconnect("rtmp://other/live")).toBe(true);
    able.settle();
    expect(able.client.codes.at(-1)).toBe("NetConnection.Connect.ReconnectRequest");
    const unable = server.connected();
    expect(unable.served.requestReconnect()).toBe(false);
  });
});

test("E-RTMP Multitrack: tracks that players are not sent are left out of what they get", () => {
  const server = new TestServer({ tracks: "default" });
  const { publisher } = live("cam", server);
  const secondTrack = {
    start: hex("96 00 68 76 63 31 01 01"),
    frame: hex("96 03 68 76 63 31 01 aa"),
  };
  sendMedia(publisher, { ...keyframe(40), payload: secondTrack.start });
  const player = server.player();
  sendMedia(publisher, { ...keyframe(80), payload: secondTrack.frame }, interFrame(80));
  expect(media(player)).toEqual(["vh0", "ah0", "k0", "a10", "v40", "v80"]);
});

test("RTMP §7.1.2 onMetaData on message stream 0, before publish, reaches the players", () => {
  const server = new TestServer();
  const publisher = server.connected();
  const player = server.player();
  publisher.client.send({ ...setMetadata(), messageStreamId: 0 });
  publisher.client.command(0, "createStream", null);
  command(publisher, "publish", "cam", "live");
  sendMedia(publisher, videoHeader(), keyframe(0));
  const [, metadata] = player.client.received.filter(({ typeId }) => typeId === 18);
  expect(toHex(metadata?.payload ?? new Uint8Array(0))).toBe(metadataBody);
});

test("getStreamLength of a live stream is 0", () => {
  const { server } = live();
  const player = server.player();
  player.client.command(0, "getStreamLength", null, "cam");
  player.settle();
  expect(player.client.commands("_result").at(-1)?.command?.args).toEqual([0]);
});

test("procedures are called of the owner", () => {
  const server = new TestServer({
    onCall: answerCalls({ add: (a: number, b: number) => a + b }),
  });
  const peer = server.connected();
  peer.client.command(0, "add", null, 40, 2);
  peer.settle();
  expect(peer.client.commands("_result").at(-1)?.command?.args).toEqual([42]);
});
