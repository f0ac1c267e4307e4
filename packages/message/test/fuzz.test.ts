import {
  decodeCommand,
  decodeData,
  encodeCommand,
  encodeData,
  MessageError,
  readConnect,
  readConnectReply,
  readDeleteStream,
  readPlay,
  readPublish,
  readStatus,
  splitSetDataFrame,
} from "@rtmp/message";
import { seededBytes, seededRandom } from "@rtmp/testing";
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
          readStatus(command);
          readDeleteStream(command);
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
