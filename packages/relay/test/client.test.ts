import { readMediaPacket } from "@rtmp/flv";
import { SharedObjects } from "@rtmp/relay";
import { ConnectAuthenticator, type PublishedMedia, SessionError } from "@rtmp/session";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { ClientStage, recording, settle } from "./client-stage.ts";

const videoHeader = (mark: number, at = 0): PublishedMedia =>
  readMediaPacket("video", at, Uint8Array.of(...hex("17 00 00 00 00"), mark));
const keyframe = (mark: number, at: number): PublishedMedia =>
  readMediaPacket("video", at, Uint8Array.of(...hex("17 01 00 00 00"), mark));
const interFrame = (mark: number, at: number): PublishedMedia =>
  readMediaPacket("video", at, Uint8Array.of(...hex("27 01 00 00 00"), mark));
const audio = (mark: number, at: number): PublishedMedia =>
  readMediaPacket("audio", at, Uint8Array.of(0xaf, 1, mark));

const codeOf = (error: unknown): string =>
  error instanceof SessionError ? error.code : String(error);

describe("a client that publishes and one that plays", () => {
  test("share a stream from its first keyframe to its end", async () => {
    const stage = new ClientStage();
    const server = stage.add("a");
    const watching = await stage.connect("rtmp://a/live/cam");
    const { lines, done } = recording(await watching.play());
    const publishing = await stage.connect("rtmp://a/live/cam");
    const publisher = await publishing.publish();
    publisher.sendMetadata({ width: 320 });
    for (const media of [videoHeader(1), audio(2, 5), keyframe(3, 10), audio(4, 12)]) {
      expect(publisher.send(media)).toBe(true);
    }
    await publisher.drained();
    await publishing.close();
    await done;
    expect(lines).toEqual(["video header 10 #1", "video 10 #3", "audio 12 #4"]);
    expect(publisher.send(audio(5, 20))).toBe(false);
    expect(await publishing.closed).toBe(undefined);
    await watching.close();
    expect(server.events).toEqual([
      "play live/cam",
      "publish live/cam",
      "publish live/cam closed",
      "play live/cam closed",
    ]);
  });

  test("learn why the server refuses a publish or a play, and can go on", async () => {
    const stage = new ClientStage();
    stage.add("a", {
      authorise: ({ path }) =>
        path.name === "secret" ? { granted: false, description: "not yours" } : { granted: true },
    });
    const client = await stage.connect("rtmp://a/live");
    const refused = await client.publish("secret").catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: "RTMP_ERR_PUBLISH_REJECTED",
      status: { code: "NetStream.Publish.Denied", description: "not yours" },
    });
    await expect(client.play("secret")).rejects.toMatchObject({ code: "RTMP_ERR_PLAY_REJECTED" });
    expect(await client.publish("cam")).toMatchObject({ streamName: "cam", ended: false });
    await expect(client.publish("cam")).rejects.toThrow(/being published/);
    await client.close();
  });

  test("hear of a connection that breaks", async () => {
    const stage = new ClientStage();
    const server = stage.add("a");
    const client = await stage.connect("rtmp://a/live/cam");
    const publisher = await client.publish();
    const player = await client.play("other");
    // |RtmpSampleAccess comes with the answer.
    expect((await player.next()).value?.kind).toBe("data");
    const waiting = player.next();
    server.ends[0]?.reset(new Error("ECONNRESET"));
    await expect(waiting).rejects.toMatchObject({ code: "RTMP_ERR_CONNECTION_LOST" });
    expect(await client.closed).toMatchObject({ code: "RTMP_ERR_CONNECTION_LOST" });
    expect(publisher.ended).toBe(true);
    expect(publisher.error).toMatchObject({ code: "RTMP_ERR_CONNECTION_LOST" });
    expect(await player.next()).toEqual({ done: true, value: undefined });
  });
});

/** Knows alice. */
const authenticator = (method: "adobe" | "llnw"): ConnectAuthenticator =>
  new ConnectAuthenticator({
    methods: [method],
    password: (user) => (user === "alice" ? "secret" : undefined),
  });

