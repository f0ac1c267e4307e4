import { EventEmitter } from "node:events";

import { type SignalSource, exitOnSignals } from "@rtmp/node-kit";
import { VirtualClock } from "@rtmp/testing";
import { expect, test } from "vitest";

const never = () => new Promise<void>(() => {});
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp(goodbye: () => Promise<void>) {
  const signals = new EventEmitter();
  const exits: number[] = [];
  const errors: unknown[] = [];
  const clock = new VirtualClock();
  const source: SignalSource = {
    on: (signal, listener) => signals.on(signal, listener),
    exit: (code) => exits.push(code),
  };
  exitOnSignals({ goodbye, onError: (error) => errors.push(error), source, clock });
  return { signals, exits, errors, clock };
}

test.each(["SIGTERM", "SIGINT"])("%s says goodbye once and exits with 0", async (signal) => {
  let goodbyes = 0;
  const { signals, exits } = setUp(() => {
    goodbyes++;
    return Promise.resolve();
  });
  expect(goodbyes).toBe(0);
  signals.emit(signal);
  expect(exits).toEqual([]);
  await turn();
  expect(goodbyes).toBe(1);
  expect(exits).toEqual([0]);
});

test("a goodbye that does not end is given up before five seconds", () => {
  const { signals, exits, clock } = setUp(never);
  signals.emit("SIGTERM");
  clock.advance(4_499);
  expect(exits).toEqual([]);
  clock.advance(1);
  expect(exits).toEqual([0]);
});

test.each([
  ["SIGTERM", "SIGTERM", 143],
  ["SIGTERM", "SIGINT", 130],
  ["SIGINT", "SIGTERM", 143],
])("%s and then %s exits at once with %i", (first, second, code) => {
  const { signals, exits } = setUp(never);
  signals.emit(first);
  signals.emit(second);
  expect(exits).toEqual([code]);
});

test("a goodbye that fails is reported and exits with 1", async () => {
  const failure = new Error("cannot close");
  const { signals, exits, errors } = setUp(() => Promise.reject(failure));
  signals.emit("SIGTERM");
  await turn();
  expect(errors).toEqual([failure]);
  expect(exits).toEqual([1]);
});
