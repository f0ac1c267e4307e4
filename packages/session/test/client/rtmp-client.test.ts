import { MessageTypeId } from "@rtmp/chunk";
import { answerCalls, connect, type RtmpClientOptions } from "@rtmp/session";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { type Policy, Servers, settle } from "./client-servers.ts";

/** Servers `a` and `b`, a client of `a`, and what was reported. */
async function connected(
  policies: Readonly<Record<string, Policy>> = {},
  options: Partial<RtmpClientOptions> = {},
) {
  const servers = new Servers({ a: {}, b: {}, ...policies });
  const problems: unknown[] = [];
  const client = await servers.connect(undefined, {
    onProblem: ({ code, cause }) => problems.push(`${code}: ${Object(cause).code}`),
    ...options,
  });
  return { servers, client, problems, a: servers.end(0) };
}

describe("RTMP §7.2.1.2 calls", () => {
  test("have the declared types, and their answers come in any order", async () => {
    const servers = new Servers({ a: {} });
    type Procedures = { add: (a: number, b: number) => number; greet: (name: string) => string };
    const client = await connect<Procedures>("rtmp://a/live", { dial: servers.dial });
    const sum: Promise<number> = client.call("add", 40, 2);
    const text: Promise<string> = client.call("greet", "x");
    await settle();
    const a = servers.end(0);
    expect(a.news().slice(1)).toEqual(["add 40 2", "greet x"]);
    a.command(0, "_result", 3, "hello");
    a.command(0, "_result", 2, 42);
    expect(await Promise.all([sum, text])).toEqual([42, "hello"]);
    // @ts-expect-error the procedure takes a text
    client.call("greet", 1).catch(() => {});
    // @ts-expect-error nobody declared it
    client.call("other").catch(() => {});
    await client.close();
  });

  test("are refused, or fail at the end of the connection and behind it", async () => {
    const { client, a } = await connected();
    const [refused, waits] = [client.call("add"), client.call("add")];
    const ended = waits.catch((error: unknown) => error);
    a.command(0, "_error", 2, { code: "NetConnection.Call.Failed", description: "no" });
    await expect(refused).rejects.toMatchObject({
      code: "RTMP_ERR_CALL_REJECTED",
      status: { description: "no" },
    });
    await client.close();
    expect(await ended).toMatchObject({ code: "RTMP_ERR_SESSION_ENDED" });
    await expect(client.call("add")).rejects.toMatchObject({ code: "RTMP_ERR_SESSION_ENDED" });
    client.notify("note");
  });

  test("that are not answered in time fail", async () => {
    const { client } = await connected({}, { limits: { callTimeoutMs: 20 } });
    await expect(client.call("add")).rejects.toMatchObject({ code: "RTMP_ERR_CALL_TIMEOUT" });
    await client.close();
  });

  test("of the server are answered by functions, and notes are sent without waiting", async () => {
    const onCall = answerCalls({ add: (one: number, other: number) => one + other });
    const { client, a } = await connected({}, { onCall });
    a.command(0, "add", 7, 40, 2);
    client.notify("note", "x");
    await settle();
    expect(a.news().slice(1)).toEqual(["note x", "_result 42"]);
    await client.close();
  });
});

