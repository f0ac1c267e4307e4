import { runInNewContext } from "node:vm";
import { ConnectAuthenticator } from "@rtmp/session";
import { describe, expect, test } from "vitest";
import {
  Desk,
  alice,
  aliceSays,
  aliceSaysSecond,
  challenged,
  emptyPassword,
  failed,
  second,
  wrong,
} from "./desk.ts";

describe("a challenge", () => {
  test("is good for one response, right or wrong", () => {
    const right = challenged();
    expect(right.answer(aliceSays)).toEqual(alice);
    expect(right.answer(aliceSays)).toEqual(failed);
    const guessing = challenged();
    expect(guessing.answer(wrong)).toEqual(failed);
    expect(guessing.answer(aliceSays)).toEqual(failed);
    expect(guessing.asked).toEqual(["alice"]);
  });

  test("is another one each time", () => {
    const desk = challenged();
    desk.ask("live?authmod=adobe&user=alice");
    expect(desk.answer(aliceSays, "alice", second)).toEqual(failed);
    const patient = challenged();
    patient.ask("live?authmod=adobe&user=alice");
    expect(patient.answer(aliceSaysSecond, "alice", second)).toEqual(alice);
    expect(patient.answer(aliceSays)).toEqual(alice);
  });

  test("is not made up by the client", () => {
    const desk = new Desk();
    expect(desk.answer(aliceSays)).toEqual(failed);
    expect(desk.answer(aliceSays, "alice", "")).toEqual(failed);
    expect(desk.connect(`live?authmod=adobe&user=alice&${aliceSays}`)).toEqual(failed);
    expect(desk.asked).toEqual([]);
  });

  test("is random with the randomness of the platform", () => {
    const authenticator = new ConnectAuthenticator({ password: () => "secret" });
    expect(authenticator.check({ app: "live?authmod=adobe&user=alice", tcUrl: "" })).toMatchObject({
      description: expect.stringMatching(/&challenge=([0-9a-f]{24})&opaque=\1$/),
    });
  });

  test("waits for challengeLifetimeMs", () => {
    const desk = challenged({ limits: { challengeLifetimeMs: 2_222 } });
    desk.clock.advance(2_221);
    expect(desk.answer(aliceSays)).toEqual(alice);
    const late = challenged({ limits: { challengeLifetimeMs: 2_222 } });
    late.clock.advance(2_222);
    expect(late.answer(aliceSays)).toEqual(failed);
  });

  test("goes when there are more than maxChallenges", () => {
    const desk = challenged({ limits: { maxChallenges: 3 } });
    for (let i = 0; i < 1_111; i++) desk.ask(`live?authmod=adobe&user=user${i}`);
    expect(desk.authenticator.openChallenges).toBe(3);
    expect(desk.answer(aliceSays)).toEqual(failed);
  });
});

describe("a password that comes later", () => {
  test("lets the client in later", async () => {
    const desk = challenged({ password: () => Promise.resolve("secret") });
    const access = desk.answer(aliceSays);
    expect(access).toHaveProperty("then");
    expect(await access).toEqual(alice);
  });

  test("does not keep the challenge open", async () => {
    const desk = challenged({ password: () => Promise.resolve("secret") });
    const one = desk.answer(aliceSays);
    const other = desk.answer(aliceSays);
    expect([await one, await other]).toEqual([alice, failed]);
  });

  test("may be none, or of another realm", async () => {
    const none = challenged({ password: () => Promise.resolve(undefined) });
    expect(await none.answer(emptyPassword)).toEqual(failed);
    const foreign: Promise<string> = runInNewContext("Promise.resolve('secret')");
    expect(await challenged({ password: () => foreign }).answer(aliceSays)).toEqual(alice);
  });

  test("that cannot be found out is an error of the caller", async () => {
    const error = new Error("no database");
    const later = challenged({ password: () => Promise.reject(error) });
    await expect(later.answer(aliceSays)).rejects.toBe(error);
    const atOnce = challenged({
      password: () => {
        throw error;
      },
    });
    expect(() => atOnce.answer(aliceSays)).toThrow(error);
  });
});

test("the empty password is a password", () => {
  expect(challenged({ password: () => "" }).answer(emptyPassword)).toEqual(alice);
});