describe("authentication", () => {
  test.each(["adobe", "llnw"] as const)("by %s takes three connections", async (method) => {
    const stage = new ClientStage();
    const check = authenticator(method);
    const server = stage.add("a", { authenticate: (connect) => check.check(connect) });
    const client = await stage.connect("rtmp://alice:secret@a/live/cam?token=1");
    await client.publish();
    expect(stage.dialled).toEqual(["a", "a", "a"]);
    expect(server.events).toEqual(["publish live/cam"]);
    await client.close();
  });

  test.each(["alice:wrong", "mallory:secret"])("of %s fails with a reason", async (user) => {
    const stage = new ClientStage();
    const check = authenticator("adobe");
    stage.add("a", { authenticate: (connect) => check.check(connect) });
    const error: unknown = await stage.connect(`rtmp://${user}@a/live`).catch((e: unknown) => e);
    expect(codeOf(error)).toBe("RTMP_ERR_CONNECT_REJECTED");
    // Which of the two it was is the server's secret.
    expect(String(error)).toContain("wrong user name or password");
  });

  test("that nobody has a password for leaves the server's refusal", async () => {
    const stage = new ClientStage();
    const check = authenticator("adobe");
    stage.add("a", { authenticate: (connect) => check.check(connect) });
    await expect(stage.connect("rtmp://a/live")).rejects.toMatchObject({
      code: "RTMP_ERR_CONNECT_REJECTED",
      status: { code: "NetConnection.Connect.Rejected" },
    });
  });
});

/** Two servers, of one hub or of two; a player and a publisher at the first. */
async function moving(oneHub: boolean) {
  const stage = new ClientStage();
  const a = stage.add("a");
  const b = stage.add("b", {}, oneHub ? a.hub : undefined);
  const publishing = await stage.connect("rtmp://a/live/cam");
  const publisher = await publishing.publish();
  publisher.send(videoHeader(1));
  publisher.send(keyframe(2, 0));
  await settle();
  return { stage, a, b, publishing, publisher };
}

