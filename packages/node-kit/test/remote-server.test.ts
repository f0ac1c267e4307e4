import { parseRtmpUrl, resolveStreamPath } from "@rtmp/message";
import { describe, expect, test } from "vitest";

import { parseRemoteServer, parseRemoteStream } from "../src/remote-server.ts";

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
    expect(server.urlOf("live/a/cam")).toBe(url);
  });

  test("is not told parameters by the name of a stream", () => {
    const url = parseRemoteServer("rtmp://h/show").urlOf("live/cam?token=%41");
    expect(url).toBe("rtmp://h/show/cam%3Ftoken=%2541");
    const { streamPath, query } = resolveStreamPath({ app: "", tcUrl: url, streamName: "" });
    expect([streamPath, query.size]).toEqual(["show/cam?token=%41", 0]);
  });

  test.each([
    ["rtmp://h", "rtmp://h//cam"],
    ["rtmp://h/show", "rtmp://h/show/cam"],
  ])("%s has a stream without an app at %s", (text, url) => {
    expect(parseRemoteServer(text).urlOf("cam")).toBe(url);
    expect(parseRtmpUrl(url).streamName).toBe("cam");
  });

  test.each(["a\u2028b", "a b", "ä", "a#b", "a@b"])("can be asked for %j", (name) => {
    const url = parseRemoteServer("rtmp://h").urlOf(`live/${name}`);
    expect(parseRtmpUrl(url)).toMatchObject({ host: "h", app: "live", streamName: name });
  });

  test.each([
    "",
    "h",
    "http://h",
    "rtmfp://h",
    "rtmp://h:0",
    "rtmp://h/a/b",
    "rtmp://",
    "rtmp://h?a",
  ])("is not %j", (text) => {
    expect(() => parseRemoteServer(text)).toThrow(RangeError);
    expect(() => parseRemoteServer(text)).toThrow(
      "Expected rtmp://host[:port][/app], or rtmps, rtmpt, rtmpts, rtmpe",
    );
  });
});

describe("a stream", () => {
  test.each([
    ["live/cam=rtmp://h/show/key", "live/cam", "rtmp://h/show", "rtmp://h/show/key"],
    ["cam=rtmps://u:p@h:1/a/b/c?d=e", "cam", "rtmps://h:1/a", "rtmps://u:p@h:1/a/b/c?d=e"],
    ["/live//a%20b=rtmp://h/a/b", "live/a b", "rtmp://h/a", "rtmp://h/a/b"],
    ["live/mp4:cam=rtmp://h/a/b", "live/mp4:cam", "rtmp://h/a", "rtmp://h/a/b"],
    ["live/cam=rtmp://h/a?t=secret/b", "live/cam", "rtmp://h/a", "rtmp://h/a?t=secret/b"],
  ])("%s is %s here, called %s, and is at %s", (text, streamPath, name, url) => {
    expect(parseRemoteStream(text)).toMatchObject({ streamPath, name, url });
  });

  test("has a name there that is secret in every form", () => {
    const { secrets } = parseRemoteStream("live/cam=rtmp://h/show/k%65y?a=b");
    expect(secrets).toEqual(["k%65y?a=b", "k%65y", "key"]);
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
