import type { TransportHandlers } from "@rtmp/session";
import {
  type PairedTransport,
  VirtualClock,
  hex,
  seededBytes,
  seededRandom,
  toHex,
  transportPair,
} from "@rtmp/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** Remembers, in order, what one end was told. */
function record(end: PairedTransport): string[] {
  const calls: string[] = [];
  const handlers: TransportHandlers = {
    onBytes: (bytes) => calls.push(toHex(bytes)),
    onDrain: () => calls.push("drain"),
    onClose: (cause) => calls.push(cause === undefined ? "close" : `close: ${cause.message}`),
  };
  end.start(handlers);
  return calls;
}

describe("delivery", () => {
  test("nothing moves before flush, then everything does, in order and both ways", () => {
    const [left, right] = transportPair();
    const [toLeft, toRight] = [record(left), record(right)];
    left.write(hex("01 02"));
    left.writeAll([hex("03"), hex(""), hex("04 05")]);
    right.write(hex("06"));
    expect([toLeft, toRight]).toEqual([[], []]);
    expect(left.queuedBytes).toBe(5);

    left.flush();
    expect(toRight).toEqual(["01 02", "03", "04 05", "drain"]);
    expect(toLeft).toEqual(["drain", "06"]);
    expect(left.queuedBytes).toBe(0);
  });

  test("an answer given on arrival travels in the same flush", () => {
    const [left, right] = transportPair();
    const toLeft = record(left);
    right.start({
      onBytes: () => right.write(hex("aa")),
      onDrain: () => right.flush(),
      onClose: () => {},
    });
    left.write(hex("01"));
    right.flush();
    expect(toLeft).toEqual(["drain", "aa"]);
  });

  test("bytes are copied on the way", () => {
    const [left, right] = transportPair();
    const sent = hex("01 02 03");
    let received = hex("");
    right.start({
      onBytes: (bytes) => {
        received = Uint8Array.from(bytes);
        bytes.fill(0);
      },
      onDrain() {},
      onClose() {},
    });
    left.write(sent.subarray(1));
    left.flush();
    expect(received).toEqual(hex("02 03"));
    expect(sent).toEqual(hex("01 02 03"));
  });

  test("bytes wait for the other end to start", () => {
    const [left, right] = transportPair();
    left.write(hex("01"));
    left.flush();
    expect(left.queuedBytes).toBe(1);
    const toRight = record(right);
    expect(toRight).toEqual([]);
    left.flush();
    expect(toRight).toEqual(["01"]);
  });

  test("an automatic pair delivers in microtasks, never inside a call", async () => {
    const [left, right] = transportPair({ automatic: true });
    left.write(hex("01"));
    const toRight = record(right);
    left.write(hex("02"));
    expect(toRight).toEqual([]);
    await Promise.resolve();
    expect(toRight).toEqual(["01", "02"]);
    left.close(0);
    expect(toRight).toEqual(["01", "02"]);
    await Promise.resolve();
    expect(toRight).toEqual(["01", "02", "close"]);
  });

  test("writes are counted, empty ones and those after the end are not", () => {
    const [left, right] = transportPair();
    left.write(hex("01"));
    left.writeAll([hex("02"), hex("03")]);
    left.writeAll([hex("")]);
    left.close(1_000);
    left.write(hex("04"));
    expect(left.writeCount).toBe(2);
    expect(left.queuedBytes).toBe(3);
    expect(right.writeCount).toBe(0);
  });

  test("a second start is a mistake of the caller", () => {
    const [left] = transportPair();
    record(left);
    expect(() => record(left)).toThrow(TypeError);
  });

  test("each end names the other", () => {
    const [left, right] = transportPair();
    expect(left.remote).toBe("192.0.2.2:2222");
    expect(right.remote).toBe("192.0.2.1:1111");
  });
});

/** The lengths in which a hundred pieces of ten bytes arrive. */
function lengthsFor(seed: number): number[] {
  const [left, right] = transportPair({ random: seededRandom(seed) });
  const lengths: number[] = [];
  right.start({ onBytes: ({ length }) => lengths.push(length), onDrain() {}, onClose() {} });
  for (let i = 0; i < 100; i++) left.write(new Uint8Array(10));
  left.flush();
  return lengths;
}

