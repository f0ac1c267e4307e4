import { pullStream, pushStream, type PullOptions } from "@rtmp/relay";
import type { Dial } from "@rtmp/session";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { RelayStage, timesOf } from "./relay-stage.ts";
import { interFrame, keyframe, sendMedia, type TestServer, videoHeader } from "./served.ts";

/** A chunk with the onStatus of a Reconnect Request, on a chunk stream that the server does not use. */
function reconnectRequest(tcUrl?: string): Uint8Array {
  const code = '0004 "code" 02 0026 "NetConnection.Connect.ReconnectRequest"';
  const target = tcUrl === undefined ? "" : `0005 "tcUrl" 02 ${sized(tcUrl)}`;
  const level = '0005 "level" 02 0006 "status"';
  const body = hex(
    `02 0008 "onStatus" 00 00 00 00 00 00 00 00 00 05 03 ${level} ${code} ${target} 00 00 09`,
  );
  return Uint8Array.of(...hex("08 000000 0000"), body.length, ...hex("14 00000000"), ...body);
}

const sized = (text: string): string => `00 ${text.length.toString(16).padStart(2, "0")} "${text}"`;

/** A server of the stage asks the relay, over its newest connection, to go elsewhere. */
function ask(stage: RelayStage, tcUrl?: string): void {
  stage.lines.at(-1)?.[1].write(reconnectRequest(tcUrl));
  stage.carry();
}

/** A pull of `live/cam` from `a` that flows, its player, and the server `b`, whose hub has the same stream. */
async function flowing(options: Partial<PullOptions> = {}) {
  const stage = new RelayStage();
  const a = stage.add("a");
  const b = stage.add("b");
  const edge = stage.add("edge");
  const { lines, options: shared } = stage.relay();
  const observer = {
    ...shared.observer,
    onReconnect: (server: number, host: string) => lines.push(`move ${server} ${host}`),
  };
  const pull = pullStream({
    ...shared,
    observer,
    hub: edge.hub,
    streamPath: "live/cam",
    urls: ["rtmp://a/live/cam"],
    ...options,
  });
  await stage.settle();
  const player = edge.player();
  const publishers = [publishing(stage, a), publishing(stage, b)] as const;
  return { stage, a, b, edge, pull, player, publishers, lines };
}

function publishing(stage: RelayStage, server: TestServer) {
  const publisher = server.publisher();
  sendMedia(publisher, videoHeader(), keyframe(5_000), interFrame(5_040));
  stage.carry();
  return publisher;
}

