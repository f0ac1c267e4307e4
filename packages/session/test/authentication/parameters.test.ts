import { withoutAuthentication } from "@rtmp/session";
import { describe, expect, test } from "vitest";
import {
  authenticationParameters,
  formatParameters,
  isUserName,
  parseParameters,
} from "../../src/authentication/parameters.ts";

describe("parameters", () => {
  test("are split at & and at the first = only", () => {
    expect([...parseParameters("a=1&response=rsWwaT1t+/91Hfg8==&flag&empty=")]).toEqual([
      ["a", "1"],
      ["response", "rsWwaT1t+/91Hfg8=="],
      ["flag", ""],
      ["empty", ""],
    ]);
  });

  test("are not decoded: a plus sign is no space", () => {
    expect(parseParameters("user=a+b%20c").get("user")).toBe("a+b%20c");
  });

  test("given twice count as first given", () => {
    expect(parseParameters("user=alice&user=bob").get("user")).toBe("alice");
  });

  test("may be called like members of every object", () => {
    expect(parseParameters("user=x").get("constructor")).toBeUndefined();
    expect(parseParameters("__proto__=x").get("__proto__")).toBe("x");
  });

  test("are written as they are", () => {
    expect(formatParameters({ authmod: "adobe", response: "a+/==" })).toBe(
      "?authmod=adobe&response=a+/==",
    );
  });
});

describe("an app", () => {
  test("without authmod has no parameters of authentication", () => {
    for (const app of ["", "live", "live?user=alice", "authmod=adobe", "live?xauthmod=adobe"]) {
      expect(authenticationParameters(app)).toBeUndefined();
      expect(withoutAuthentication(app)).toBe(app);
    }
  });

  test("with authmod has them behind its question mark", () => {
    const app = "live?authmod=adobe&user=alice";
    expect(authenticationParameters(app)).toEqual(
      new Map([
        ["authmod", "adobe"],
        ["user", "alice"],
      ]),
    );
    expect(withoutAuthentication(app)).toBe("live");
  });

  test("keeps a query of its own, since clients append a second question mark", () => {
    const app = "live?token=a?b?authmod=adobe&user=alice";
    expect(authenticationParameters(app)?.get("user")).toBe("alice");
    expect(withoutAuthentication(app)).toBe("live?token=a?b");
    expect(withoutAuthentication("live?token=a&authmod=llnw&user=alice")).toBe("live?token=a");
  });
});

describe("a user name", () => {
  test.each(["alice", "a.b@example.org", "Zoë", "two words", "100%", "a+b=c", "😀"])(
    "may be %j",
    (name) => {
      expect(isUserName(name)).toBe(true);
    },
  );

  test.each([
    "",
    "a&reason=authfailed",
    "a?reason=authfailed",
    "a ] : [ b",
    "[",
    "a\u0000",
    "a\r\nb",
    "a\u007f",
    "a\u2028b",
    "\ud800",
  ])("may not be %j", (name) => {
    expect(isUserName(name)).toBe(false);
  });
});