describe("the end of a connection", () => {
  test.each([
    ["close", undefined],
    ["reset", "RTMP_ERR_CONNECTION_LOST"],
    ["end", undefined],
  ])("by %s of the server is told", async (how, code) => {
    const { client, a } = await connected();
    const publisher = await client.publish();
    if (how === "close") a.command(0, "close", 0);
    else if (how === "reset") a.transport.reset();
    else a.transport.close(1_000);
    expect((await client.closed)?.code).toBe(code);
    expect(publisher.ended).toBe(true);
    await expect(client.publish()).rejects.toMatchObject({ code: "RTMP_ERR_SESSION_ENDED" });
    await expect(client.play()).rejects.toMatchObject({ code: "RTMP_ERR_SESSION_ENDED" });
    await client.close();
  });

  test("in one read with the answer to connect is not lost", async () => {
    const { client } = await connected({ a: { onConnect: (end) => end.command(0, "close", 0) } });
    expect(await client.closed).toBe(undefined);
  });

  test("at each stage of publish fails it", async () => {
    for (const stage of ["createStream", "publish"]) {
      const servers = new Servers({ a: { publish: "nothing" } });
      const client = await servers.connect();
      const failure = client.publish().catch((error: unknown) => error);
      const a = servers.end(0);
      for (let turn = 0; turn < 50 && !a.log.some((line) => line.startsWith(stage)); turn++) {
        await Promise.resolve();
      }
      a.transport.reset();
      expect(await failure).toMatchObject({ code: "RTMP_ERR_SESSION_ENDED" });
      await client.closed;
    }
  });
});

describe("E-RTMP Reconnect Request", () => {
  test("in one read with the answer to connect is obeyed", async () => {
    const { client, problems, servers } = await connected({
      a: { onConnect: (end) => end.reconnect("rtmp://b/live") },
    });
    await settle();
    expect(problems).toEqual([]);
    expect(client.url.host).toBe("b");
    expect(servers.end(0).closed).toBe(true);
    await client.close();
  });

  test("may name its place from the present one on", async () => {
    const { client, a } = await connected({ "192.0.2.0": {} });
    // tcUrl //192.0.2.0/live, description "maintenance".
    a.send(
      MessageTypeId.CommandAmf0,
      0,
      0,
      hex(`02 00 08 6f 6e 53 74 61 74 75 73 00 00 00 00 00 00 00 00 00 05 03 00 05
        6c 65 76 65 6c 02 00 06 73 74 61 74 75 73 00 04 63 6f 64 65 02 00 26 4e
        65 74 43 6f 6e 6e 65 63 74 69 6f 6e 2e 43 6f 6e 6e 65 63 74 2e 52 65 63
        6f 6e 6e 65 63 74 52 65 71 75 65 73 74 00 05 74 63 55 72 6c 02 00 10 2f
        2f 31 39 32 2e 30 2e 32 2e 30 2f 6c 69 76 65 00 0b 64 65 73 63 72 69 70
        74 69 6f 6e 02 00 0b 6d 61 69 6e 74 65 6e 61 6e 63 65 00 00 09`),
    );
    await settle();
    expect(client.url).toMatchObject({ tcUrl: "rtmp://192.0.2.0/live", streamName: "cam" });
    await client.close();
  });

  test("without a URL goes to the same place again, as connect was told to say", async () => {
    const { client, servers, a } = await connected(
      {},
      { connect: { app: "other", tcUrl: "rtmp://elsewhere/other" } },
    );
    a.reconnect();
    await settle();
    expect(servers.ends).toHaveLength(2);
    expect(client.url).toMatchObject({ host: "a", app: "other", tcUrl: "rtmp://elsewhere/other" });
    servers.end(1).reconnect("rtmp://b/new");
    await settle();
    expect(client.url).toMatchObject({ host: "b", app: "new", tcUrl: "rtmp://b/new" });
    await client.close();
  });

  test.each([
    ["http://b/live", "RTMP_ERR_RECONNECT_REFUSED"],
    ["rtmp://nowhere/live", undefined],
  ])("to %s leaves everything as it is", async (url, code) => {
    const { client, problems, a } = await connected();
    a.reconnect(url);
    await settle();
    expect(problems).toEqual([`RTMP_ERR_RECONNECT_FAILED: ${code}`]);
    expect(client.url.host).toBe("a");
    expect(a.closed).toBe(false);
    await client.close();
  });

  test("to a server that accepts and is gone leaves everything as it is", async () => {
    const { client, problems, a } = await connected({
      b: { onConnect: (end) => end.command(0, "close", 0) },
    });
    a.reconnect("rtmp://b/live");
    await settle();
    expect(problems).toEqual(["RTMP_ERR_RECONNECT_FAILED: RTMP_ERR_SESSION_ENDED"]);
    expect(client.url.host).toBe("a");
    await client.close();
  });

  test("takes calls to the new place, and back when that goes before the streams have moved", async () => {
    const { client, servers, a } = await connected();
    const player = await client.play();
    a.reconnect("rtmp://b/live");
    await settle();
    const b = servers.end(1);
    client.notify("there");
    await settle();
    expect(b.news().at(-1)).toBe("there");
    b.transport.reset();
    await settle();
    client.notify("here");
    await settle();
    expect(a.news().at(-1)).toBe("here");
    player.close();
    await client.close();
    expect(await client.closed).toBe(undefined);
  });

  test("does not wait for a stream that is refused meanwhile", async () => {
    const { client, servers, a } = await connected({ a: { play: "nothing" } });
    const refused = client.play().catch((error: unknown) => error);
    await settle();
    a.reconnect("rtmp://b/live");
    await settle();
    a.status(1, "NetStream.Play.StreamNotFound");
    expect(await refused).toMatchObject({ code: "RTMP_ERR_PLAY_REJECTED" });
    await settle();
    expect(a.closed).toBe(true);
    expect(servers.end(1).news().slice(1)).toEqual(["play cam", "deleteStream 1"]);
    await client.close();
  });

  test("is forgotten by a client that is closed on the way", async () => {
    const { client, servers, problems, a } = await connected();
    let closing: Promise<void> | undefined;
    servers.onDial = () => {
      closing = client.close();
    };
    a.reconnect("rtmp://b/live");
    await settle();
    await closing;
    await settle();
    expect(servers.ends.map(({ closed }) => closed)).toEqual([true, true]);
    expect(problems).toEqual([]);
  });

  test("comes to nothing when it comes twice at once", async () => {
    const { client, servers, a } = await connected();
    const player = await client.play();
    a.reconnect("rtmp://b/live");
    a.reconnect("rtmp://b/live");
    await settle();
    expect(servers.ends).toHaveLength(2);
    player.close();
    await client.close();
  });

  test("comes to nothing from a server where only a stream is left that could not move", async () => {
    const { client, servers, a } = await connected({ b: { play: "NetStream.Play.Failed" } });
    const player = await client.play();
    a.reconnect("rtmp://b/live");
    await settle();
    expect([client.url.host, a.closed]).toEqual(["b", false]);
    a.reconnect("rtmp://a/live");
    await settle();
    expect(servers.ends).toHaveLength(2);
    // Its connection is of no use without it.
    player.close();
    await settle();
    expect(servers.ends.map(({ closed }) => closed)).toEqual([true, false]);
    await client.close();
  });
});

