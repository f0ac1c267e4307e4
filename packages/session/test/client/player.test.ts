import { MessageTypeId } from "@rtmp/chunk";
import type { Player, PlayerOptions, RtmpClient } from "@rtmp/session";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { type Policy, type ServerEnd, Servers, settle } from "./client-servers.ts";

/** A player of `cam` at `a`, the server's end, and what was reported. */
async function playing(
  options: PlayerOptions = {},
  policies: Readonly<Record<string, Policy>> = {},
): Promise<{
  servers: Servers;
  client: RtmpClient;
  player: Player;
  a: ServerEnd;
  problems: unknown[];
}> {
  const servers = new Servers({ a: {}, b: {}, ...policies });
  const problems: unknown[] = [];
  const client = await servers.connect(undefined, {
    onProblem: ({ code, cause }) => problems.push([code, cause]),
  });
  const player = await client.play(undefined, options);
  const a = servers.end(0);
  a.news();
  return { servers, client, player, a, problems };
}

/** A player whose client has connected to `b`, where `play` has been sent. */
async function moving(options: PlayerOptions = {}, policy: Policy = {}) {
  const stage = await playing(options, { b: policy });
  stage.a.reconnect("rtmp://b/live");
  await settle();
  const b = stage.servers.end(1);
  return { ...stage, b };
}

/** Everything that a player has, as `kind time #last byte`; `wait` where nothing has come, `over` at the end. */
async function taken(player: Player): Promise<string[]> {
  await settle();
  const lines: string[] = [];
  for (;;) {
    const next = player.next().then(
      ({ done, value }) =>
        done === true ? "over" : `${value.kind} ${value.timestamp} #${value.body.at(-1)}`,
      (error: unknown) => String(Object(error).code),
    );
    const line = await Promise.race([next, settle().then(() => "wait")]);
    lines.push(line);
    if (line === "wait" || line === "over") return lines;
  }
}

describe("a player", () => {
  test("gives to several who wait, in turn", async () => {
    const { player, a } = await playing();
    const takes = [player.next(), player.next(), player.next()];
    a.video(10, 1);
    a.video(20, 2);
    await settle();
    player.close();
    const times = (await Promise.all(takes)).map(({ value }) => value?.timestamp);
    expect(times).toEqual([10, 20, undefined]);
    expect(await player.next()).toEqual({ done: true, value: undefined });
  });

  test.each([
    ["NetStream.Play.UnpublishNotify", {}, ["video 10 #1", "over"]],
    ["NetStream.Play.Stop", {}, ["video 10 #1", "over"]],
    ["NetStream.Play.Stop", { follow: true }, ["video 10 #1", "over"]],
    ["NetStream.Play.UnpublishNotify", { follow: true }, ["video 10 #1", "video 20 #2", "wait"]],
    ["NetStream.Play.PublishNotify", {}, ["video 10 #1", "video 20 #2", "wait"]],
  ])("that hears %s with %j goes on or not", async (code, options, lines) => {
    const statuses: string[] = [];
    const { player, a } = await playing({
      ...options,
      onStatus: (status) => statuses.push(status.code),
    });
    a.video(10, 1);
    a.status(1, code);
    a.video(20, 2);
    expect(await taken(player)).toEqual(lines);
    expect(statuses).toEqual(["NetStream.Play.Start", code]);
    expect(a.news()).toEqual(lines.at(-1) === "over" ? ["deleteStream 1"] : []);
  });

  test("that is closed by its owner in a status stays closed", async () => {
    const { player, a } = await playing({
      onStatus: ({ code }) => {
        if (code === "NetStream.Play.Stop") player.close();
      },
    });
    a.status(1, "NetStream.Play.Stop");
    expect(await taken(player)).toEqual(["over"]);
    expect(a.news()).toEqual(["deleteStream 1"]);
  });

  test("that is left by a loop stops to play", async () => {
    const { player, a } = await playing();
    a.video(10, 1);
    a.video(20, 2);
    for await (const { timestamp } of player) {
      expect(timestamp).toBe(10);
      break;
    }
    await settle();
    expect(a.news()).toEqual(["deleteStream 1"]);
    expect(await taken(player)).toEqual(["over"]);
  });

  test("hears of a broken connection behind what came before", async () => {
    const { player, a } = await playing();
    a.video(10, 1);
    await settle();
    a.transport.reset();
    expect(await taken(player)).toEqual(["video 10 #1", "RTMP_ERR_CONNECTION_LOST", "over"]);
  });

  test("that is refused leaves nothing behind", async () => {
    const servers = new Servers({ a: { play: "NetStream.Play.StreamNotFound" } });
    const client = await servers.connect();
    await expect(client.play("cam")).rejects.toMatchObject({ code: "RTMP_ERR_PLAY_REJECTED" });
    await settle();
    expect(servers.end(0).news().slice(1)).toEqual(["play cam", "deleteStream 1"]);
  });
});

