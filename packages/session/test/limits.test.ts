import { defaultChunkLimits } from "@rtmp/chunk";
import { defaultMessageLimits } from "@rtmp/message";
import { defaultSessionLimits, resolveSessionLimits } from "@rtmp/session";
import { describe, expect, test } from "vitest";
import { Bench } from "./bench.ts";

describe("session limits", () => {
  test("have defaults, and they are frozen", () => {
    expect(resolveSessionLimits()).toEqual({
      handshakeTimeoutMs: 10_000,
      connectTimeoutMs: 10_000,
      idleTimeoutMs: 30_000,
      pingAfterMs: 5_000,
      pingPlayerAfterMs: 20_000,
      silentPublisherMs: 30_000,
      silentAnsweringPublisherMs: 10_000,
      silentPlayerMs: 60_000,
      silentServerMs: 30_000,
      callTimeoutMs: 30_000,
      maxPendingCalls: 256,
      maxPlaylistEntries: 64,
      maxStreams: 64,
      maxPendingCommands: 16,
      maxFaults: 100,
      chunk: defaultChunkLimits,
      message: defaultMessageLimits,
    });
    expect(Object.isFrozen(defaultSessionLimits)).toBe(true);
  });

  test("keep what is given", () => {
    const limits = resolveSessionLimits({ maxStreams: 1111, message: { maxCommandBytes: 2222 } });
    expect(limits).toMatchObject({ maxStreams: 1111, maxFaults: 100 });
    expect(limits.message).toEqual({ maxCommandBytes: 2222 });
  });

  const names = Object.entries(defaultSessionLimits)
    .filter(([, value]) => typeof value === "number")
    .map(([name]) => name);
  test.each(names)("%s is a positive number", (name) => {
    for (const value of [0, -1, Number.NaN, undefined, "1"]) {
      expect(() => resolveSessionLimits(Object.fromEntries([[name, value]]))).toThrow(RangeError);
    }
    expect(() => resolveSessionLimits({ [name]: Number.POSITIVE_INFINITY })).not.toThrow();
  });

  test("of the layers below are checked when the session is made", () => {
    expect(() => new Bench({ limits: { message: { maxCommandBytes: 0 } } })).toThrow(RangeError);
    expect(() => new Bench({ limits: { chunk: { maxMessageBytes: 0 } } })).toThrow(RangeError);
    expect(() => new Bench({ limits: { maxStreams: 0 } })).toThrow(RangeError);
    expect(
      () =>
        new Bench({ limits: { message: { maxCommandBytes: 1 }, chunk: { maxMessageBytes: 1 } } }),
    ).not.toThrow();
  });
});