describe("a pull whose server sends it elsewhere", () => {
  test("says that it follows, and goes there", async () => {
    const asked: (number | undefined)[] = [];
    const stage = new RelayStage();
    stage.add("a", {
      authenticate: ({ capabilities }) => {
        asked.push(capabilities.capsEx);
        return { granted: true };
      },
    });
    const edge = stage.add("edge");
    const urls = ["rtmp://a/live/cam"];
    const { dial, clock } = stage;
    const options = { dial, clock, hub: edge.hub, streamPath: "live/cam", urls };
    pullStream(options);
    pullStream({ ...options, connect: { capsEx: 2 } });
    pullStream({ ...options, limits: { maxReconnects: 0 } });
    await stage.settle();
    expect(asked).toEqual([1, 3, 0]);
  });

  test("leaves its players where they are, on one timeline", async () => {
    const { stage, player, publishers, pull, lines } = await flowing();
    await stage.advance(2_000);
    ask(stage, "rtmp://b/live");
    await stage.settle();
    expect(stage.dialled).toEqual(["a", "b"]);
    expect(stage.events).toEqual(["a play live/cam", "a play live/cam closed", "b play live/cam"]);
    sendMedia(publishers[1], interFrame(5_080), keyframe(7_000));
    await stage.settle();
    expect(lines).toEqual(["opening 0", "publish 0", "move 0 b", "end lost", "publish 0"]);
    // The GOP of the new server comes behind what was, as much later as time has passed.
    expect(timesOf(player)).toEqual([5_000, 5_000, 5_040, 7_040, 7_040, 7_080, 7_120, 9_040]);
    expect(player.client.codes).not.toContain("NetStream.Play.UnpublishNotify");
    expect(player.client.closed).toBe(undefined);
    expect(pull.state).toBe("open");
    expect(stage.lines[0]?.[0].isClosed).toBe(true);
  });

  test("gets media from the old one until the new one has answered", async () => {
    const { stage, player, publishers } = await flowing();
    stage.lines[0]?.[1].write(reconnectRequest("rtmp://b/live"));
    stage.lines[0]?.[0].flush();
    sendMedia(publishers[0], interFrame(5_080));
    stage.lines[0]?.[0].flush();
    stage.carry();
    expect(timesOf(player).at(-1)).toBe(5_080);
    expect(stage.events).toEqual(["a play live/cam"]);
    await stage.settle();
    expect(stage.events.at(-1)).toBe("b play live/cam");
  });

  test("to the same place again connects anew", async () => {
    const { stage, lines } = await flowing();
    ask(stage);
    await stage.settle();
    expect(stage.dialled).toEqual(["a", "a"]);
    expect(lines).toContain("move 0 a");
    expect(stage.lines.map(([near]) => near.isClosed)).toEqual([true, false]);
  });

  test.each([
    ["rtmp://nowhere/live", ["a", "nowhere"]],
    ["http://b/live", ["a"]],
  ])("to %s stays, and says so", async (tcUrl, dialled) => {
    const { stage, player, publishers, pull, lines } = await flowing();
    ask(stage, tcUrl);
    await stage.settle();
    expect(stage.dialled).toEqual(dialled);
    expect(lines.at(-1)).toBe("problem RTMP_ERR_RECONNECT_FAILED");
    expect(lines).not.toContain("end lost");
    expect(pull.state).toBe("open");
    sendMedia(publishers[0], interFrame(5_080));
    stage.carry();
    expect(timesOf(player).at(-1)).toBe(5_080);
    // The next request is followed again.
    ask(stage, "rtmp://b/live");
    await stage.settle();
    expect(stage.events.at(-1)).toBe("b play live/cam");
  });

  test("that is lost meanwhile still goes there, and not back", async () => {
    const { stage, lines, pull } = await flowing();
    stage.lines[0]?.[1].write(reconnectRequest("rtmp://b/live"));
    stage.lines[0]?.[0].flush();
    stage.lines[0]?.[0].reset();
    stage.carry();
    expect(pull.state).toBe("opening");
    await stage.settle();
    expect(stage.dialled).toEqual(["a", "b"]);
    expect(lines.filter((line) => line.startsWith("failure"))).toEqual([]);
    expect(lines.at(-1)).toBe("publish 0");
  });

  test("that is lost meanwhile goes back when nothing is there", async () => {
    const { stage, lines } = await flowing();
    stage.lines[0]?.[1].write(reconnectRequest("rtmp://nowhere/live"));
    stage.lines[0]?.[0].flush();
    stage.lines[0]?.[0].reset();
    stage.carry();
    await stage.settle();
    expect(lines.at(-1)).toBe("failure 0 Error: connect ECONNREFUSED nowhere 500");
    await stage.advance(500);
    expect(stage.dialled).toEqual(["a", "nowhere", "a"]);
  });

  test("and that is lost there comes back to the list", async () => {
    const { stage, lines } = await flowing();
    ask(stage, "rtmp://b/live");
    await stage.settle();
    stage.lines.at(-1)?.[0].reset();
    stage.carry();
    await stage.advance(500);
    expect(stage.dialled).toEqual(["a", "b", "a"]);
    expect(lines.at(-1)).toBe("publish 0");
  });

  test("to where nobody answers stays after a time", async () => {
    const stage = new RelayStage();
    const dial: Dial = (target) =>
      target.host === "b" ? new Promise(() => {}) : stage.dial(target);
    stage.add("a");
    const edge = stage.add("edge");
    const { lines, options } = stage.relay();
    const urls = ["rtmp://a/live/cam"];
    const pull = pullStream({ ...options, dial, hub: edge.hub, streamPath: "live/cam", urls });
    await stage.settle();
    ask(stage, "rtmp://b/live");
    await stage.advance(29_000);
    expect(lines).toEqual(["opening 0"]);
    await stage.advance(1_000);
    expect(lines).toEqual(["opening 0", "problem RTMP_ERR_RECONNECT_FAILED"]);
    expect(pull.state).toBe("open");
  });

  test("five times in a row stays there, and follows again once it was stable", async () => {
    const { stage } = await flowing();
    for (let request = 0; request < 7; request++) {
      ask(stage, request % 2 === 0 ? "rtmp://b/live" : "rtmp://a/live");
      await stage.settle();
    }
    expect(stage.dialled).toEqual(["a", "b", "a", "b", "a", "b"]);
    await stage.advance(10_000);
    ask(stage, "rtmp://a/live");
    await stage.settle();
    expect(stage.dialled.at(-1)).toBe("a");
  });

  test("stays when it may follow no request", async () => {
    const { stage, lines } = await flowing({ limits: { maxReconnects: 0 } });
    ask(stage, "rtmp://b/live");
    await stage.settle();
    expect(stage.dialled).toEqual(["a"]);
    expect(lines).toEqual(["opening 0", "publish 0"]);
  });

  test("and is closed meanwhile leaves nothing behind", async () => {
    const { stage, pull } = await flowing();
    stage.lines[0]?.[1].write(reconnectRequest("rtmp://b/live"));
    stage.lines[0]?.[0].flush();
    void pull.close();
    await stage.advance(2_000);
    expect(stage.dialled).toEqual(["a", "b"]);
    expect(stage.lines.map(([near]) => near.isClosed)).toEqual([true, true]);
    expect(stage.events).not.toContain("b play live/cam");
  });
});

