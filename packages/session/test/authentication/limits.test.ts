import {
  ConnectAuthenticator,
  defaultAuthenticationLimits,
  resolveAuthenticationLimits,
} from "@rtmp/session";
import { describe, expect, test } from "vitest";

describe("the limits of authentication", () => {
  test("have defaults, and they are frozen", () => {
    expect(resolveAuthenticationLimits()).toEqual({
      maxChallenges: 4_096,
      challengeLifetimeMs: 30_000,
      maxUserNameBytes: 64,
    });
    expect(Object.isFrozen(defaultAuthenticationLimits)).toBe(true);
  });

  test("keep what is given", () => {
    expect(resolveAuthenticationLimits({ maxChallenges: 1111 })).toEqual({
      maxChallenges: 1111,
      challengeLifetimeMs: 30_000,
      maxUserNameBytes: 64,
    });
  });

  test.each(Object.keys(defaultAuthenticationLimits))("%s is a positive number", (name) => {
    for (const value of [0, -1, Number.NaN, undefined, "1"]) {
      const limits = Object.fromEntries([[name, value]]);
      expect(() => resolveAuthenticationLimits(limits)).toThrow(RangeError);
    }
  });

  test("are checked when the authenticator is made", () => {
    const limits = { maxChallenges: 0 };
    expect(() => new ConnectAuthenticator({ password: () => "", limits })).toThrow(RangeError);
  });
});
