import { describe, expect, test } from "vitest";
import {
  challengeDescription,
  needAuthDescription,
  parseAuthenticationDemand,
  refusedDescription,
} from "../../src/authentication/challenge.ts";

const adobeChallenge = {
  method: "adobe",
  salt: "jjhb8A==",
  challenge: "VgoAAA==",
  opaque: "zAoAAA==",
} as const;

/** Texts as Flash Media Server writes them, and what they mean. */
const texts = [
  {
    name: "need auth by adobe",
    text: "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ",
    demand: { kind: "need-auth", method: "adobe" },
  },
  {
    name: "need auth by llnw",
    text: "[ AccessManager.Reject ] : [ code=403 need auth; authmod=llnw ] : ",
    demand: { kind: "need-auth", method: "llnw" },
  },
  {
    name: "an adobe challenge",
    text: "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=needauth&user=alice&salt=jjhb8A==&challenge=VgoAAA==&opaque=zAoAAA==",
    demand: { kind: "challenge", challenge: adobeChallenge },
  },
  {
    name: "an llnw challenge",
    text: "[ AccessManager.Reject ] : [ authmod=llnw ] : ?reason=needauth&user=alice&nonce=NONCE",
    demand: { kind: "challenge", challenge: { method: "llnw", nonce: "NONCE" } },
  },
  {
    name: "a wrong password",
    text: "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=authfailed",
    demand: { kind: "refused", reason: "authfailed" },
  },
  {
    name: "an unknown user",
    text: "[ AccessManager.Reject ] : [ authmod=llnw ] : ?reason=nosuchuser",
    demand: { kind: "refused", reason: "nosuchuser" },
  },
] as const;

describe("the description of a refused connect", () => {
  test.each(texts)("says $name", ({ text, demand }) => {
    expect(parseAuthenticationDemand(text)).toEqual(demand);
  });

  test("may have another frame around the parts that count", () => {
    const text = "Connection failed: code=403 need auth, authmod=adobe.";
    expect(parseAuthenticationDemand(text.replace(".", ";"))).toEqual(texts[0].demand);
    expect(parseAuthenticationDemand("authmod=llnw ?reason=needauth&nonce=NONCE \n")).toEqual(
      texts[3].demand,
    );
  });

  test("may lack values: they are empty", () => {
    expect(parseAuthenticationDemand("authmod=adobe : ?reason=needauth&salt=abcd")).toEqual({
      kind: "challenge",
      challenge: { method: "adobe", salt: "abcd", challenge: "", opaque: "" },
    });
    expect(parseAuthenticationDemand("authmod=llnw : ?reason=needauth")).toEqual({
      kind: "challenge",
      challenge: { method: "llnw", nonce: "" },
    });
  });

  test("may give a reason of its own", () => {
    const text = "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=toomanytries&opaque=x";
    expect(parseAuthenticationDemand(text)).toEqual({ kind: "refused", reason: "toomanytries" });
  });

  test("may want a method that nobody knows", () => {
    const unknown = { kind: "unknown-method", method: "kerberos" };
    const needAuth = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=kerberos ] : ";
    expect(parseAuthenticationDemand(needAuth)).toEqual(unknown);
    expect(parseAuthenticationDemand("authmod=kerberos : ?reason=needauth&x=y")).toEqual(unknown);
  });

  test.each([
    "",
    "no such app",
    "code=403 need auth",
    "?reason=needauth&salt=abcd",
    "?reason=authfailed",
    "[ AccessManager.Reject ] : [ authmod=adobe ] : ",
  ])("%j is not about authentication", (text) => {
    expect(parseAuthenticationDemand(text)).toBeUndefined();
  });
});

describe("a server writes", () => {
  test("that it needs a user", () => {
    expect(needAuthDescription("adobe")).toBe(texts[0].text);
    expect(needAuthDescription("llnw")).toBe(texts[1].text);
  });

  test("a challenge", () => {
    expect(challengeDescription("alice", adobeChallenge)).toBe(texts[2].text);
    expect(challengeDescription("alice", { method: "llnw", nonce: "NONCE" })).toBe(texts[3].text);
  });

  test("why it refuses", () => {
    expect(refusedDescription("adobe", "authfailed")).toBe(texts[4].text);
    expect(refusedDescription("llnw", "nosuchuser")).toBe(texts[5].text);
  });
});
