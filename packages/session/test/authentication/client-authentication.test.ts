import {
  type AuthenticationStep,
  ClientAuthentication,
  type ClientAuthenticationOptions,
} from "@rtmp/session";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

const needAdobe = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : ";
const needLlnw = "[ AccessManager.Reject ] : [ code=403 need auth; authmod=llnw ] : ";
const adobeChallenge =
  "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=needauth&user=alice&salt=abcd&challenge=chal";
const llnwChallenge =
  "[ AccessManager.Reject ] : [ authmod=llnw ] : ?reason=needauth&user=alice&nonce=NONCE";

function alice(options: Partial<ClientAuthenticationOptions> = {}): ClientAuthentication {
  return new ClientAuthentication({
    user: "alice",
    password: "secret",
    app: "live",
    randomBytes: (length) => hex("00 11 aa bb").subarray(0, length),
    ...options,
  });
}

function unseeded(): AuthenticationStep {
  const options = { user: "alice", password: "secret", app: "live" };
  return new ClientAuthentication(options).next(adobeChallenge);
}

describe("authmod=adobe", () => {
  test("first names the user, then answers the challenge", () => {
    const authentication = alice();
    expect(authentication.next(needAdobe)).toEqual({
      kind: "retry",
      query: "?authmod=adobe&user=alice",
    });
    expect(authentication.next(adobeChallenge)).toEqual({
      kind: "retry",
      query: "?authmod=adobe&user=alice&challenge=0011aabb&response=rsWwaT1t9912Hfg84HZ1dA==",
    });
  });

  test("sends an opaque back and hashes it", () => {
    expect(alice().next(`${adobeChallenge}&opaque=opq`)).toEqual({
      kind: "retry",
      query:
        "?authmod=adobe&user=alice&challenge=0011aabb&response=htQgSZAX0ZEpMxqf0hTyjQ==&opaque=opq",
    });
  });

  test("an empty opaque is none", () => {
    expect(alice().next(`${adobeChallenge}&opaque=`)).toEqual(alice().next(adobeChallenge));
  });
});

describe("authmod=llnw", () => {
  test("first names the user, then answers the nonce", () => {
    const authentication = alice();
    expect(authentication.next(needLlnw)).toEqual({
      kind: "retry",
      query: "?authmod=llnw&user=alice",
    });
    expect(authentication.next(llnwChallenge)).toEqual({
      kind: "retry",
      query:
        "?authmod=llnw&user=alice&nonce=NONCE&cnonce=0011aabb&nc=00000001" +
        "&response=93201bd8df1c3e044a641fc60b82fffe",
    });
  });

  test("hashes the instance of the app", () => {
    expect(alice({ app: "live/inst" }).next(llnwChallenge)).toMatchObject({
      query: expect.stringMatching(/&response=81d3c237641026059cd122e0691ae621$/),
    });
  });
});

describe("a client gives up", () => {
  test.each([
    ["authfailed", "wrong user name or password"],
    ["nosuchuser", "no such user"],
    ["toomanytries", "toomanytries"],
    ["constructor", "constructor"],
  ])("after %s", (reason, text) => {
    const authentication = alice();
    authentication.next(needAdobe);
    const description = `[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=${reason}`;
    expect(authentication.next(description)).toEqual({ kind: "failed", reason: text });
  });

  test("when its user was not enough", () => {
    const authentication = alice();
    authentication.next(needAdobe);
    expect(authentication.next(needLlnw).kind).toBe("failed");
    expect(authentication.next(needLlnw).kind).toBe("failed");
  });

  test("when its response was not enough", () => {
    const authentication = alice();
    authentication.next(needAdobe);
    authentication.next(adobeChallenge);
    expect(authentication.next(adobeChallenge).kind).toBe("failed");
    expect(authentication.next(needAdobe).kind).toBe("failed");
  });

  test("when it does not know the method", () => {
    expect(alice().next("code=403 need auth; authmod=kerberos")).toEqual({
      kind: "failed",
      reason: "the server wants the unknown authmod kerberos",
    });
  });

  test("when the parameters that somebody wrote into the app are not taken", () => {
    const app = "live?authmod=adobe&user=alice";
    expect(alice({ app }).next(needAdobe).kind).toBe("failed");
    expect(alice({ app }).next(adobeChallenge).kind).toBe("failed");
  });
});

test("a refusal for another reason is none of its business, and it can still begin", () => {
  const authentication = alice();
  expect(authentication.next("no such app")).toEqual({ kind: "none" });
  expect(authentication.next(needAdobe).kind).toBe("retry");
});

test("every client challenge is random", () => {
  expect(unseeded()).toMatchObject({ query: expect.stringMatching(/&challenge=[0-9a-f]{8}&/) });
  expect(unseeded()).not.toEqual(unseeded());
});

test.each(["", "a&b", "a?b", "a\nb"])("the user name %j cannot be sent", (user) => {
  expect(() => alice({ user })).toThrow(RangeError);
});
