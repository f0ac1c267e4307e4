import { expect, test } from "vitest";
import { adobeResponse } from "../../src/authentication/adobe.ts";

const input = {
  user: "alice",
  password: "secret",
  salt: "abcd",
  challenge: "chal",
  opaque: "",
  clientChallenge: "0011aabb",
};

test("without an opaque the challenge is hashed", () => {
  expect(adobeResponse(input)).toBe("rsWwaT1t9912Hfg84HZ1dA==");
});

test("an opaque is hashed instead of the challenge", () => {
  const expected = "htQgSZAX0ZEpMxqf0hTyjQ==";
  expect(adobeResponse({ ...input, opaque: "opq" })).toBe(expected);
  expect(adobeResponse({ ...input, opaque: "opq", challenge: "other" })).toBe(expected);
});

test("a client challenge in base64, as from librtmp, is hashed as it is", () => {
  const clientChallenge = "ABCDEA==";
  expect(adobeResponse({ ...input, opaque: "opq", clientChallenge })).toBe(
    "Ou4RfjFCyTEjK2l0coBrvA==",
  );
});

test("names and passwords are UTF-8, and nothing in them is decoded", () => {
  expect(adobeResponse({ ...input, user: "Zoë", password: "pä+ss=&" })).toBe(
    "AUQebJkkAUr2BjBSxUivKg==",
  );
});