describe("E-RTMP Reconnect Request", () => {
  test("takes a publisher along at its next keyframe, behind its configuration", async () => {
    const { stage, a, b, publishing, publisher } = await moving(false);
    expect(a.served[0]?.requestReconnect("rtmp://b/live")).toBe(true);
    await settle();
    const watching = await stage.connect("rtmp://b/live/cam");
    const { lines, done } = recording(await watching.play());
    publisher.send(interFrame(3, 40));
    await settle();
    expect(b.events).toEqual(["play live/cam"]);

    publisher.send(keyframe(4, 80));
    publisher.send(interFrame(5, 120));
    await settle();
    expect(a.events.slice(-1)).toEqual(["publish live/cam closed"]);
    expect(b.events).toEqual(["play live/cam", "publish live/cam"]);
    publisher.send(interFrame(6, 160));
    await settle();
    expect(publishing.url.host).toBe("b");
    await publishing.close();
    await done;
    expect(lines).toEqual(["video header 80 #1", "video 80 #4", "video 120 #5", "video 160 #6"]);
    await watching.close();
  });

  test("takes a publisher along to a server that knows the name as taken by it", async () => {
    const { stage, a, b, publishing, publisher } = await moving(true);
    const watching = await stage.connect("rtmp://a/live/cam");
    const { lines, done } = recording(await watching.play(undefined, { follow: true }));
    await settle();
    a.served[0]?.requestReconnect("//b/live");
    await settle();
    publisher.send(keyframe(4, 80));
    await settle();
    publisher.send(interFrame(5, 120));
    await settle();
    expect(b.events).toEqual(["publish live/cam"]);
    expect(lines.slice(-2)).toEqual([expect.stringMatching(/#4$/), expect.stringMatching(/#5$/)]);
    await publishing.close();
    await watching.close();
    await done;
  });

  test("takes a player along with the first media that comes at the new place", async () => {
    const { stage, a, b, publishing, publisher } = await moving(true);
    const watching = await stage.connect("rtmp://a/live/cam");
    const { lines, done } = recording(await watching.play());
    await settle();
    a.served[1]?.requestReconnect("rtmp://b/live");
    await settle();
    expect(a.events.slice(-1)).toEqual(["play live/cam closed"]);
    expect(b.events).toEqual(["play live/cam"]);
    publisher.send(interFrame(3, 40));
    await settle();
    expect(lines.at(-1)).toBe("video 40 #3");
    expect(watching.url.host).toBe("b");
    await publishing.close();
    await done;
    await watching.close();
  });

  test("to where nothing is leaves the client where it is, and says so", async () => {
    const problems: string[] = [];
    const stage = new ClientStage();
    const a = stage.add("a");
    const client = await stage.connect("rtmp://a/live/cam", {
      onProblem: ({ code }) => problems.push(code),
    });
    const publisher = await client.publish();
    a.served[0]?.requestReconnect("rtmp://nowhere/live");
    await settle();
    expect(problems).toEqual(["RTMP_ERR_RECONNECT_FAILED"]);
    expect(publisher.send(keyframe(1, 0))).toBe(true);
    expect(client.url.host).toBe("a");
    await client.close();
  });

  test("is not asked of a client that says it does not obey", async () => {
    const stage = new ClientStage();
    const a = stage.add("a");
    const client = await stage.connect("rtmp://a/live/cam", { maxReconnects: 0 });
    expect(a.served[0]?.requestReconnect("rtmp://b/live")).toBe(false);
    await client.close();
  });

  test("is obeyed maxReconnects times", async () => {
    const stage = new ClientStage();
    const [a, b] = [stage.add("a"), stage.add("b")];
    const client = await stage.connect("rtmp://a/live/cam", { maxReconnects: 1 });
    a.served[0]?.requestReconnect("rtmp://b/live");
    await settle();
    expect(client.url.host).toBe("b");
    b.served[0]?.requestReconnect("rtmp://a/live");
    await settle();
    expect(client.url.host).toBe("b");
    await client.close();
  });
});

describe("RTMP §7.1.3 shared objects", () => {
  test("are the same for two clients of a server, who also call each other", async () => {
    const stage = new ClientStage();
    stage.add("a", { sharedObjects: new SharedObjects() });
    const [one, two] = [await stage.connect("rtmp://a/live"), await stage.connect("rtmp://a/live")];
    const calls: string[] = [];
    const here = one.sharedObject("board");
    const there = two.sharedObject("board", {
      handlers: { onMessage: (handler, args) => calls.push(`${handler} ${JSON.stringify(args)}`) },
    });
    here.set("x", 1);
    there.set("y", "two");
    await settle();
    here.send("wave", "hand");
    await settle();
    for (const { data } of [here, there]) {
      expect(Object.fromEntries(data)).toEqual({ x: 1, y: "two" });
    }
    expect(calls).toEqual(['wave ["hand"]']);
    expect([here.version, there.version]).toEqual([2, 2]);
    expect(() => one.sharedObject("board")).toThrow(TypeError);
    await one.close();
    expect(here.state).toBe("closed");
    await two.close();
  });

  test("that a server does not have are refused, not left waiting", async () => {
    const stage = new ClientStage();
    stage.add("a");
    const client = await stage.connect("rtmp://a/live");
    const codes: string[] = [];
    const object = client.sharedObject("board", {
      handlers: { onStatus: ({ code }) => codes.push(code) },
    });
    await settle();
    expect(codes).toEqual(["SharedObject.ObjectCreationFailed"]);
    expect(object.state).toBe("closed");
    await client.close();
  });

  test("let go of a client whose connection broke", async () => {
    const stage = new ClientStage();
    const sharedObjects = new SharedObjects();
    const server = stage.add("a", { sharedObjects });
    const client = await stage.connect("rtmp://a/live");
    client.sharedObject("board");
    await settle();
    expect(sharedObjects.size).toBe(1);
    server.ends[0]?.reset();
    await client.closed;
    await settle();
    expect(sharedObjects.size).toBe(0);
  });
});

test("a player that takes nothing stops the server's bytes at its bound, and goes on when it does", async () => {
  const stage = new ClientStage();
  const server = stage.add("a");
  const watching = await stage.connect("rtmp://a/live/cam");
  const player = await watching.play(undefined, { maxQueuedBytes: 10_000 });
  const publishing = await stage.connect("rtmp://a/live/cam");
  const publisher = await publishing.publish();
  const body = new Uint8Array(1_000).fill(7);
  body.set(hex("17 01 00 00 00"));
  for (let at = 0; at < 50; at++) {
    publisher.send(readMediaPacket("video", at, body.slice()));
    await settle();
  }
  expect(server.ends[0]?.queuedBytes).toBeGreaterThan(30_000);
  const got: number[] = [];
  for (let count = 0; count < 51; count++) {
    const { value } = await player.next();
    if (value?.kind === "video") got.push(value.timestamp);
    await settle();
  }
  expect(got).toEqual(Array.from({ length: 50 }, (_, at) => at));
  await publishing.close();
  await watching.close();
});
