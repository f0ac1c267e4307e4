import { encodeWindowAcknowledgementSize, MessageTypeId } from "@rtmp/chunk";
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

const mediaOf = (peer: TestPeer): string[] =>
  peer.client.media(true).map(({ timestamp, payload }) => `${timestamp}: ${toHex(payload)}`);

/** Without |RtmpSampleAccess, which every play begins with. */
const streamOf = (peer: TestPeer): string[] =>
  mediaOf(peer).filter((line) => !line.includes("7c 52 74 6d 70"));

describe("connect", () => {
  test("is answered in the order that every client knows", () => {
    const peer = new TestServer().connected();
    expect(peer.client.received.map(({ typeId, code }) => code ?? typeId)).toEqual([
      MessageTypeId.WindowAcknowledgementSize,
      MessageTypeId.SetPeerBandwidth,
      MessageTypeId.SetChunkSize,
      "NetConnection.Connect.Success",
    ]);
  });

  test("leaves in one write, and so does the answer to play with the whole GOP", () => {
    const server = new TestServer();
    const publisher = server.publisher();
    sendMedia(publisher, setMetadata(), videoHeader(), audioHeader(), keyframe(0));
    sendMedia(publisher, interFrame(40));
    sendMedia(publisher, interFrame(80));

    const player = server.open();
    const afterHandshake = player.far.writeCount;
    player.client.connect("live");
    player.settle();
    expect(player.far.writeCount - afterHandshake).toBe(1);

    player.client.command(0, "createStream", null);
    player.settle();
    const before = player.far.writeCount;
    player.client.command(1, "play", null, "cam");
    player.settle();
    expect(player.far.writeCount - before).toBe(1);
    expect(streamOf(player).length).toBe(6);
  });

  test("a batch is one write to each player", () => {
    const server = new TestServer();
    const publisher = server.publisher();
    sendMedia(publisher, videoHeader(), keyframe(0));
    const players = [server.player(), server.player(), server.player()];
    const before = players.map(({ far }) => far.writeCount);
    sendMedia(publisher, audioFrame(30), interFrame(40), audioFrame(50));
    expect(players.map(({ far }, i) => far.writeCount - (before[i] ?? 0))).toEqual([1, 1, 1]);
  });
});

describe("createStream", () => {
  test("the bytes of the source document get _result with their transaction id and a stream id", () => {
    const peer = new TestServer().connected();
    const { client } = peer;
    client.sendRaw(
      hex(
        `03 00 0b 68 00 00 19 14 00 00 00 00 02 00 0C 63 72 65 61 74 65 53 74 72 65 61 6D
         00 40 00 00 00 00 00 00 00 05`,
      ),
    );
    peer.settle();
    const answer = client.received.at(-1);
    expect(answer?.command).toMatchObject({ name: "_result", transactionId: 2, args: [1] });
    expect(toHex(answer?.payload ?? new Uint8Array(0))).toBe(
      "02 00 07 5f 72 65 73 75 6c 74 00 40 00 00 00 00 00 00 00 05 00 3f f0 00 00 00 00 00 00",
    );
  });
});

describe("a late joiner", () => {
  test("gets metadata without @setDataFrame, both sequence headers, and starts on a keyframe", () => {
    const server = new TestServer();
    const publisher = server.publisher();
    sendMedia(publisher, setMetadata(), videoHeader(), audioHeader());
    sendMedia(publisher, keyframe(0, 1), audioFrame(10, 2), interFrame(40, 3));
    sendMedia(publisher, audioFrame(1_990, 4), keyframe(2_000, 5), audioFrame(2_010, 6));
    const player = server.player();
    sendMedia(publisher, interFrame(2_040, 7));

    expect(streamOf(player)).toEqual([
      `0: ${metadataBody}`,
      "2000: 17 00 00 00 00 11",
      "2000: af 00 12 10",
      "2000: 17 01 00 00 00 05",
      "2010: af 01 06",
      "2040: 27 01 00 00 00 07",
    ]);
    expect(player.client.codes).toEqual([
      "NetConnection.Connect.Success",
      "NetStream.Play.Reset",
      "NetStream.Play.Start",
    ]);
  });
});

describe("a play of a name that does not exist yet", () => {
  test("waits for it and gets everything from the first keyframe on", () => {
    const server = new TestServer();
    const player = server.player();
    expect(player.client.codes).toContain("NetStream.Play.Start");
    expect(streamOf(player)).toEqual([]);

    const publisher = server.publisher();
    sendMedia(publisher, videoHeader(), keyframe(0), interFrame(40));
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.PublishNotify");
    expect(streamOf(player)).toEqual([
      "0: 17 00 00 00 00 11",
      "0: 17 01 00 00 00 22",
      "40: 27 01 00 00 00 33",
    ]);
  });
});