describe("random cuts", () => {
  test("lose and reorder nothing, whatever the seed", () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat({ max: 6_000 })), (seed, lengths) => {
        const random = seededRandom(seed);
        const [left, right] = transportPair({ random });
        const pieces: Uint8Array[] = [];
        right.start({ onBytes: (bytes) => pieces.push(bytes), onDrain() {}, onClose() {} });
        const written = lengths.map((length) => seededBytes(random, length));
        for (const bytes of written) left.write(bytes);
        left.flush();
        expect(Buffer.concat(pieces).equals(Buffer.concat(written))).toBe(true);
        expect(pieces.every((piece) => piece.length > 0)).toBe(true);
        expect(left.queuedBytes).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  test("cut inside and join across the written pieces, the same way for the same seed", () => {
    expect(lengthsFor(1)).toEqual(lengthsFor(1));
    expect(lengthsFor(1)).not.toEqual(lengthsFor(2));
    expect(lengthsFor(1).some((length) => length % 10 !== 0)).toBe(true);
    expect(lengthsFor(1).some((length) => length > 10)).toBe(true);
  });
});

describe("pressure", () => {
  test("a held end keeps its bytes queued until it is released", () => {
    const [left, right] = transportPair();
    const [toLeft, toRight] = [record(left), record(right)];
    left.hold();
    left.write(hex("01"));
    right.write(hex("02"));
    left.flush();
    expect(left.queuedBytes).toBe(1);
    expect(toRight).toEqual(["drain"]);
    expect(toLeft).toEqual(["02"]);

    left.release();
    left.flush();
    expect(toRight).toEqual(["drain", "01"]);
    expect(toLeft).toEqual(["02", "drain"]);
  });

  test("a paused end receives nothing until it reads on", () => {
    const [left, right] = transportPair();
    const toRight = record(right);
    right.pause();
    left.write(hex("01"));
    left.flush();
    expect(toRight).toEqual([]);
    expect(left.queuedBytes).toBe(1);
    right.resume();
    left.flush();
    expect(toRight).toEqual(["01"]);
  });
});

describe("the end", () => {
  test("close sends what is queued, then both ends close once", () => {
    const clock = new VirtualClock();
    const [left, right] = transportPair({ clock });
    const [toLeft, toRight] = [record(left), record(right)];
    left.write(hex("01"));
    right.write(hex("02"));
    left.close(1_000);
    expect([left.isClosed, right.isClosed]).toEqual([false, false]);
    left.flush();
    expect(toRight).toEqual(["01", "drain", "close"]);
    // What reaches an end that has closed is dropped.
    expect(toLeft).toEqual(["drain", "close"]);
    expect([left.isClosed, right.isClosed]).toEqual([true, true]);
    expect(clock.pending).toBe(0);

    left.close(0);
    right.reset();
    left.flush();
    expect(toLeft).toHaveLength(2);
    expect(toRight).toHaveLength(3);
  });

  test("a peer that does not read is cut when the time is over", () => {
    const clock = new VirtualClock();
    const [left, right] = transportPair({ clock });
    const [toLeft, toRight] = [record(left), record(right)];
    right.pause();
    left.write(hex("01"));
    left.close(1_111);
    left.close(2_222);
    left.flush();
    clock.advance(1_110);
    expect(toLeft).toEqual([]);
    clock.advance(1);
    expect(toLeft).toEqual(["close"]);
    expect(toRight).toEqual(["close"]);
    expect(left.queuedBytes).toBe(0);
  });

  test("the other end has one second to send what it has queued", () => {
    const clock = new VirtualClock();
    const [left, right] = transportPair({ clock });
    const toRight = record(right);
    record(left);
    right.hold();
    right.write(hex("02"));
    left.close(5_000);
    left.flush();
    right.write(hex("03"));
    expect(right.queuedBytes).toBe(1);
    clock.advance(999);
    expect(toRight).toEqual([]);
    clock.advance(1);
    expect(toRight).toEqual(["close"]);
  });

  test("a paused end that closes reads on and drops", () => {
    const [left, right] = transportPair({ clock: new VirtualClock() });
    const toLeft = record(left);
    record(right);
    left.pause();
    right.write(hex("01"));
    left.close(1_000);
    left.flush();
    expect(toLeft).toEqual(["close"]);
  });

  test("close with zero cuts without sending", () => {
    const [left, right] = transportPair();
    const [toLeft, toRight] = [record(left), record(right)];
    left.write(hex("01"));
    left.close(0);
    expect(toLeft).toEqual([]);
    left.flush();
    expect([toLeft, toRight]).toEqual([["close"], ["close"]]);
  });

  test("a reset reaches both ends with its cause", () => {
    const [left, right] = transportPair();
    const [toLeft, toRight] = [record(left), record(right)];
    left.write(hex("01"));
    right.reset();
    left.close(1_000);
    left.flush();
    expect(toLeft).toEqual(["close: connection reset by peer"]);
    expect(toRight).toEqual(["close: connection reset by peer"]);
  });

  test("an end that starts late still learns of it", () => {
    const [left, right] = transportPair();
    left.close(0);
    left.flush();
    const toRight = record(right);
    expect(toRight).toEqual([]);
    right.flush();
    expect(toRight).toEqual(["close"]);
  });
});
