import { MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { type PullOptions, pullStream } from "@rtmp/relay";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { linesOf, RelayStage, timesOf } from "./relay-stage.ts";
import {
  audioFrame,
  audioHeader,
  interFrame,
  keyframe,
  metadataBody,
  sendMedia,
  setMetadata,
  type TestPeer,
  videoHeader,
} from "./served.ts";

/** A pull into the server `edge`, with what its observer was told. */
function pulling(stage: RelayStage, options: Partial<PullOptions> = {}) {
  const edge = stage.add("edge");
  const { lines, options: shared } = stage.relay();
  const pull = pullStream({
    ...shared,
    hub: edge.hub,
    streamPath: "live/cam",
    urls: ["rtmp://a/live/cam"],
    ...options,
  });
  return { edge, lines, pull };
}

const send = (stage: RelayStage, publisher: TestPeer, ...messages: OutgoingMessage[]): void => {
  sendMedia(publisher, ...messages);
  stage.carry();
};

const sampleAccess = "02 00 11 7c 52 74 6d 70 53 61 6d 70 6c 65 41 63 63 65 73 73 01 01 01 01";

describe("a stream that is pulled", () => {
  test("arrives bit-identical, in the order and with the times of its source", async () => {
    const stage = new RelayStage();
    const origin = stage.add("a");
    const { edge, lines } = pulling(stage);
    await stage.settle();
    const player = edge.player();
    const publisher = origin.publisher();
    send(stage, publisher, setMetadata(), videoHeader(), audioHeader());
    send(stage, publisher, keyframe(1_111), audioFrame(1_120), interFrame(1_151));
    expect(linesOf(player)).toEqual([
      `data 0 ${sampleAccess}`,
      `data 0 ${metadataBody}`,
      "video 1111 17 00 00 00 00 11",
      "audio 1111 af 00 12 10",
      "video 1111 17 01 00 00 00 22",
      "audio 1120 af 01 44",
      "video 1151 27 01 00 00 00 33",
    ]);
    expect(lines).toEqual(["opening 0", "publish 0"]);
    expect(stage.events).toEqual(["a play live/cam"]);
  });

  test("reaches late players from its newest keyframe on, over one connection", async () => {
    const stage = new RelayStage();
    const origin = stage.add("a");
    const publisher = origin.publisher();
    send(stage, publisher, videoHeader(), keyframe(0), interFrame(40));
    const { edge } = pulling(stage);
    await stage.settle();
    const players = [edge.player(), edge.player()];
    for (const player of players) expect(timesOf(player)).toEqual([0, 0, 40]);
    expect(stage.dialled).toEqual(["a"]);
  });

  test("is written to a player once for each piece that arrives", async () => {
    const stage = new RelayStage();
    const origin = stage.add("a");
    const { edge } = pulling(stage);
    await stage.settle();
    const player = edge.player();
    const publisher = origin.publisher();
    send(stage, publisher, videoHeader(), keyframe(0));
    const before = player.far.writeCount;
    send(stage, publisher, audioFrame(10), interFrame(40), audioFrame(50));
    expect(player.far.writeCount).toBe(before + 1);
    expect(timesOf(player).slice(-3)).toEqual([10, 40, 50]);
  });

  test("asks its source to send so much ahead", async () => {
    const stage = new RelayStage();
    stage.add("a");
    pulling(stage, { bufferLengthMs: 0x1111 });
    const sent: string[] = [];
    await new Promise((resolve) => setTimeout(resolve, 0));
    const [near] = stage.lines[0] ?? [];
    const write = near?.writeAll.bind(near);
    if (near !== undefined) {
      near.writeAll = (pieces) => {
        sent.push(...pieces.map(toHex));
        write?.(pieces);
      };
      const single = near.write.bind(near);
      near.write = (bytes) => {
        sent.push(toHex(bytes));
        single(bytes);
      };
    }
    await stage.settle();
    // Set Buffer Length (event 3) of message stream 1: 0x1111 ms.
    expect(sent.join(" ")).toContain("00 03 00 00 00 01 00 00 11 11");
  });

  test("does not take the name before media comes", async () => {
    const stage = new RelayStage();
    const origin = stage.add("a");
    const { edge } = pulling(stage);
    await stage.settle();
    expect(edge.hub.stats()).toEqual([]);
    const publisher = origin.publisher();
    // onTextData, no media.
    const text = hex("02 00 0a 6f 6e 54 65 78 74 44 61 74 61 05");
    send(stage, publisher, {
      chunkStreamId: 4,
      timestamp: 0,
      typeId: MessageTypeId.DataAmf0,
      messageStreamId: 1,
      payload: text,
    });
    expect(edge.hub.stats()).toEqual([]);
    send(stage, publisher, videoHeader(), keyframe(0));
    expect(edge.hub.stats()).toMatchObject([{ streamPath: "live/cam", publishing: true }]);
  });
});

/** A pull that flows, and a player of it. */
async function flowing(options: Partial<PullOptions> = {}) {
  const stage = new RelayStage();
  const origin = stage.add("a");
  const all = pulling(stage, options);
  await stage.settle();
  const publisher = origin.publisher();
  const player = all.edge.player();
  send(stage, publisher, videoHeader(), keyframe(5_000), interFrame(5_040));
  return { stage, origin, publisher, player, ...all };
}

describe("the end of a source", () => {
  test("that says so ends the stream for players, and another publisher is heard", async () => {
    const { stage, origin, publisher, player, lines } = await flowing();
    publisher.client.command(1, "closeStream", null);
    await stage.settle();
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.UnpublishNotify");
    expect(lines).toEqual(["opening 0", "publish 0", "end closed"]);
    await stage.advance(3_000);
    const next = origin.publisher();
    send(stage, next, videoHeader(), keyframe(0), interFrame(40));
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.PublishNotify");
    expect(timesOf(player)).toEqual([5_000, 5_000, 5_040, 8_040, 8_040, 8_080]);
    expect(stage.dialled).toEqual(["a"]);
  });

  test("that is lost leaves players waiting, on one timeline", async () => {
    const { stage, publisher, player, lines } = await flowing();
    stage.lines[0]?.[0].reset(new Error("ECONNRESET"));
    stage.carry();
    expect(lines.slice(2)).toEqual(["end lost", "failure 0 RTMP_ERR_CONNECTION_LOST 500"]);
    await stage.advance(500);
    expect(lines.slice(4)).toEqual(["opening 0", "publish 0"]);
    send(stage, publisher, interFrame(5_540), keyframe(5_580));
    expect(player.client.codes).not.toContain("NetStream.Play.UnpublishNotify");
    const times = timesOf(player);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeGreaterThan(5_540);
    expect(player.client.closed).toBe(undefined);
  });

  test("whose server goes down in order leaves players waiting all the same", async () => {
    const { stage, player, lines } = await flowing();
    stage.lines[0]?.[1].close(0);
    stage.carry();
    expect(lines.slice(2)).toEqual(["end lost", "failure 0 undefined 500"]);
    expect(player.client.codes).not.toContain("NetStream.Play.UnpublishNotify");
  });

  test("with Stream EOF alone leaves players waiting until the grace period is over", async () => {
    const { stage, player, lines } = await flowing();
    // User control, chunk stream 2: event 1 of message stream 1.
    stage.lines[0]?.[1].write(hex("02 00 00 00 00 00 06 04 00 00 00 00 00 01 00 00 00 01"));
    stage.carry();
    expect(lines).toEqual(["opening 0", "publish 0"]);
    await stage.advance(1_000);
    expect(lines.slice(2)).toEqual(["end lost"]);
    await stage.advance(14_000);
    expect(player.client.codes).not.toContain("NetStream.Play.UnpublishNotify");
    await stage.advance(1_000);
    expect(player.client.codes).toContain("NetStream.Play.UnpublishNotify");
  });

  test("with Stream EOF and media behind it begins another publisher's timeline", async () => {
    const { stage, publisher, player, lines } = await flowing();
    stage.lines[0]?.[1].write(hex("02 00 00 00 00 00 06 04 00 00 00 00 00 01 00 00 00 01"));
    stage.carry();
    send(stage, publisher, keyframe(5_080));
    expect(lines.slice(2)).toEqual(["end lost", "publish 0"]);
    expect(timesOf(player).at(-1)).toBeGreaterThanOrEqual(5_040);
    await stage.advance(2_000);
    expect(lines.length).toBe(4);
  });

  test("by close tells players, and leaves nothing behind", async () => {
    const { stage, player, pull, edge } = await flowing();
    void pull.close();
    await stage.settle();
    expect(pull.state).toBe("closed");
    expect(player.client.codes.at(-1)).toBe("NetStream.Play.UnpublishNotify");
    expect(edge.hub.stats()).toMatchObject([{ publishing: false, subscribers: 1 }]);
    expect(stage.events).toEqual(["a play live/cam", "a play live/cam closed"]);
    await stage.advance(60_000);
    expect(stage.dialled).toEqual(["a"]);
    void pull.close();
  });
});

describe("sources", () => {
  test("are tried in order at once, then again after waits that grow", async () => {
    const stage = new RelayStage();
    const { lines, pull } = pulling(stage, { urls: ["rtmp://a/live/cam", "rtmp://b/live/cam"] });
    await stage.settle();
    stage.clock.advance(0);
    await stage.settle();
    expect(stage.dialled).toEqual(["a", "b"]);
    expect(lines.at(-1)).toBe("failure 1 Error: connect ECONNREFUSED b 500");
    await stage.advance(500);
    stage.clock.advance(0);
    await stage.settle();
    expect(stage.dialled).toEqual(["a", "b", "a", "b"]);
    expect(lines.at(-1)).toBe("failure 1 Error: connect ECONNREFUSED b 1000");
    expect(pull.state).toBe("waiting");
    void pull.close();
    expect(stage.clock.pending).toBe(0);
  });

  test("that refuse to play make room for the next one", async () => {
    const stage = new RelayStage();
    stage.add("a", { authorise: () => ({ granted: false, description: "not here" }) });
    const second = stage.add("b");
    const { lines } = pulling(stage, { urls: ["rtmp://a/live/cam", "rtmp://b/live/cam"] });
    await stage.settle();
    await stage.advance(1);
    send(stage, second.publisher(), videoHeader(), keyframe(0));
    expect(lines).toEqual([
      "opening 0",
      "failure 0 RTMP_ERR_PLAY_REJECTED 0",
      "opening 1",
      "publish 1",
    ]);
  });

  test("that send nothing make room for the next one", async () => {
    const stage = new RelayStage();
    stage.add("a");
    const second = stage.add("b");
    const { lines } = pulling(stage, { urls: ["rtmp://a/live/cam", "rtmp://b/live/cam"] });
    await stage.settle();
    const publisher = second.publisher();
    send(stage, publisher, videoHeader(), keyframe(0));
    await stage.advance(10_001);
    expect(lines).toEqual([
      "opening 0",
      "failure 0 RTMP_ERR_RELAY_TIMEOUT 0",
      "opening 1",
      "publish 1",
    ]);
    for (let turn = 1; turn < 15; turn++) {
      send(stage, publisher, keyframe(turn * 1_000));
      await stage.advance(1_000);
    }
    expect(lines.length).toBe(4);
  });

  test("that are the only one may be silent", async () => {
    const stage = new RelayStage();
    stage.add("a");
    const { lines } = pulling(stage);
    await stage.settle();
    await stage.advance(60_000);
    expect(lines).toEqual(["opening 0"]);
  });

  test("follow one another without a step back in time, on the player's one connection", async () => {
    const stage = new RelayStage();
    const first = stage.add("a");
    const second = stage.add("b");
    const { edge, lines } = pulling(stage, { urls: ["rtmp://a/live/cam", "rtmp://b/live/cam"] });
    await stage.settle();
    const player = edge.player();
    send(stage, first.publisher(), videoHeader(), keyframe(90_000), interFrame(90_040));
    stage.servers.delete("a");
    stage.lines[0]?.[0].reset();
    await stage.advance(2_000);
    send(stage, second.publisher(), videoHeader(0, 0x77), keyframe(0, 0x78), interFrame(40));
    await stage.settle();
    expect(lines.at(-1)).toBe("publish 1");
    expect(timesOf(player)).toEqual([90_000, 90_000, 90_040, 92_040, 92_040, 92_080]);
    expect(player.client.media().at(-3)?.payload.at(-1)).toBe(0x77);
    expect(player.client.closed).toBe(undefined);
  });

  test("that were stable are tried again after the first wait", async () => {
    const stage = new RelayStage();
    stage.add("a");
    const { lines } = pulling(stage);
    const waits = (): string[] => lines.filter((line) => line.startsWith("failure"));
    for (const stableMs of [0, 0, 10_000]) {
      await stage.advance(2_000);
      if (stableMs > 0) await stage.advance(stableMs);
      stage.lines.at(-1)?.[0].reset();
      stage.carry();
    }
    expect(waits().map((line) => line.split(" ").at(-1))).toEqual(["500", "1000", "500"]);
  });

  test("that never answer are given up", async () => {
    const stage = new RelayStage();
    const { lines, pull } = pulling(stage, { dial: () => new Promise(() => {}) });
    await stage.advance(30_000);
    expect(lines).toEqual(["opening 0", "failure 0 RTMP_ERR_RELAY_TIMEOUT 500"]);
    void pull.close();
    expect(stage.clock.pending).toBe(0);
  });

  test("that answer when the pull is closed are left at once", async () => {
    const stage = new RelayStage();
    stage.add("a");
    const { pull } = pulling(stage);
    void pull.close();
    await stage.settle();
    expect(stage.events).toEqual([]);
    await stage.advance(5_000);
    expect(stage.lines[0]?.[0].isClosed).toBe(true);
    expect(stage.clock.pending).toBe(0);
  });
});

describe("a pull", () => {
  test("gives way to who publishes the name already, and tries again", async () => {
    const stage = new RelayStage();
    const origin = stage.add("a");
    const { edge, lines } = pulling(stage);
    const local = edge.publisher();
    await stage.settle();
    send(stage, origin.publisher(), videoHeader(), keyframe(0));
    expect(lines).toEqual(["opening 0", "failure 0 RTMP_ERR_NAME_IN_USE 500"]);
    local.client.command(1, "closeStream", null);
    local.settle();
    await stage.advance(500);
    expect(lines.at(-1)).toBe("publish 0");
  });

  test("reports what cannot be read and goes on", async () => {
    const stage = new RelayStage();
    const origin = stage.add("a");
    const { edge, lines } = pulling(stage);
    await stage.settle();
    const player = edge.player();
    send(stage, origin.publisher(), videoHeader(), keyframe(0));
    // A video message of 2 bytes, as it comes from the wire: too short for its header.
    stage.lines[0]?.[1].write(hex("06 00 00 10 00 00 02 09 01 00 00 00 17 01"));
    stage.carry();
    expect(lines.at(-1)).toMatch(/^problem RTMP_ERR_/);
    expect(timesOf(player)).toEqual([0, 0]);
  });

  test.each([
    [[], /a URL is needed/],
    [["http://a/live/cam"], /no RTMP URL/],
    [["rtmp://a/live"], /names no stream/],
  ])("from %j is a mistake of the caller", (urls, text) => {
    const stage = new RelayStage();
    expect(() => pulling(stage, { urls })).toThrow(TypeError);
    expect(() => pulling(stage, { urls })).toThrow(text);
    expect(stage.dialled).toEqual([]);
  });
});
