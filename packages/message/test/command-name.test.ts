import { expect, test } from "vitest";
import { usualCommandName } from "../src/command-name.ts";

test.each([
  ["pauseraw", "pauseRaw"],
  ["fcpublish", "FCPublish"],
  ["CONNECT", "connect"],
  ["_Result", "_result"],
  ["onstatus", "onStatus"],
  ["createStream", "createStream"],
  ["_onBWCheck", "_onbwcheck"],
  ["_onBWDone", "_onbwdone"],
  ["onbwdone", "onBWDone"],
])("%s is %s", (sent, usual) => {
  expect(usualCommandName(sent)).toBe(usual);
});

test.each(["myCall", "", "__proto__", "constructor", "publish2"])(
  "the unknown name %j stays as it is",
  (name) => {
    expect(usualCommandName(name)).toBe(name);
  },
);
