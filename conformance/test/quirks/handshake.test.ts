/**
 * Habits of clients in the handshake, each with what the server does about it.
 *
 * RTMP §5.2
 */

import { createHmac } from "node:crypto";

import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { type BarePeer, InProcessServer } from "../../src/in-process-server.ts";
import { join } from "../../src/wire-bytes.ts";
import { connectLive, createStream, publish } from "../../src/wire-commands.ts";

const c0 = hex("03");
// 9.0.124.2, which ffmpeg writes into every C1.
const ffmpegVersion = hex("09 00 7c 02");
const playerKey = "Genuine Adobe Flash Player 001";
const serverKey = "Genuine Adobe Flash Media Server 001";
const keyTail = hex("f0eec24a 8068bee8 2e00d0d1 029e7e57 6eec5d2d 29806fab 93b8e636 cfeb31ae");

/** C1 with a time, a version and a fill that follows a rule. */
function firstBlock(version: Uint8Array): Uint8Array {
  const block = Uint8Array.from({ length: 1_536 }, (_, index) => (index * 31 + 7) & 0xff);
  block.set(join(hex("00 00 04 57"), version));
  return block;
}

function digestOffset(block: Uint8Array): number {
  const sum = block.subarray(8, 12).reduce((total, byte) => total + byte, 0);
  return (sum % 728) + 12;
}

/** HMAC-SHA256 over a block without the 32 bytes of its digest. */
function digestOf(block: Uint8Array, key: string): Uint8Array {
  const at = digestOffset(block);
  const rest = join(block.subarray(0, at), block.subarray(at + 32));
  return createHmac("sha256", key).update(rest).digest();
}

function digestIn(block: Uint8Array): Uint8Array {
  const at = digestOffset(block);
  return block.slice(at, at + 32);
}

/** C1 as ffmpeg signs it: digest block first. */
function signedFirstBlock(): Uint8Array {
  const block = firstBlock(ffmpegVersion);
  block.set(digestOf(block, playerKey), digestOffset(block));
  return block;
}

/** S1 and S2 of what the server sent. */
function answerOf(peer: BarePeer): { s1: Uint8Array; s2: Uint8Array } {
  const bytes = peer.wire();
  return { s1: bytes.slice(1, 1_537), s2: bytes.slice(1_537, 3_073) };
}

describe('ffmpeg play: "Signature mismatch" when a server answers simple but echoes C1\'s version:', () => {
  test("a C1 without a valid digest is answered with zeros in S1[4..7]", () => {
    const peer = new InProcessServer().openBare();
    const c1 = firstBlock(ffmpegVersion);
    peer.say(c0, c1);
    const { s1, s2 } = answerOf(peer);
    expect(peer.wire()[0]).toBe(3);
    expect(s1.slice(4, 8)).toEqual(hex("00 00 00 00"));
    expect(s2.slice(0, 4)).toEqual(c1.slice(0, 4));
    expect(s2.slice(8)).toEqual(c1.slice(8));
  });

  test("a signed C1 is answered with a real digest in S1 and a real signature in S2", () => {
    const peer = new InProcessServer().openBare();
    const c1 = signedFirstBlock();
    peer.say(c0, c1);
    const { s1, s2 } = answerOf(peer);
    expect(s1[4]).toBeGreaterThanOrEqual(3);
    expect(digestIn(s1)).toEqual(Uint8Array.from(digestOf(s1, serverKey)));

    const fullKey = join(new TextEncoder().encode(serverKey), keyTail);
    const key = createHmac("sha256", fullKey).update(digestIn(c1)).digest();
    const signature = createHmac("sha256", key).update(s2.subarray(0, 1_504)).digest();
    expect(s2.slice(1_504)).toEqual(Uint8Array.from(signature));
  });
});

describe("ffmpeg publish: C2 is not a signature:", () => {
  test.each([
    ["a copy of S1, as ffmpeg sends it", (s1: Uint8Array) => s1],
    ["zeros", () => new Uint8Array(1_536)],
  ])("%s is taken, and the client goes on", (_, c2Of) => {
    const peer = new InProcessServer().openBare();
    peer.say(c0, signedFirstBlock());
    const { s1 } = answerOf(peer);
    peer.say(c2Of(s1), connectLive, createStream, publish("cam"));
    expect(peer.events).toEqual(["publish live/cam"]);
  });
});

describe("any: half-open TLS or HTTP on 1935:", () => {
  test.each([
    ["a TLS ClientHello", hex("16 03 01 00 2f 01 00 00 2b 03 03")],
    ["an HTTP GET", hex("47 45 54 20 2f 20 48 54 54 50")],
    ["an HTTP POST", hex("50 4f 53 54 20 2f 20 48 54 54")],
  ])("%s is closed at its first byte, without an answer", (_, bytes) => {
    const server = new InProcessServer();
    const peer = server.openBare();
    peer.say(bytes.subarray(0, 1));
    expect(peer.events).toEqual(["close RTMP_ERR_HANDSHAKE_VERSION"]);
    server.clock.advance(1_000);
    server.settle();
    expect(peer.near.isClosed).toBe(true);
    expect(peer.wire()).toHaveLength(0);
  });

  test("who says nothing at all is closed after the time for the handshake", () => {
    const server = new InProcessServer({ limits: { handshakeTimeoutMs: 1_111 } });
    const peer = server.openBare();
    server.clock.advance(1_110);
    expect(peer.events).toEqual([]);
    server.clock.advance(1);
    expect(peer.events).toEqual(["close RTMP_ERR_HANDSHAKE_TIMEOUT"]);
  });
});

describe("Wirecast (librtmp inside): crash or hang when handshake or replies arrive in pieces:", () => {
  test("one write for S0 S1 S2, and one for each batch of replies", () => {
    const peer = new InProcessServer().openBare();
    peer.say(c0, firstBlock(hex("00 00 00 00")));
    expect(peer.far.writeCount).toBe(1);
    expect(peer.wire()).toHaveLength(3_073);

    peer.say(new Uint8Array(1_536));
    for (const [index, bytes] of [connectLive, createStream, publish("cam")].entries()) {
      peer.say(bytes);
      expect(peer.far.writeCount).toBe(index + 2);
    }
  });

  test("C2 and connect in one segment are answered in one write", () => {
    const peer = new InProcessServer().openBare();
    peer.say(c0, firstBlock(hex("00 00 00 00")));
    peer.say(join(new Uint8Array(1_536), connectLive));
    expect(peer.far.writeCount).toBe(2);
    expect(peer.wire().length).toBeGreaterThan(3_073 + 200);
  });
});
