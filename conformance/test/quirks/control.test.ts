/**
 * Habits of clients in control messages: acknowledgements, windows, user control, unknown types.
 *
 * RTMP §5.4, §6.2
 */

import { serve } from "@rtmp/relay";
import { StreamHub } from "@rtmp/hub";
import type { Transport, TransportHandlers } from "@rtmp/session";
import { hex, toHex, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { listChunks } from "../../src/chunk-list.ts";
import { InProcessServer, mediaLine, mediaLines, type Peer } from "../../src/in-process-server.ts";
import { counting, join, message, u32 } from "../../src/wire-bytes.ts";
import { connectLive, createStream, play } from "../../src/wire-commands.ts";

const video = 9;
const acknowledgementType = 3;
const userControlType = 4;
const keyframe = message("06 000000 length 09 01000000", hex("17 01 00 00 00 22"));

const control = (typeId: string, payload: Uint8Array, chunkStreamId = "02"): Uint8Array =>
  message(`${chunkStreamId} 000000 length ${typeId} 00000000`, payload);
const acknowledgement = (sequenceNumber: number): Uint8Array => control("03", u32(sequenceNumber));

/** Payloads of the messages of one type that arrived, in hex. */
function payloadsOf(peer: Peer, type: number): string[] {
  return peer.client.received
    .filter(({ typeId }) => typeId === type)
    .map(({ payload }) => toHex(payload));
}

describe("cameras, PTZ: control messages on csid 3..6:", () => {
  test.each(["03", "04", "05", "06", "3f"])("Set Chunk Size on chunk stream %s counts", (id) => {
    const server = new InProcessServer();
    const publisher = server.publisher();
    const player = server.player();
    const payload = counting("17 01 00 00 00", 700);
    publisher.say(control("01", u32(512), id));
    publisher.say(message("06 000000 length 09 01000000", payload, { chunkSize: 512 }));
    expect(mediaLines(player)).toEqual([mediaLine(video, 0, payload)]);
    expect(publisher.problems).toEqual([]);
  });

  test.each(["03", "04", "05", "06"])("a ping on chunk stream %s is answered", (id) => {
    const peer = new InProcessServer().publisher();
    peer.say(control("04", hex("00 06 00 00 08 ae"), id));
    expect(payloadsOf(peer, userControlType)).toContain("00 07 00 00 08 ae");
  });

  test("Window Acknowledgement Size on chunk stream 4 brings acknowledgements", () => {
    const peer = new InProcessServer().publisher();
    const more = control("00", new Uint8Array(500));
    peer.say(control("05", u32(1_000), "04"), more);
    const [first = 0, second] = payloadsOf(peer, acknowledgementType).map((payload) =>
      Number.parseInt(payload.replaceAll(" ", ""), 16),
    );
    expect(second).toBe(first + more.length);
  });
});

describe.each([
  ["Flash Player: ack wraps at 0xf0000000: a smaller one is a reset:", [0xef_ff_ff_00, 0x100]],
  ["YouTube ingest: ack holds increments: nothing is held back for them:", [1_000, 1_000, 1_000]],
  ["Node apps: ack counter negative at 2 GiB: taken as unsigned:", [0x7f_ff_ff_ff, 0x80_00_00_10]],
])("%s", (_, sequenceNumbers) => {
  test.each(["05 of 1000 bytes", "06 of 1000 bytes, hard"])(
    "a player with a window (type %s) gets every frame",
    (kind) => {
      const server = new InProcessServer();
      const publisher = server.publisher();
      const player = server.player();
      const window = kind.startsWith("05")
        ? control("05", u32(1_000))
        : control("06", hex("00 00 03 e8 00"));
      player.say(window);
      for (const sequenceNumber of sequenceNumbers) {
        player.say(acknowledgement(sequenceNumber));
        publisher.say(message("06 000000 length 09 01000000", counting("17 01 00 00 00", 3_000)));
      }
      expect(mediaLines(player)).toHaveLength(sequenceNumbers.length);
      expect(player.problems).toEqual([]);
      expect(player.events).toEqual(["play live/cam"]);
    },
  );
});

/** A transport whose peer is a loop: what the server writes is kept, nothing is copied on the way in. */
class LoopTransport implements Transport {
  readonly remote = "192.0.2.1:1111";
  readonly reusesBuffers = true;
  readonly queuedBytes = 0;
  readonly written: Uint8Array[] = [];
  handlers: TransportHandlers | undefined;

  start(handlers: TransportHandlers): void {
    this.handlers = handlers;
  }

  write(bytes: Uint8Array): void {
    this.written.push(bytes.slice());
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.write(piece);
  }

  pause(): void {}
  resume(): void {}
  close(): void {}
}

/** Serves a client that sends messages of 16 MiB which nobody wants, and returns all that it was told. */
function acknowledgementsOf(totalBytes: number): number[] {
  const transport = new LoopTransport();
  const clock = new VirtualClock(0);
  serve(transport, { hub: new StreamHub({ clock }), clock });
  const receive = (bytes: Uint8Array): void => transport.handlers?.onBytes(bytes);
  receive(join(hex("03"), new Uint8Array(1_536), new Uint8Array(1_536)));
  receive(join(connectLive, createStream, control("01", u32(0xff_ff_ff))));

  const unwanted = message("04 000000 length 08 01000000", new Uint8Array(0xff_ff_ff), {
    chunkSize: 0xff_ff_ff,
  });
  for (let sent = 0; sent < totalBytes; sent += unwanted.length) receive(unwanted);
  return listChunks(join(...transport.written).subarray(3_073))
    .filter(({ typeId }) => typeId === acknowledgementType)
    .map(({ payload }) => new DataView(payload.buffer, payload.byteOffset).getUint32(0));
}

describe("FMLE, encoders: stop near 4 GB without good acks:", () => {
  test("5 GB are acknowledged modulo 2^32, one message at most behind, and never negative at 2 GiB", () => {
    const acknowledgements = acknowledgementsOf(5_000_000_000);
    const messageBytes = 0xff_ff_ff + 12;
    expect(acknowledgements).toHaveLength(Math.ceil(5_000_000_000 / messageBytes));

    const before = acknowledgements[0] ?? 0;
    const expected = acknowledgements.map((_, index) => (before + index * messageBytes) % 2 ** 32);
    expect(acknowledgements).toEqual(expected);
    expect(acknowledgements.some((value) => value > 0x80_00_00_00)).toBe(true);
    expect(acknowledgements.at(-1)).toBeLessThan(before + 1_000_000_000);
  });
});

describe("FMS 3.5+: user control 31/32, even 2 bytes long:", () => {
  test.each(["00 1f", "00 20", "00 1f 00 00 00 01", "00 20 00 00 00 01"])(
    "%s is ignored",
    (body) => {
      const peer = new InProcessServer().publisher();
      const before = peer.client.received.length;
      peer.say(control("04", hex(body)), keyframe);
      expect(peer.client.received).toHaveLength(before);
      expect(peer.problems).toEqual([]);
      expect(peer.events).toEqual(["publish live/cam"]);
    },
  );
});

describe("dashcams: message type 0 or garbage after misread chunk size:", () => {
  test("is counted, and one more than the limit closes", () => {
    const peer = new InProcessServer({ limits: { maxFaults: 3 } }).publisher();
    const unknown = control("00", hex("de ad be ef"));
    peer.say(unknown, unknown, unknown);
    expect(peer.problems).toEqual(Array(3).fill("RTMP_ERR_UNKNOWN_MESSAGE_TYPE"));
    expect(peer.events).toEqual(["publish live/cam"]);
    peer.say(unknown);
    expect(peer.events.at(-1)).toBe("close RTMP_ERR_TOO_MANY_FAULTS");
  });

  test("a message length that was misread as 16 MiB holds no memory for it", () => {
    const server = new InProcessServer({ limits: { chunk: { maxMessageBytes: 1_111_111 } } });
    const peer = server.publisher();
    peer.say(hex("06 000000 ffffff 09 01000000"));
    expect(peer.events.at(-1)).toBe("close RTMP_ERR_MESSAGE_TOO_LARGE");
  });
});

describe("some players: no SetBufferLength, no Window Ack:", () => {
  test("never required", () => {
    const server = new InProcessServer();
    const publisher = server.publisher();
    const player = server.connected();
    player.say(createStream, play("cam"));
    publisher.say(keyframe);
    expect(mediaLines(player)).toEqual([mediaLine(video, 0, hex("17 01 00 00 00 22"))]);
  });

  test("taken where librtmp sends them, also for stream 0 before there is one", () => {
    const server = new InProcessServer();
    const publisher = server.publisher();
    const player = server.connected();
    player.say(control("05", u32(2_500_000)));
    player.say(control("04", hex("00 03 00 00 00 00 00 00 01 2c")));
    player.say(createStream, play("cam"));
    player.say(control("04", hex("00 03 00 00 00 01 02 25 51 00")));
    publisher.say(keyframe);
    expect(mediaLines(player)).toHaveLength(1);
    expect(player.problems).toEqual([]);
  });
});
