import type { StreamHubOptions } from "@rtmp/hub";
import { type PushOptions, pushStream } from "@rtmp/relay";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test, vi } from "vitest";
import { linesOf, RelayStage, timesOf } from "./relay-stage.ts";
import {
  audioFrame,
  audioHeader,
  interFrame,
  keyframe,
  metadataBody,
  sendMedia,
  setMetadata,
  TestServer,
  videoHeader,
} from "./served.ts";

/** A push of `live/cam` of the server `studio`, with what its observer was told. */
function pushing(stage: RelayStage, options: Partial<PushOptions> = {}) {
  const studio = stage.servers.get("studio") ?? stage.add("studio");
  const { lines, options: shared } = stage.relay();
  const push = pushStream({
    ...shared,
    hub: studio.hub,
    streamPath: "live/cam",
    urls: ["rtmp://a/live/out"],
    ...options,
  });
  return { studio, lines, push };
}

describe("a stream that is pushed", () => {
  test("arrives bit-identical, from its keyframe on, with its metadata kept for late players", async () => {
    const stage = new RelayStage();
    const target = stage.add("a");
    const { studio, lines } = pushing(stage);
    const early = target.player("out");
    const publisher = studio.publisher();
    sendMedia(publisher, setMetadata(), videoHeader(), audioHeader(), keyframe(1_111));
    await stage.settle();
    sendMedia(publisher, audioFrame(1_120), interFrame(1_151));
    stage.carry();
    const late = target.player("out");
    const expected = [
      `data 0 ${metadataBody}`,
      "video 1111 17 00 00 00 00 11",
      "audio 1111 af 00 12 10",
      "video 1111 17 01 00 00 00 22",
      "audio 1120 af 01 44",
      "video 1151 27 01 00 00 00 33",
    ];
    for (const player of [early, late]) expect(linesOf(player).slice(1)).toEqual(expected);
    expect(lines).toEqual(["opening 0", "publish 0"]);
  });

  test("has the order to keep the metadata on the wire", async () => {
    const stage = new RelayStage();
    stage.add("a");
    const { studio } = pushing(stage);
    const publisher = studio.publisher();
    sendMedia(publisher, videoHeader(), keyframe(0));
    await stage.settle();
    const near = stage.lines[0]?.[0];
    const pieces: string[] = [];
    const writeAll = near?.writeAll.bind(near);
    if (near !== undefined) {
      near.writeAll = (all) => {
        pieces.push(all.map(toHex).join(" "));
        writeAll?.(all);
      };
    }
    sendMedia(publisher, audioFrame(1), setMetadata(), audioFrame(2));
    expect(pieces.length).toBe(1);
    const text = pieces[0] ?? "";
    const order = "02 00 0d 40 73 65 74 44 61 74 61 46 72 61 6d 65";
    expect(text).toContain(`${order} ${metadataBody}`);
    // One audio message in front, one behind.
    expect(text.split("af 01 44").length).toBe(3);
    expect(text.indexOf("af 01 44")).toBeLessThan(text.indexOf(order));
    expect(text.lastIndexOf("af 01 44")).toBeGreaterThan(text.indexOf(order));
  });

  test("is written once for each piece that arrives, in the bytes of players", async () => {
    const stage = new RelayStage();
    stage.add("a");
    const { studio } = pushing(stage);
    const player = studio.player();
    const publisher = studio.publisher();
    sendMedia(publisher, videoHeader(), keyframe(0));
    await stage.settle();
    const near = stage.lines[0]?.[0];
    if (near === undefined) throw new Error("nothing was dialled");
    const pushed = vi.spyOn(near, "write");
    const played = vi.spyOn(player.far, "write");
    sendMedia(publisher, audioFrame(10), interFrame(40));
    expect(pushed.mock.calls.length).toBe(1);
    expect(pushed.mock.calls[0]?.[0]).toBe(played.mock.calls[0]?.[0]);
  });

  test("goes to several servers at once", async () => {
    const stage = new RelayStage();
    const targets = [stage.add("a"), stage.add("b")];
    pushing(stage);
    const { studio } = pushing(stage, { urls: ["rtmp://b/live/out"] });
    const publisher = studio.publisher();
    sendMedia(publisher, videoHeader(), keyframe(0));
    await stage.settle();
    for (const target of targets) expect(timesOf(target.player("out"))).toEqual([0, 0]);
  });

  test("dials nobody before it is live", async () => {
    const stage = new RelayStage();
    stage.add("a");
    const { studio, push } = pushing(stage);
    const publisher = studio.publisher();
    await stage.advance(10_000);
    expect(stage.dialled).toEqual([]);
    expect(push.state).toBe("idle");
    sendMedia(publisher, videoHeader(), keyframe(0));
    await stage.settle();
    expect(push.state).toBe("open");
  });
});

