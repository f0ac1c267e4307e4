import { describe, expect, test } from "vitest";

import { parseOrigin } from "../src/origin.ts";

const path = { app: "live", name: "a/cam", streamPath: "live/a/cam", query: new Map() };

describe("an origin", () => {
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
    const origin = parseOrigin(text);
    expect(origin.name).toBe(name);
    expect(origin.urlOf(path)).toBe(url);
  });

  test.each(["", "h", "http://h", "rtmfp://h", "rtmp://h:0", "rtmp://h/a/b", "rtmp://"])(
    "is not %j",
    (text) => {
      expect(() => parseOrigin(text)).toThrow(RangeError);
      expect(() => parseOrigin(text)).toThrow(
        "Expected rtmp://host[:port][/app], or rtmps, rtmpt, rtmpts, rtmpe",
      );
    },
  );
});
