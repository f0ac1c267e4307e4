import { parseRtmpUrl } from "@rtmp/message";
import { describe, expect, test } from "vitest";
import { isSameServer, movedUrl } from "../../src/client/moved-url.ts";

const home = parseRtmpUrl("rtmp://user:secret@a/live/cam?key=1111");

describe("E-RTMP Reconnect Request: a URL that a server moves", () => {
  test.each([
    ["rtmp://b/live", "b", 1935, "live"],
    ["rtmp://b:1111/x/y", "b", 1111, "x/y"],
    ["//b/live", "b", 1935, "live"],
    ["/other", "a", 1935, "other"],
    ["other", "a", 1935, "other"],
    ["rtmp://b", "b", 1935, ""],
    ["rtmps://a/live", "a", 443, "live"],
  ])("to %s keeps its stream name", (tcUrl, host, port, app) => {
    const moved = movedUrl(home, tcUrl, home);
    expect(moved).toMatchObject({ host, port, app, streamName: "cam?key=1111" });
  });

  test("to the same place again is the same", () => {
    expect(movedUrl(home, undefined, home)).toEqual(home);
  });

  test.each(["/other", "rtmp://a/live", "rtmp://A:1935/live", "//a/live", "rtmp://a"])(
    "to %s keeps user and password",
    (tcUrl) => {
      expect(movedUrl(home, tcUrl, home)).toMatchObject({ user: "user", password: "secret" });
    },
  );

  test.each([
    "rtmp://b/live",
    "rtmp://a.example/live",
    "rtmp://a:1936/live",
    "rtmps://a/live",
    "//user@b/live",
    "rtmp://other:word@b/live",
  ])("to %s has neither", (tcUrl) => {
    expect(movedUrl(home, tcUrl, home)).toMatchObject({ user: undefined, password: undefined });
  });

  test("back to where it came from has them again", () => {
    const away = movedUrl(home, "rtmp://b/live", home);
    expect(movedUrl(away, "//a/live", home)).toMatchObject({ user: "user", password: "secret" });
  });

  test.each(["http://b/live", "rtmp://b:0/live", "rtmp://"])("to %s is refused", (tcUrl) => {
    expect(() => movedUrl(home, tcUrl, home)).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_RECONNECT_REFUSED" }),
    );
  });

  test("from TLS to none is refused", () => {
    const safe = parseRtmpUrl("rtmps://a/live/cam");
    expect(() => movedUrl(safe, "rtmp://a/live", safe)).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_RECONNECT_REFUSED" }),
    );
  });
});

test("a server is the same by host, in any case, and port", () => {
  const server = parseRtmpUrl("rtmp://host.example/x");
  expect(isSameServer(server, parseRtmpUrl("rtmp://HOST.example:1935/y"))).toBe(true);
  expect(isSameServer(server, parseRtmpUrl("rtmp://host.example:1936/x"))).toBe(false);
  expect(isSameServer(server, parseRtmpUrl("rtmp://host.examples/x"))).toBe(false);
});