test("an owner that closes a pull when it moves has no connection left", async () => {
  const stage = new RelayStage();
  const a = stage.add("a");
  stage.add("b");
  const edge = stage.add("edge");
  const { dial, clock } = stage;
  const pull = pullStream({
    dial,
    clock,
    hub: edge.hub,
    streamPath: "live/cam",
    urls: ["rtmp://a/live/cam"],
    observer: { onPublishEnd: () => void pull.close() },
  });
  await stage.settle();
  publishing(stage, a);
  ask(stage, "rtmp://b/live");
  await stage.advance(2_000);
  expect(pull.state).toBe("closed");
  expect(stage.lines.map(([near]) => near.isClosed)).toEqual([true, true]);
});

describe("user and password of a URL", () => {
  const description = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ";

  /** Pulls from `a`, which asks nobody; every server that is asked for another app refuses. */
  async function movedTo(tcUrl: string, options: Partial<PullOptions> = {}): Promise<string[]> {
    const stage = new RelayStage();
    const asked: string[] = [];
    for (const host of ["a", "b"]) {
      stage.add(host, {
        authenticate: ({ app }) => {
          asked.push(`${host} ${app}`);
          return app === "live" ? { granted: true } : { granted: false, description };
        },
      });
    }
    const edge = stage.add("edge");
    const { options: shared } = stage.relay();
    const urls = ["rtmp://alice:secret@a/live/cam"];
    pullStream({ ...shared, hub: edge.hub, streamPath: "live/cam", urls, ...options });
    await stage.settle();
    ask(stage, tcUrl);
    await stage.settle();
    await stage.settle();
    return asked;
  }

  test("are used where the same server sends the relay to itself", async () => {
    expect(await movedTo("/other")).toEqual([
      "a live",
      "a other",
      "a other?authmod=adobe&user=alice",
    ]);
  });

  test("do not go to another server, whether of the URL or of the options", async () => {
    expect(await movedTo("rtmp://b/other")).toEqual(["a live", "b other"]);
    const options = { urls: ["rtmp://a/live/cam"], user: "alice", password: "secret" };
    expect(await movedTo("rtmp://b/other", options)).toEqual(["a live", "b other"]);
  });
});

describe("a push whose server sends it elsewhere", () => {
  test("goes on there from the newest keyframe on", async () => {
    const stage = new RelayStage();
    const a = stage.add("a");
    const b = stage.add("b");
    const studio = stage.add("studio");
    const { lines, options } = stage.relay();
    const urls = ["rtmp://a/live/out"];
    pushStream({ ...options, hub: studio.hub, streamPath: "live/cam", urls });
    const watching = { a: a.player("out"), b: b.player("out") };
    const publisher = studio.publisher();
    sendMedia(publisher, videoHeader(), keyframe(0), interFrame(40));
    await stage.settle();
    ask(stage, "rtmp://b/live");
    await stage.settle();
    sendMedia(publisher, interFrame(80));
    await stage.settle();
    expect(timesOf(watching.a)).toEqual([0, 0, 40]);
    expect(timesOf(watching.b)).toEqual([0, 0, 40, 80]);
    expect(stage.events).toEqual([
      "a publish live/out",
      "a publish live/out closed",
      "b publish live/out",
    ]);
    expect(lines).toEqual(["opening 0", "publish 0", "end 0", "publish 0"]);
  });
});
