import { once } from "node:events";
import { createServer } from "node:net";
import { connect as connectTls } from "node:tls";

import { hex, type ScriptedClient } from "@rtmp/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Child } from "../src/child.ts";
import { encodeTestVideo, listedFrames, listFrames, publishFile } from "../src/ffmpeg.ts";
import { type Frames, frameKinds, framesOf, isKeyframe, placeOf } from "../src/frames.ts";
import { interop } from "../src/interop/proof.ts";
import type { LogLine } from "../src/server-process.ts";
import { Stage } from "../src/stage.ts";
import { openSocket } from "../src/tcp-client.ts";

// A TLS 1.2 ClientHello as far as its random bytes.
const halfClientHello = hex("16 03 01 00 2f 01 00 00 2b 03 03");
// A record with a fatal alert: unknown_ca (RFC 8446 §6).
const alert = hex("15 03 03 00 02 02 30");

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open("--tls-dev", "--log-level", "debug");
});
afterAll(() => stage.close());

describe("ffmpeg publishes to one port and plays from it, every frame bit for bit, by", () => {
  let file: string;
  let source: Frames;
  beforeAll(async () => {
    file = await encodeTestVideo(stage.folder, { seconds: 2 });
    source = await listedFrames(listFrames(file));
  }, 20_000);

  /** What a player gets of the file by a scheme by which it is published as well. */
  async function carried(scheme: string): Promise<Frames> {
    const from = stage.server.log.length;
    const player = stage.keep(listFrames(stage.url(scheme, scheme)));
    await stage.playing(scheme, from);
    const publisher = stage.keep(publishFile(file, stage.url(scheme, scheme)));
    expect(await publisher.exited).toEqual({ code: 0, signal: null });
    if (scheme.startsWith("rtmpt")) await stage.endLost(scheme);
    return listedFrames(player);
  }

  const byTls = { meta: interop.live("ffmpeg", "rtmps"), timeout: 40_000 };
  test.concurrent("rtmps", byTls, async () => {
    expect(hashesOf(await carried("rtmps"))).toEqual(hashesOf(source));
    expect(connectionsBy("rtmps")).toBe(2);
  });

  test.concurrent.each(["rtmp", "rtmpt", "rtmpts"])(
    "%s",
    async (scheme) => {
      expect(hashesOf(await carried(scheme))).toEqual(hashesOf(source));
      expect(connectionsBy(scheme)).toBeGreaterThanOrEqual(2);
    },
    40_000,
  );
});

/** The frames without their times, which begin elsewhere for each player. */
function hashesOf(frames: Frames): string[][] {
  return frameKinds.map((kind) => frames[kind].map(({ hash }) => hash));
}

function connectionsBy(scheme: string): number {
  return stage.server.log.filter(
    (line) => line.msg === "connection opened" && line["scheme"] === scheme,
  ).length;
}

describe("who is not understood", () => {
  let source: Frames;
  let publisher: Child;
  let player: ScriptedClient;
  beforeAll(async () => {
    const file = await encodeTestVideo(stage.folder, { seconds: 30 });
    source = await listedFrames(listFrames(file));
    player = await stage.play("cam");
    publisher = stage.publish(file, "cam");
    await player.waitFor(isKeyframe);
  }, 30_000);

  test("gets 400 when it is garbage that looks like HTTP", async () => {
    const from = stage.server.log.length;
    expect(await closedAfter("GARBAGE\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    await stage.server.waitForLog({ level: "debug", status: 400 }, { from });
  });

  test("gets a word, or 404, when it is an HTTP request for nothing that is here", async () => {
    const from = stage.server.log.length;
    const url = stage.server.url.replace("rtmp:", "http:");
    const [root, other] = [await fetch(`${url}/`), await fetch(`${url}/live/cam.flv`)];
    expect([root.status, other.status]).toEqual([200, 404]);
    expect(await root.text()).toMatch("RTMP server");
    await stage.server.waitForLog({ level: "debug", what: "GET /live/cam.flv" }, { from });
  });

  test("is cut when it is not TLS though it begins so", async () => {
    const from = stage.server.log.length;
    await closedAfter(hex("16 03 01 00 05 ff ff ff ff ff"));
    const line = await refusal(from, "RTMP_ERR_TLS_HANDSHAKE");
    expect(line["reason"]).toMatch(/^TLS: \w/);
  });

  test("is cut when it refuses TLS by an alert", async () => {
    const from = stage.server.log.length;
    await closedAfter(await clientHello(), alert);
    const line = await refusal(from, "RTMP_ERR_TLS_HANDSHAKE");
    expect(line["reason"]).toBe("TLS: tlsv1 alert unknown ca");
  });

  test("is cut when it leaves in the middle of a ClientHello", async () => {
    const from = stage.server.log.length;
    const socket = await openSocket(stage.server.url);
    socket.end(halfClientHello);
    const line = await refusal(from, "RTMP_ERR_TLS_HANDSHAKE");
    expect(line["reason"]).toBe("the client left in the middle of the TLS handshake");
    socket.destroy();
  });

  test.each([
    ["1", "PROXY TCP4 192.0.2.1 192.0.2.2 1111 1935\r\n"],
    ["2", hex("0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a 20 00 00 00")],
  ])("is cut when it says by the PROXY protocol %s that it is another", async (_, header) => {
    const from = stage.server.log.length;
    expect(await closedAfter(header)).toBe("");
    const line = await refusal(from, "RTMP_ERR_PROXY_NOT_TRUSTED");
    expect(line["reason"]).toMatch("from 127.0.0.1, which is not trusted");
  });

  test("disturbs nobody else: a player misses nothing all the while", async () => {
    expect(publisher.running).toBe(true);
    publisher.kill("SIGINT");
    await player.waitForCode("NetStream.Play.UnpublishNotify");
    const got = framesOf(player.media());
    for (const kind of frameKinds) {
      expect(got[kind].length).toBeGreaterThan(20);
      expect(placeOf(got[kind], source[kind])).toBe(0);
    }
  });
});

/** Sends pieces on a new connection and waits for the server to close it. */
async function closedAfter(...pieces: readonly (Uint8Array | string)[]): Promise<string> {
  const socket = await openSocket(stage.server.url);
  const answered: Buffer[] = [];
  socket.on("data", (piece) => answered.push(piece));
  // It is cut, perhaps with bytes unread.
  socket.on("error", () => {});
  const ended = new Promise((resolve) => {
    socket.once("end", resolve).once("close", resolve);
  });
  for (const piece of pieces) {
    socket.write(piece);
    // As one piece they would be read as one.
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
  await ended;
  socket.destroy();
  return Buffer.concat(answered).toString("latin1");
}

function refusal(from: number, code: string): Promise<LogLine> {
  return stage.server.waitForLog({ level: "warn", msg: "connection refused", code }, { from });
}

/** What a client of TLS says first. */
async function clientHello(): Promise<Uint8Array> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  const port = typeof bound === "object" ? (bound?.port ?? 0) : 0;
  const client = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
  client.on("error", () => {});
  const [accepted] = await once(server, "connection");
  const [bytes] = await once(accepted, "data");
  client.destroy();
  accepted.destroy();
  server.close();
  return bytes;
}