describe("RTMP §7.1.3 a shared object", () => {
  // Name, version 1, flags, event 11 (use success).
  const useSuccess = hex(`0005 "board" 00000001 0000000000000000 0b 00000000`);

  test("is closed with its connection when the client has moved, and can be opened again", async () => {
    const { client, servers, a } = await connected();
    const object = client.sharedObject("board");
    a.send(MessageTypeId.SharedObjectAmf0, 0, 0, useSuccess);
    await settle();
    expect(object.state).toBe("open");
    a.reconnect("rtmp://b/live");
    await settle();
    expect(object.state).toBe("closed");
    const again = client.sharedObject("board");
    servers.end(1).send(MessageTypeId.SharedObjectAmf0, 0, 0, useSuccess);
    await settle();
    expect(again.state).toBe("open");
    await client.close();
    expect(again.state).toBe("closed");
  });

  test("takes nothing from a connection that it was not opened on", async () => {
    const { client, servers, a } = await connected();
    const player = await client.play();
    const object = client.sharedObject("board");
    a.reconnect("rtmp://b/live");
    await settle();
    servers.end(1).send(MessageTypeId.SharedObjectAmf0, 0, 0, useSuccess);
    await settle();
    expect(object.state).toBe("opening");
    player.close();
    await client.close();
  });
});