describe("a clean unpublish", () => {
  const goodbyes: [string, (peer: TestPeer) => void][] = [
    ["FCUnpublish", ({ client }) => void client.command(0, "FCUnpublish", null, "cam")],
    ["closeStream", ({ client }) => void client.command(1, "closeStream", null)],
    ["deleteStream", ({ client }) => void client.command(0, "deleteStream", null, 1)],
  ];
  test.each(goodbyes)("%s ends the stream at once and leaves the play open", async (_, goodbye) => {
    const server = new TestServer();
    const publisher = server.publisher();
    const player = server.player();
    sendMedia(publisher, videoHeader(), keyframe(1_000));
    goodbye(publisher);
    publisher.settle();
    await server.settleLater();

    const eof = player.client.received.at(-2);
    expect(toHex(eof?.payload ?? new Uint8Array(0))).toBe("00 01 00 00 00 01");
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.UnpublishNotify");
    expect(player.client.closed).toBeUndefined();
    expect(publisher.events).toContain("publish live/cam closed");

    server.clock.advance(4_000);
    const next = server.publisher();
    await server.settleLater();
    expect(next.client.codes.at(-1)).toBe("NetStream.Publish.Start");
    sendMedia(next, videoHeader(), keyframe(0));
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.PublishNotify");
    expect(streamOf(player).at(-1)).toBe("5000: 17 01 00 00 00 22");
  });

  test("may be said several times over", async () => {
    const server = new TestServer();
    const publisher = server.publisher();
    const player = server.player();
    publisher.client.command(0, "FCUnpublish", null, "cam");
    publisher.client.command(1, "closeStream", null);
    publisher.client.command(0, "deleteStream", null, 1);
    publisher.client.command(0, "deleteStream", null, 1);
    publisher.settle();
    publisher.client.close();
    await server.settleLater();
    expect(player.client.codes.filter((code) => code.endsWith("UnpublishNotify")).length).toBe(1);
    expect(publisher.events.filter((event) => event.startsWith("publish"))).toEqual([
      "publish live/cam",
      "publish live/cam closed",
    ]);
  });
});

describe("a lost publisher", () => {
  const losses: [string, (peer: TestPeer) => void][] = [
    ["reset", ({ near }) => near.reset()],
    ["closed without a word", ({ client }) => client.close()],
  ];
  test.each(losses)("%s: players hear nothing, and go on when it returns", (_, lose) => {
    const server = new TestServer();
    const publisher = server.publisher();
    const player = server.player();
    sendMedia(publisher, videoHeader(), keyframe(7_000), interFrame(7_040));
    const codes = player.client.codes.length;
    const received = player.client.received.length;
    lose(publisher);
    publisher.settle();
    expect(publisher.events).toContain("publish live/cam lost");

    server.clock.advance(4_000);
    player.settle();
    const back = server.publisher();
    expect(back.client.codes.at(-1)).toBe("NetStream.Publish.Start");
    sendMedia(back, videoHeader(), keyframe(0), interFrame(40));

    expect(player.client.codes.length).toBe(codes);
    expect(player.client.received.slice(received).map(({ timestamp }) => timestamp)).toEqual([
      11_040, 11_040, 11_080,
    ]);
    server.clock.advance(14_000);
    expect(player.client.codes.length).toBe(codes);
  });

  test("that does not return ends the stream when the grace period is over", async () => {
    const server = new TestServer({ hubLimits: { graceMs: 2_222 } });
    const publisher = server.publisher();
    const player = server.player();
    sendMedia(publisher, videoHeader(), keyframe(0));
    publisher.near.reset();
    publisher.settle();
    server.clock.advance(2_221);
    player.settle();
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.Start");
    server.clock.advance(1);
    await server.settleLater();
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.UnpublishNotify");
    expect(player.client.closed).toBeUndefined();
  });
});

describe("one name, one publisher", () => {
  test("a second one gets BadName and the first goes on", () => {
    const server = new TestServer();
    const first = server.publisher();
    const player = server.player();
    const second = server.publisher();
    expect(second.client.codes.at(-1)).toBe("NetStream.Publish.BadName");
    expect(second.problems.map(({ code }) => code)).toEqual(["RTMP_ERR_NAME_IN_USE"]);

    sendMedia(first, videoHeader(), keyframe(0));
    sendMedia(second, keyframe(0, 0x66));
    expect(streamOf(player).length).toBe(2);
  });

  test("the same name in another app is another stream", () => {
    const server = new TestServer();
    server.publisher();
    const other = server.connected("event");
    other.client.command(0, "createStream", null);
    other.client.command(1, "publish", null, "cam", "live");
    other.settle();
    expect(other.client.codes.at(-1)).toBe("NetStream.Publish.Start");
  });
});

