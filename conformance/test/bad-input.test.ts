import { once } from "node:events";

import { MessageTypeId } from "@rtmp/chunk";
import { StreamHub } from "@rtmp/hub";
import { serve } from "@rtmp/relay";
import { hex, ScriptedClient, seededBytes, seededRandom } from "@rtmp/testing";
import { listenTcp, SocketTransport } from "@rtmp/transport-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Child } from "../src/child.ts";
import { encodeTestVideo, listedFrames, listFrames } from "../src/ffmpeg.ts";
import { type Frames, framesOf, frameKinds, isKeyframe, placeOf } from "../src/frames.ts";
import type { LogLine } from "../src/server-process.ts";
import { Stage } from "../src/stage.ts";
import {
  answer,
  connectClient,
  createStream,
  openClient,
  openSocket,
  publishLive,
} from "../src/tcp-client.ts";

// A TLS 1.2 ClientHello as far as its random bytes.
const clientHello = hex("16 03 01 00 2f 01 00 00 2b 03 03");
// "connect", transaction id 1, an object whose property "app" is cut off.
const cutConnect = hex("02 00 07 63 6f 6e 6e 65 63 74 00 3f f0 00 00 00 00 00 00 03 00 03 61 70");
// "createStream", transaction id 4, a string that says it is longer than it is.
const cutCreateStream = hex(
  "02 00 0c 63 72 65 61 74 65 53 74 72 65 61 6d 00 40 10 00 00 00 00 00 00 02 00 ff 61",
);

let stage: Stage;
let source: Frames;
let publisher: Child;
let player: ScriptedClient;

beforeAll(async () => {
  stage = await Stage.open();
  const file = await encodeTestVideo(stage.folder, { seconds: 30 });
  source = await listedFrames(listFrames(file));
  player = await stage.play("cam");
  publisher = stage.publish(file, "cam");
  await player.waitFor(isKeyframe);
}, 20_000);
afterAll(() => stage.close());

/** Sends bytes on a new connection and waits for the server to close it. */
async function closedAfter(bytes: Uint8Array): Promise<Uint8Array> {
  const socket = await openSocket(stage.server.url);
  const answered: Buffer[] = [];
  socket.on("data", (piece) => answered.push(piece));
  socket.write(bytes);
  await once(socket, "end");
  socket.destroy();
  return Buffer.concat(answered);
}

/** Waits for the warning that a fault brings, behind the log's first lines. */
function warning(from: number, code: string, reason: string): Promise<LogLine> {
  return stage.server.waitForLog({ level: "warn", code, reason }, { from });
}

function commandMessage(payload: Uint8Array): Parameters<ScriptedClient["send"]>[0] {
  const typeId = MessageTypeId.CommandAmf0;
  return { chunkStreamId: 3, timestamp: 0, typeId, messageStreamId: 0, payload };
}

/** Resolves when the server has closed the connection; the last message has arrived by then. */
async function closed(client: ScriptedClient): Promise<void> {
  const never = client.waitFor(() => false);
  await expect(never).rejects.toThrow("the connection ended");
}

describe("a peer that does not speak RTMP is closed without an answer, with one line in the log:", () => {
  test.each([
    ["a TLS ClientHello", clientHello, "0x16, which looks like a TLS ClientHello"],
    ["random bytes", seededBytes(seededRandom(2222), 4_000), "which looks like another protocol"],
  ])("%s", async (_, bytes, reason) => {
    const from = stage.server.log.length;
    const answered = await closedAfter(bytes);
    expect(answered).toHaveLength(0);

    const code = "RTMP_ERR_HANDSHAKE_VERSION";
    const start = bytes[0]!.toString(16).padStart(2, "0");
    const text = reason.startsWith("0x") ? reason : `0x${start}, ${reason}`;
    const line = await warning(from, code, `handshake begins with ${text}`);
    expect(line).toMatchObject({ fault: "malformed", msg: "connection closed for a fault" });
  });
});