/** A push that flows, and a player of it. */
async function flowing(
  options: Partial<PushOptions> = {},
  hubLimits = {},
  hubOptions: StreamHubOptions = {},
) {
  const stage = new RelayStage();
  const target = stage.add("a");
  stage.add("studio", { hubLimits, hubOptions });
  const all = pushing(stage, options);
  const publisher = all.studio.publisher();
  sendMedia(publisher, videoHeader(), keyframe(0));
  await stage.settle();
  const player = target.player("out");
  return { stage, target, publisher, player, ...all };
}

test("a push of a hub of low latency is whole all the same", async () => {
  const { stage, publisher, player } = await flowing({}, {}, { latency: "low" });
  sendMedia(publisher, interFrame(40), interFrame(80));
  stage.carry();
  const marks = player.client.media().map(({ payload }) => payload.at(-1));
  expect(marks).toEqual([0x11, 0x22, 0x33, 0x33]);
});

describe("the end", () => {
  test("of the publisher is said to the server, and its return as well", async () => {
    const { stage, publisher, player, studio, lines, push } = await flowing();
    publisher.client.command(1, "closeStream", null);
    await stage.settle();
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.UnpublishNotify");
    expect(stage.events).toEqual(["a publish live/out", "a publish live/out closed"]);
    expect(push.state).toBe("idle");
    const next = studio.publisher();
    sendMedia(next, videoHeader(), keyframe(40));
    await stage.settle();
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.PublishNotify");
    expect(lines).toEqual(["opening 0", "publish 0", "end 0", "opening 0", "publish 0"]);
    const times = timesOf(player);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test("of the publisher's connection is not: the server is kept until the publisher is back", async () => {
    const { stage, publisher, player, studio, lines } = await flowing();
    publisher.near.reset();
    publisher.near.flush();
    await stage.advance(3_000);
    const next = studio.publisher();
    sendMedia(next, videoHeader(), keyframe(0));
    stage.carry();
    expect(lines).toEqual(["opening 0", "publish 0"]);
    expect(timesOf(player)).toEqual([0, 0, 3_000, 3_000]);
  });

  test("of the connection is followed by another one, which begins with the newest keyframe", async () => {
    const { stage, publisher, player, lines } = await flowing();
    stage.lines[0]?.[0].reset();
    stage.carry();
    sendMedia(publisher, keyframe(400), interFrame(440));
    await stage.advance(500);
    sendMedia(publisher, interFrame(480));
    stage.carry();
    expect(lines).toEqual([
      "opening 0",
      "publish 0",
      "end 0",
      "failure 0 RTMP_ERR_CONNECTION_LOST 500",
      "opening 0",
      "publish 0",
    ]);
    const times = timesOf(player);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(player.client.media().map(({ payload }) => payload.at(-1))).toEqual([
      0x11, 0x22, 0x11, 0x22, 0x33, 0x33,
    ]);
  });

  test("of the stream is told when a lost publisher is not waited for any more", async () => {
    let idle = 0;
    const { stage, publisher, studio, push } = await flowing({
      observer: {
        onIdle: () => {
          idle++;
          void push.close();
        },
      },
    });
    publisher.near.reset();
    publisher.near.flush();
    await stage.advance(14_000);
    expect([idle, push.state]).toEqual([0, "open"]);
    await stage.advance(1_000);
    expect([idle, push.state]).toEqual([1, "closed"]);
    expect(stage.events).toEqual(["a publish live/out", "a publish live/out closed"]);
    expect(studio.hub.stats()).toEqual([]);
  });

  test("by close is said to the server and leaves nothing behind", async () => {
    const { stage, publisher, player, studio, push } = await flowing();
    const closed = vi.fn<() => void>();
    void push.close().then(closed);
    await Promise.resolve();
    expect(closed).not.toHaveBeenCalled();
    await stage.settle();
    expect(closed).toHaveBeenCalled();
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.UnpublishNotify");
    expect(studio.hub.stats()).toMatchObject([{ subscribers: 0 }]);
    sendMedia(publisher, keyframe(400));
    await stage.advance(60_000);
    expect(stage.dialled).toEqual(["a"]);
    expect(push.state).toBe("closed");
    await push.close();
  });

  test("while the server is dialled leaves nothing behind", async () => {
    const stage = new RelayStage();
    stage.add("a");
    const { studio, push } = pushing(stage);
    const publisher = studio.publisher();
    sendMedia(publisher, videoHeader(), keyframe(0));
    await push.close();
    await stage.settle();
    expect(stage.events).toEqual([]);
    expect(studio.hub.stats()).toMatchObject([{ subscribers: 0 }]);
  });

  test("of a server's patience leads to the next server", async () => {
    const stage = new RelayStage();
    const first = stage.add("a");
    stage.add("b");
    const taken = first.publisher("out");
    const { studio, lines } = pushing(stage, { urls: ["rtmp://a/live/out", "rtmp://b/live/out"] });
    sendMedia(studio.publisher(), videoHeader(), keyframe(0));
    await stage.settle();
    await stage.advance(1);
    expect(taken.client.closed).toBe(undefined);
    expect(lines).toEqual([
      "opening 0",
      "failure 0 RTMP_ERR_PUBLISH_REJECTED 0",
      "opening 1",
      "publish 1",
    ]);
  });

  test("of what a server takes of a stream leads to another try", async () => {
    const { stage, lines } = await flowing();
    const code = "NetStream.Unpublish.Success";
    stage.lines[0]?.[1].write(statusOf(code));
    stage.carry();
    expect(lines.slice(2)).toEqual(["end 0", "failure 0 RTMP_ERR_RELAY_STOPPED 500"]);
  });

  test("of the hub's patience with a slow server leads to another try, from a later keyframe on", async () => {
    const { stage, publisher, lines, target } = await flowing(
      {},
      { skipAboveBytes: 100, maxSkipMs: 1_000 },
    );
    stage.lines[0]?.[0].hold();
    for (let at = 40; at < 800; at += 40) sendMedia(publisher, interFrame(at));
    expect(lines.length).toBe(2);
    stage.clock.advance(1_500);
    sendMedia(publisher, interFrame(1_500));
    expect(lines[2]).toMatch(/^end [1-9]\d*$/);
    expect(lines[3]).toBe("failure 0 RTMP_ERR_SLOW_SUBSCRIBER 500");
    sendMedia(publisher, keyframe(1_540, 0x66));
    stage.lines[0]?.[0].release();
    await stage.advance(2_000);
    expect(lines.slice(4)).toEqual(["opening 0", "publish 0"]);
    expect(target.player("out").client.media().at(-1)?.payload.at(-1)).toBe(0x66);
  });
});

const ascii = (word: string): number[] => [...new TextEncoder().encode(word)];

/** onStatus of message stream 1 with nothing but a code, on chunk stream 3. */
function statusOf(code: string): Uint8Array {
  const name = [2, 0, 8, ...ascii("onStatus")];
  const transactionIdAndNull = hex("00 00 00 00 00 00 00 00 00 05");
  const object = [3, 0, 4, ...ascii("code"), 2, 0, code.length, ...ascii(code), 0, 0, 9];
  const body = [...name, ...transactionIdAndNull, ...object];
  return Uint8Array.of(3, 0, 0, 0, 0, 0, body.length, 20, 1, 0, 0, 0, ...body);
}

test.each([
  [[], /a URL is needed/],
  [["rtmp://a"], /names no stream/],
])("a push to %j is a mistake of the caller, and joins nothing", (urls, text) => {
  const { hub } = new TestServer();
  const options = { hub, streamPath: "live/cam", urls, dial: new RelayStage().dial };
  expect(() => pushStream(options)).toThrow(text);
  expect(() => pushStream(options)).toThrow(TypeError);
  expect(hub.stats()).toEqual([]);
});