describe("several streams on one connection", () => {
  test("publish and play side by side, each on its own message stream", () => {
    const server = new TestServer();
    const peer = server.connected();
    for (let i = 0; i < 4; i++) peer.client.command(0, "createStream", null);
    peer.client.command(1, "publish", null, "one", "live");
    peer.client.command(2, "publish", null, "two", "live");
    peer.client.command(3, "play", null, "one");
    peer.client.command(4, "play", null, "two");
    peer.settle();

    sendMedia(peer, videoHeader(0, 1), { ...videoHeader(0, 2), messageStreamId: 2 });
    sendMedia(peer, keyframe(0, 1), { ...keyframe(0, 2), messageStreamId: 2 });
    const got = peer.client
      .media()
      .map(({ messageStreamId, payload }) => `${messageStreamId}: ${payload.at(-1)}`);
    expect(got.toSorted()).toEqual(["3: 1", "3: 1", "4: 2", "4: 2"]);

    peer.client.command(0, "deleteStream", null, 1);
    peer.settle();
    sendMedia(peer, { ...interFrame(40, 2), messageStreamId: 2 });
    expect(peer.client.media().at(-1)).toMatchObject({ messageStreamId: 4 });
  });
});

describe("small fragments", () => {
  test("a stream sent with chunk size 64 plays unchanged", () => {
    const server = new TestServer();
    const publisher = server.publisher();
    const player = server.player();
    publisher.client.setChunkSize(64);
    const frame = keyframe(0);
    const payload = Uint8Array.from({ length: 1_111 }, (_, i) => frame.payload[i] ?? i & 0xff);
    sendMedia(publisher, videoHeader(), { ...frame, payload });
    expect(player.client.media().at(-1)?.payload).toEqual(payload);
  });
});

describe("a slow player", () => {
  test("is skipped, then told and cut; another one loses nothing", () => {
    const server = new TestServer({ hubLimits: { skipAboveBytes: 1_111, maxSkipMs: 2_222 } });
    const publisher = server.publisher();
    const slow = server.player();
    const healthy = server.player();
    sendMedia(publisher, videoHeader(), keyframe(0));
    slow.far.hold();
    const big = Uint8Array.from({ length: 1_200 }, (_, i) => keyframe(0).payload[i] ?? 0);
    for (let i = 1; i <= 10; i++) {
      sendMedia(publisher, { ...keyframe(i * 400), payload: big });
      healthy.settle();
      server.clock.advance(400);
    }
    expect(slow.events.slice(-2)).toEqual(["play live/cam lost", "close RTMP_ERR_SLOW_SUBSCRIBER"]);
    expect(healthy.client.media().length).toBe(12);
    expect(slow.far.queuedBytes).toBeLessThan(3_000);
    server.clock.advance(1_000);
    expect(slow.far.isClosed).toBe(true);
  });
});

test("shutDown says goodbye and closes", () => {
  const server = new TestServer();
  const publisher = server.publisher();
  publisher.served.shutDown();
  publisher.settle();
  expect(publisher.client.codes.at(-1)).toBe("NetConnection.Connect.AppShutdown");
  expect(publisher.events.slice(-2)).toEqual(["publish live/cam lost", "close in order"]);
});

test("a player that announces a window gets its bytes whether it acknowledges or not", () => {
  const server = new TestServer();
  const publisher = server.publisher();
  const player = server.player();
  player.client.send({
    chunkStreamId: 2,
    timestamp: 0,
    typeId: MessageTypeId.WindowAcknowledgementSize,
    messageStreamId: 0,
    payload: encodeWindowAcknowledgementSize(1_111),
  });
  player.settle();
  sendMedia(publisher, videoHeader(), keyframe(0));
  expect(streamOf(player).length).toBe(2);
});

describe("a connection that plays what it publishes", () => {
  test("gets its own media, and when it is too slow for it ends once and leaves the name free", () => {
    const server = new TestServer({ hubLimits: { skipAboveBytes: 1_111, maxSkipMs: 2_222 } });
    const peer = server.publisher();
    peer.client.command(0, "createStream", null);
    peer.client.command(2, "play", null, "cam");
    peer.settle();
    const onlooker = server.player();
    sendMedia(peer, videoHeader(), keyframe(0));
    expect(streamOf(peer).length).toBe(2);

    peer.far.hold();
    const big = Uint8Array.from({ length: 1_200 }, (_, i) => keyframe(0).payload[i] ?? 0);
    for (let i = 1; i <= 10; i++) {
      sendMedia(peer, { ...keyframe(i * 400), payload: big });
      server.clock.advance(400);
    }
    expect(peer.events.slice(3)).toEqual([
      "publish live/cam lost",
      "play live/cam lost",
      "close RTMP_ERR_SLOW_SUBSCRIBER",
    ]);
    expect(onlooker.client.codes.at(-1)).toBe("NetStream.Play.Start");
    expect(server.publisher().client.codes.at(-1)).toBe("NetStream.Publish.Start");
  });
});