describe("a peer that breaks the protocol is closed, with one line in the log:", () => {
  test("garbage behind the handshake", async () => {
    const from = stage.server.log.length;
    const client = stage.keepClient(await openClient(stage.server.url));
    client.sendRaw(new Uint8Array(500).fill(0xff));
    await closed(client);

    const reason = "type 3 chunk on chunk stream 63 without a previous header";
    await warning(from, "RTMP_ERR_MISSING_PREVIOUS_HEADER", reason);
    expect(client.received).toEqual([]);
  });

  test("a connect whose AMF is cut off gets _error", async () => {
    const from = stage.server.log.length;
    const client = stage.keepClient(await openClient(stage.server.url));
    client.send(commandMessage(cutConnect));
    const error = await client.waitFor(({ command }) => command?.name === "_error");
    await closed(client);

    expect(error.command?.transactionId).toBe(1);
    expect(error.code).toBe("NetConnection.Connect.Rejected");
    const line = await stage.server.waitForLog({ code: "RTMP_ERR_BAD_COMMAND" }, { from });
    expect(line).toMatchObject({ level: "warn", msg: "connection closed for a fault" });
    expect(line["reason"]).toMatch(/^command connect/);
  });

  test("a createStream whose AMF is cut off gets _error", async () => {
    const from = stage.server.log.length;
    const client = stage.keepClient(await connectClient(stage.server.url));
    client.send(commandMessage(cutCreateStream));
    const error = await client.waitFor(({ command }) => command?.name === "_error");
    await closed(client);

    expect(error.command?.transactionId).toBe(4);
    expect(error.code).toBe("NetConnection.Call.Failed");
    const line = await stage.server.waitForLog({ code: "RTMP_ERR_BAD_COMMAND" }, { from });
    expect(line).toMatchObject({ level: "warn", msg: "connection closed for a fault" });
    expect(line["reason"]).toMatch(/^command createStream/);
  });
});

describe("a peer that asks for what is not served stays, with one line in the log:", () => {
  test("an unknown command gets _error", async () => {
    const from = stage.server.log.length;
    const client = stage.keepClient(await connectClient(stage.server.url));
    const transactionId = client.command(0, "makeCoffee", null);
    const error = await client.waitFor(({ command }) => command?.name === "_error");
    expect(error.command?.transactionId).toBe(transactionId);
    expect(error.code).toBe("NetConnection.Call.Failed");

    const reason = "makeCoffee is not a command that is served here";
    await warning(from, "RTMP_ERR_UNKNOWN_COMMAND", reason);
    expect(await createStream(client)).toBe(1);
  });

  test("an unknown message type", async () => {
    const from = stage.server.log.length;
    const client = stage.keepClient(await connectClient(stage.server.url));
    client.send({ ...commandMessage(hex("de ad")), typeId: 77 });
    await warning(from, "RTMP_ERR_UNKNOWN_MESSAGE_TYPE", "message type 77");
    expect(await createStream(client)).toBe(1);
  });
});

describe("a peer that is no peer", () => {
  test("is closed when it sends nothing", async () => {
    const ended: (string | undefined)[] = [];
    const listener = await listenTcp({ port: 0 }, (transport) => {
      const observer = { onClose: (cause?: Error) => ended.push(cause?.message) };
      serve(transport, { hub: new StreamHub(), observer, limits: { handshakeTimeoutMs: 200 } });
    });
    const socket = await openSocket(listener.url);
    const start = performance.now();
    socket.resume();
    await once(socket, "end");
    expect(performance.now() - start).toBeGreaterThan(150);
    expect(ended).toEqual(["the handshake took too long"]);
    socket.destroy();
    await listener.close();
  });

  test("may reset its connection; that is no warning", async () => {
    const from = stage.server.log.length;
    const socket = await openSocket(stage.server.url);
    const remote = `127.0.0.1:${socket.localPort}`;
    const client = new ScriptedClient(new SocketTransport(socket));
    await client.opened();
    await answer(client, client.connect("live"));
    socket.resetAndDestroy();
    const line = await stage.server.waitForLog({ remote, msg: "connection closed" }, { from });
    expect(line).toMatchObject({
      level: "info",
      code: "RTMP_ERR_CONNECTION_LOST",
      fault: "closed",
      reason: "the connection broke: read ECONNRESET",
    });
  });
});

describe("all the while", () => {
  test("each of these was one line", () => {
    const warnings = stage.server.log.filter(({ level }) => level === "warn");
    expect(warnings.map(({ code }) => code)).toEqual([
      "RTMP_ERR_HANDSHAKE_VERSION",
      "RTMP_ERR_HANDSHAKE_VERSION",
      "RTMP_ERR_MISSING_PREVIOUS_HEADER",
      "RTMP_ERR_BAD_COMMAND",
      "RTMP_ERR_BAD_COMMAND",
      "RTMP_ERR_UNKNOWN_COMMAND",
      "RTMP_ERR_UNKNOWN_MESSAGE_TYPE",
    ]);
  });

  test("the server accepts new publishers", async () => {
    const client = stage.keepClient(await publishLive(stage.server.url, "other"));
    expect(client.codes).toContain("NetStream.Publish.Start");
  });

  test("a player misses nothing", async () => {
    expect(publisher.running).toBe(true);
    publisher.kill("SIGINT");
    await player.waitForCode("NetStream.Play.UnpublishNotify");
    const got = framesOf(player.media());
    expect(got.video.length).toBeGreaterThan(60);
    for (const kind of frameKinds) expect(placeOf(got[kind], source[kind])).toBe(0);
  });
});