describe("a player with too much that nobody takes", () => {
  test("holds its connection until half is taken", async () => {
    const { player, a } = await playing({ maxQueuedBytes: 1_000 });
    for (const at of [1, 2, 3, 4]) {
      a.video(at, at, 400);
      await settle();
    }
    expect(a.transport.queuedBytes).toBeGreaterThan(400);
    await player.next();
    await settle();
    expect(a.transport.queuedBytes).toBeGreaterThan(400);
    await player.next();
    await settle();
    expect(a.transport.queuedBytes).toBe(0);
  });

  test("holds it as long as any of the connection does", async () => {
    const { client, player, a } = await playing({ maxQueuedBytes: 1_000 });
    const other = await client.play("other", { maxQueuedBytes: 10 });
    a.together(() => {
      a.send(MessageTypeId.Audio, 2, 0, new Uint8Array(20));
      for (const at of [1, 2, 3]) a.video(at, at, 400);
    });
    a.video(4, 4, 400);
    await settle();
    const held = a.transport.queuedBytes;
    expect(held).toBeGreaterThan(400);
    await other.next();
    await settle();
    expect(a.transport.queuedBytes).toBe(held);
    await player.next();
    await player.next();
    await settle();
    expect(a.transport.queuedBytes).toBe(0);
  });

  test("holds nobody up any more when its stream is over", async () => {
    const { player, a } = await playing({ maxQueuedBytes: 10 });
    a.together(() => {
      a.video(1, 1, 400);
      a.status(1, "NetStream.Play.Stop");
    });
    a.video(2, 2);
    await settle();
    expect(a.transport.queuedBytes).toBe(0);
    expect(await taken(player)).toEqual(["video 1 #1", "over"]);
  });
});

