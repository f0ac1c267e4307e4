import type { Status } from "@rtmp/message";
import { expect, test } from "vitest";
import { StreamOpening } from "../../src/client/stream-opening.ts";

const status = (code: string, level: Status["level"] = "status", description = ""): Status => ({
  code,
  level,
  description,
  details: "",
  info: {},
});

/** A publish or play whose command has been sent. */
function sent(action: "publish" | "play"): StreamOpening {
  const opening = new StreamOpening(action, () => {});
  opening.transactionId = 5;
  return opening;
}

test.each([
  ["publish", "NetStream.Publish.Start"],
  ["play", "NetStream.Play.Start"],
] as const)("%s is granted by %s alone", (action, code) => {
  expect(sent(action).answerOf(status(code))).toEqual({ ok: true });
  for (const other of ["NetStream.Play.Reset", "NetStream.Play.PublishNotify", "", "x"]) {
    expect(sent(action).answerOf(status(other))).toBe(undefined);
  }
});

test.each([
  ["publish", "NetStream.Publish.BadName", "take", "RTMP_ERR_PUBLISH_REJECTED"],
  ["play", "NetStream.Play.StreamNotFound", "play", "RTMP_ERR_PLAY_REJECTED"],
] as const)("%s is refused by any error", (action, code, verb, error) => {
  const refusal = status(code, "error", "no");
  expect(sent(action).answerOf(refusal)).toMatchObject({
    ok: false,
    error: {
      code: error,
      message: `the server refused to ${verb} the stream: ${code}: no`,
      status: refusal,
    },
  });
  expect(sent(action).answerOf(status("", "error"))).toMatchObject({ ok: false });
  expect(sent(action).answerOf(status(code, "warning"))).toBe(undefined);
});

test("a status that comes before the command was sent answers nothing", () => {
  const opening = new StreamOpening("play", () => {});
  expect(opening.answerOf(status("NetStream.Play.Start"))).toBe(undefined);
  expect(opening.answerOf(status("NetStream.Play.Failed", "error"))).toBe(undefined);
});
