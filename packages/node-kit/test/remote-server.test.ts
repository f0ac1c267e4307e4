import { resolveStreamPath } from "@rtmp/message";
import { describe, expect, test } from "vitest";

import { parseRemoteServer, parseRemoteStream } from "../src/remote-server.ts";

const pathOf = (streamName: string) => resolveStreamPath({ app: "live", tcUrl: "", streamName });

describe("a server", () => {
  test.each([
    ["rtmp://h", "rtmp://h", "rtmp://h/live/a/cam"],
    ["rtmp://h:1111/", "rtmp://h:1111", "rtmp://h:1111/live/a/cam"],
    ["rtmp://[::1]:1111", "rtmp://[::1]:1111", "rtmp://[::1]:1111/live/a/cam"],
    ["rtmp://h/show", "rtmp://h/show", "rtmp://h/show/a/cam"],
    ["rtmp://h/show/", "rtmp://h/show", "rtmp://h/show/a/cam"],
    ["rtmp://u:secret@h", "rtmp://h", "rtmp://u:secret@h/live/a/cam"],
    ["rtmps://h", "rtmps://h", "rtmps://h/live/a/cam"],
    ["rtmpe://h:1111", "rtmpe://h:1111", "rtmpe://h:1111/live/a/cam"],
    ["rtmpte://h", "rtmpte://h", "rtmpte://h/live/a/cam"],
  ])("%s is called %s, and has the stream at %s", (text, name, url) => {
    const server = parseRemoteServer(text);
    expect(server.name).toBe(name);
    expect(server.urlOf(pathOf("a/cam"))).toBe(url);
  });

  test("is not told parameters by the name of a stream", () => {
    const { urlOf } = parseRemoteServer("rtmp://h/show");
    const url = urlOf(pathOf("cam%3Ftoken=%2541"));
    expect(url).toBe("rtmp://h/show/cam%3Ftoken=%2541");
    const { name, query } = resolveStreamPath({ app: "", tcUrl: url, streamName: "" });
    expect([name, query.size]).toEqual(["cam?token=%41", 0]);
  });

  test.each(["", "h", "http://h", "rtmfp://h", "rtmp://h:0", "rtmp://h/a/b", "rtmp://"])(
    "is not %j",
    (text) => {
      expect(() => parseRemoteServer(text)).toThrow(RangeError);
      expect(() => parseRemoteServer(text)).toThrow(
        "Expected rtmp://host[:port][/app], or rtmps, rtmpt, rtmpts, rtmpe",
      );
    },
  );
});

describe("a stream", () => {
  test.each([
    ["live/cam=rtmp://h/show/key", "live/cam", "rtmp://h/show", "rtmp://h/show/key"],
    ["cam=rtmps://u:p@h:1/a/b/c?d=e", "cam", "rtmps://h:1/a", "rtmps://u:p@h:1/a/b/c?d=e"],
    ["/live//a%20b=rtmp://h/a/b", "live/a b", "rtmp://h/a", "rtmp://h/a/b"],
  ])("%s is %s here, and at %s", (text, streamPath, name, url) => {
    const stream = parseRemoteStream(text);
    expect(stream.path.streamPath).toBe(streamPath);
    expect([stream.name, stream.url]).toEqual([name, url]);
  });

  test.each([
    "",
    "=",
    "live/cam",
    "live/cam=",
    "=rtmp://h/a/b",
    "live/../cam=rtmp://h/a/b",
    "live/cam=rtmp://h/a",
    "live/cam=http://h/a/b",
    "rtmp://h/a/b",
    "rtmp://h/a/b?c=d",
  ])("is not %j", (text) => {
    expect(() => parseRemoteStream(text)).toThrow(RangeError);
    expect(() => parseRemoteStream(text)).toThrow(
      "Expected app/name=rtmp://host[:port]/app/name, or rtmps, rtmpt, rtmpts, rtmpe",
    );
  });
});