describe("a player that is asked to reconnect", () => {
  const metadata = hex(`02 000a "onMetaData" 05`);

  test("goes over with the first audio or video there, behind the data in front of it", async () => {
    const { player, a, b } = await moving();
    expect(b.news().slice(1)).toEqual(["play cam"]);
    b.send(MessageTypeId.DataAmf0, 1, 0, metadata);
    await settle();
    a.video(10, 1);
    await settle();
    expect(a.closed).toBe(false);
    b.video(20, 2);
    await settle();
    expect(a.news()).toEqual(["deleteStream 1"]);
    expect(a.closed).toBe(true);
    expect(await taken(player)).toEqual(["video 10 #1", "data 0 #5", "video 20 #2", "wait"]);
  });

  test("goes over when the stream ends at the old place, or its connection", async () => {
    for (const leave of [
      (a: ServerEnd) => a.status(1, "NetStream.Play.UnpublishNotify"),
      (a: ServerEnd) => a.transport.close(1_000),
      (a: ServerEnd) => a.transport.reset(),
    ]) {
      const { player, client, a, b } = await moving();
      leave(a);
      await settle();
      b.video(20, 2);
      expect(await taken(player)).toEqual(["video 20 #2", "wait"]);
      expect(client.url.host).toBe("b");
    }
  });

  test("stays when it is refused there", async () => {
    const { player, client, a, problems } = await moving({}, { play: "NetStream.Play.Failed" });
    expect(problems).toEqual([
      ["RTMP_ERR_RECONNECT_FAILED", expect.objectContaining({ code: "RTMP_ERR_PLAY_REJECTED" })],
    ]);
    a.video(10, 1);
    expect(await taken(player)).toEqual(["video 10 #1", "wait"]);
    expect(a.closed).toBe(false);
    await client.close();
    expect(a.closed).toBe(true);
  });

  test("stays when the new connection ends before its media", async () => {
    const { player, client, a, b, problems } = await moving();
    b.transport.reset();
    await settle();
    expect(problems).toEqual([
      ["RTMP_ERR_RECONNECT_FAILED", expect.objectContaining({ code: "RTMP_ERR_SESSION_ENDED" })],
    ]);
    a.video(10, 1);
    expect(await taken(player)).toEqual(["video 10 #1", "wait"]);
    expect(client.url.host).toBe("a");
  });

  test("is over when it is refused there after the old connection broke", async () => {
    const { player, a, b } = await moving({}, { play: "nothing" });
    a.transport.reset();
    await settle();
    b.status(1, "NetStream.Play.StreamNotFound");
    expect(await taken(player)).toEqual(["RTMP_ERR_PLAY_REJECTED", "over"]);
  });

  test("asks again for what it wanted", async () => {
    const { servers, player, a } = await playing();
    player.receiveAudio(false);
    player.receiveVideo(false);
    player.receiveVideo(true);
    player.pause(true, 1_111);
    a.reconnect("rtmp://b/live");
    await settle();
    expect(servers.end(1).news().slice(1)).toEqual([
      "play cam",
      "receiveAudio false",
      "pause true 1111",
    ]);
    // No media comes to a player that pauses.
    expect(a.closed).toBe(true);
    player.pause(false);
    await settle();
    expect(servers.end(1).news()).toEqual(["pause false 0"]);
  });

  test("can be closed on the way, and nothing is left or reported", async () => {
    for (const play of ["nothing", "NetStream.Play.Start"] as const) {
      const { player, client, a, b, problems } = await moving({}, { play });
      player.close();
      await settle();
      expect(b.news().at(-1)).toBe("deleteStream 1");
      expect([a.closed, b.closed]).toEqual([true, false]);
      expect(problems).toEqual([]);
      expect(await taken(player)).toEqual(["over"]);
      await client.close();
    }
  });

  test("goes on to hold, at the new place alone", async () => {
    const { player, a, b } = await moving({ maxQueuedBytes: 10 });
    a.video(10, 1, 20);
    await settle();
    b.video(20, 2, 20);
    await settle();
    b.video(30, 3, 20);
    await settle();
    expect(a.closed).toBe(true);
    expect(b.transport.queuedBytes).toBeGreaterThan(0);
    expect(await taken(player)).toEqual(["video 10 #1", "video 20 #2", "video 30 #3", "wait"]);
  });

  test("lets go of the old connection, where another may have to stay", async () => {
    const { servers, client, a } = await playing(
      { maxQueuedBytes: 10 },
      { b: { play: "nothing" } },
    );
    const other = await client.play("other");
    a.together(() => {
      a.video(10, 1, 20);
      a.reconnect("rtmp://b/live");
    });
    await settle();
    const b = servers.end(1);
    b.status(2, "NetStream.Play.StreamNotFound");
    b.status(1, "NetStream.Play.Start");
    a.send(MessageTypeId.Audio, 2, 11, Uint8Array.of(0xaf, 1));
    await settle();
    expect(a.transport.queuedBytes).toBeGreaterThan(0);
    b.video(20, 2);
    expect(await taken(other)).toEqual(["audio 11 #1", "wait"]);
  });

  test("and whose play is not answered yet plays where it comes first", async () => {
    const servers = new Servers({ a: { play: "nothing" }, b: {} });
    const client = await servers.connect();
    const starting = client.play("cam");
    await settle();
    servers.end(0).reconnect("rtmp://b/live");
    await settle();
    servers.end(1).video(10, 1);
    const player = await starting;
    expect(await taken(player)).toEqual(["video 10 #1", "wait"]);
    await client.close();
  });
});
