import { expect, test } from "vitest";
import { llnwResponse } from "../../src/authentication/llnw.ts";

const input = {
  user: "alice",
  password: "secret",
  app: "live",
  nonce: "NONCE",
  nc: "00000001",
  cnonce: "0011aabb",
};

test("an app without an instance is hashed with the default one", () => {
  expect(llnwResponse(input)).toBe("93201bd8df1c3e044a641fc60b82fffe");
  expect(llnwResponse({ ...input, app: "live/_definst_" })).toBe(llnwResponse(input));
});

test("an app with an instance is hashed as it is", () => {
  expect(llnwResponse({ ...input, app: "live/inst" })).toBe("81d3c237641026059cd122e0691ae621");
});

test("the query of the app is left out, also with slashes in it", () => {
  const app = "live?authmod=llnw&user=alice&response=a/b";
  expect(llnwResponse({ ...input, app })).toBe("93201bd8df1c3e044a641fc60b82fffe");
});
