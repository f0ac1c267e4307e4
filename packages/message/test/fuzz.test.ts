import {
  decodeAggregate,
  decodeCommand,
  decodeData,
  encodeCommand,
  encodeData,
  MessageError,
  readConnect,
  readConnectReply,
  readCreateStreamResult,
  readDeleteStream,
  readPause,
  readPlay,
  readPlay2,
  readPublish,
  readReceive,
  readReconnectRequest,
  readRedirect,
  readSeek,
  readStatus,
  resolveReconnectUrl,
  splitSetDataFrame,
} from "@rtmp/message";
import { hex, seededBytes, seededRandom } from "@rtmp/testing";
import { expect, test } from "vitest";
import { captured, capturedNames } from "./captured.ts";

/** Runs `act`; only a MessageError may come out of it. */
function attempt(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof MessageError) return false;
    throw error;
  }
}

function* mutants(bytes: Uint8Array, random: () => number): Generator<Uint8Array> {
  for (let i = 0; i < 60; i++) {
    const mutant = bytes.slice();
    for (let flips = 1 + random() * 4; flips > 0; flips--) {
      mutant[Math.floor(random() * mutant.length)] = Math.floor(random() * 256);
    }
    yield random() < 0.5 ? mutant : mutant.slice(0, Math.floor(random() * mutant.length));
  }
}

const seeds = capturedNames(/^/).map(captured);

test("mutated commands are refused, or read and written again", () => {
  const random = seededRandom(1111);
  const outcomes = new Set<boolean>();
  for (const seed of seeds) {
    for (const mutant of mutants(seed, random)) {
      outcomes.add(
        attempt(() => {
          const command = decodeCommand(mutant, { amf3: random() < 0.5 });
          readConnect(command);
          readConnectReply(command);
          const status = readStatus(command);
          readRedirect(status);
          readReconnectRequest(status);
          readDeleteStream(command);
          readCreateStreamResult(command);
          readPause(command);
          readReceive(command);
          const { name, transactionId, args } = decodeCommand(encodeCommand(command));
          expect([name, transactionId, args]).toEqual([
            command.name,
            command.transactionId,
            command.args,
          ]);
        }),
      );
      attempt(() => readPublish(decodeCommand(mutant)));
      attempt(() => readPlay(decodeCommand(mutant)));
      attempt(() => readPlay2(decodeCommand(mutant)));
      attempt(() => readSeek(decodeCommand(mutant)));
    }
  }
  expect(outcomes).toEqual(new Set([true, false]));
});

test("mutated data messages are refused, or read and written again", () => {
  const random = seededRandom(2222);
  const outcomes = new Set<boolean>();
  for (const seed of seeds) {
    for (const mutant of mutants(seed, random)) {
      splitSetDataFrame(mutant);
      outcomes.add(
        attempt(() => {
          const message = decodeData(mutant);
          expect(decodeData(encodeData(message))).toEqual(message);
        }),
      );
    }
  }
  expect(outcomes).toEqual(new Set([true, false]));
});

test("mutated aggregates are refused, or read within their bounds", () => {
  const random = seededRandom(4444);
  const outcomes = new Set<boolean>();
  const seed = hex(`
    08 00 00 03 00 13 88 00 00 00 00 af 01 21 00 00 00 0e 09 00 00 0a 00 13
    b0 00 00 00 00 27 01 00 00 00 00 00 00 01 41 00 00 00 15
  `);
  for (let i = 0; i < 50; i++) {
    for (const mutant of mutants(seed, random)) {
      outcomes.add(
        attempt(() => {
          const parts = decodeAggregate(mutant, Math.floor(random() * 2 ** 32));
          for (const { typeId, timestamp, body } of parts) {
            expect([0, 22]).not.toContain(typeId);
            expect(timestamp >>> 0).toBe(timestamp);
            expect(body.length).toBeLessThan(mutant.length);
          }
        }),
      );
    }
  }
  expect(outcomes).toEqual(new Set([true, false]));
});

test("a reconnect URL is refused or absolute, whatever the server sends", () => {
  const random = seededRandom(5555);
  const outcomes = new Set<boolean>();
  for (const seed of ["rtmps://[::1]:1935/live?x=1", "//h/live", "/live", "live"]) {
    for (const mutant of mutants(new TextEncoder().encode(seed), random)) {
      const sent = new TextDecoder("latin1").decode(mutant);
      outcomes.add(
        attempt(() => {
          expect(resolveReconnectUrl("rtmp://h/app", sent)).toMatch(/^rtmp[a-z]*:\/\/./i);
        }),
      );
    }
  }
  expect(outcomes).toEqual(new Set([true, false]));
});

test("random bytes are refused or read", () => {
  const random = seededRandom(3333);
  for (let i = 0; i < 2000; i++) {
    const bytes = seededBytes(random, Math.floor(random() * 64));
    attempt(() => decodeCommand(bytes));
    attempt(() => decodeData(bytes, { amf3: true }));
    expect(splitSetDataFrame(bytes).command).toBeUndefined();
  }
});

test("ten thousand nested objects are refused without harm", () => {
  const nested = new Uint8Array(40_020).fill(0);
  nested.set([0x02, 0, 1, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  for (let offset = 13; offset + 4 <= nested.length; offset += 4) {
    nested.set([0x03, 0, 1, 0x61], offset);
  }
  expect(() => decodeCommand(nested)).toThrow(
    expect.objectContaining({ code: "RTMP_ERR_BODY_LIMIT" }),
  );
});
