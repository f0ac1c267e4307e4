import { parseRtmpUrl, resolveStreamPath } from "@rtmp/message";
import { describe, expect, test } from "vitest";

describe("an RTMP URL", () => {
  test("has its parts", () => {
    expect(parseRtmpUrl("rtmp://user:pass@example.com:1111/live/cam?token=x")).toEqual({
      scheme: "rtmp",
      user: "user",
      password: "pass",
      host: "example.com",
      port: 1111,
      app: "live",
      streamName: "cam?token=x",
      tcUrl: "rtmp://example.com:1111/live",
    });
  });

  test.each([
    ["rtmp", 1935],
    ["rtmps", 443],
    ["rtmpt", 80],
    ["rtmpts", 443],
    ["rtmpe", 1935],
    ["rtmpte", 80],
  ])("%s has the default port %d, which tcUrl leaves out", (scheme, port) => {
    const url = parseRtmpUrl(`${scheme}://h/live/cam`);
    expect(url).toMatchObject({ scheme, port, tcUrl: `${scheme}://h/live` });
  });

  test("the scheme is written in any letter case", () => {
    expect(parseRtmpUrl("RTMPS://H/Live")).toMatchObject({
      scheme: "rtmps",
      host: "H",
      tcUrl: "rtmps://H/Live",
    });
  });

  test.each([
    ["h:1", 1],
    ["h:65535", 65_535],
    ["h:01935", 1935],
  ])("the port of %s is %d and stays in tcUrl", (authority, port) => {
    const url = parseRtmpUrl(`rtmps://${authority}/live`);
    expect(url).toMatchObject({ host: "h", port, tcUrl: `rtmps://${authority}/live` });
  });

  test("a colon without a port means the default", () => {
    expect(parseRtmpUrl("rtmp://h:/live")).toMatchObject({ port: 1935, tcUrl: "rtmp://h/live" });
  });

  test.each([
    ["[::1]", "::1", 1935],
    ["[2001:db8::1]:2222", "2001:db8::1", 2222],
    ["[::ffff:192.0.2.1]:2222", "::ffff:192.0.2.1", 2222],
    ["[fe80::1%eth0]", "fe80::1%eth0", 1935],
  ])("the host of %s is %s", (authority, host, port) => {
    expect(parseRtmpUrl(`rtmp://u:p@${authority}/live/cam`)).toMatchObject({
      user: "u",
      host,
      port,
      tcUrl: `rtmp://${authority}/live`,
    });
  });

  test.each([
    ["h", undefined, undefined],
    ["u@h", "u", undefined],
    ["u:@h", "u", ""],
    ["u:p:q@h", "u", "p:q"],
    ["u@example.com:p@h", "u@example.com", "p"],
    ["u%40example.com:p%2f%3a@h", "u@example.com", "p/:"],
    ["u%:%ff@h", "u%", "%ff"],
    ["@h", "", undefined],
  ])("user and password of %s are %s and %s", (authority, user, password) => {
    const url = parseRtmpUrl(`rtmp://${authority}/live`);
    expect(url).toMatchObject({ user, password, host: "h", tcUrl: "rtmp://h/live" });
  });
});

describe("app and stream name", () => {
  test.each([
    ["/live/cam", "live", "cam"],
    ["/live/a/b/c", "live", "a/b/c"],
    ["/live/cam?a=1&b=/x?y", "live", "cam?a=1&b=/x?y"],
    ["/live?token=x/cam?n=1", "live?token=x", "cam?n=1"],
    ["/live?token=x", "live?token=x", ""],
    ["/vod/mp4:dir/clip.mp4", "vod", "mp4:dir/clip.mp4"],
    ["/vod/flv:clip", "vod", "flv:clip"],
    ["/live/a%20b%2Fc", "live", "a%20b%2Fc"],
    ["/l%69ve/cam", "l%69ve", "cam"],
    ["/live/100% é", "live", "100% é"],
    ["/live/cam#1", "live", "cam#1"],
    ["/live//cam", "live", "/cam"],
    ["/live/", "live", ""],
    ["/live", "live", ""],
    ["//cam", "", "cam"],
    ["/", "", ""],
    ["", "", ""],
    ["?x=1", "?x=1", ""],
  ])("path %j is app %j and name %j", (path, app, streamName) => {
    const url = parseRtmpUrl(`rtmp://h:1111${path}`);
    expect(url).toMatchObject({ app, streamName, tcUrl: `rtmp://h:1111/${app}` });
  });

  test.each([
    ["/live/inst/cam?x=1", "live/inst", "cam?x=1"],
    ["/live/inst", "live/inst", ""],
    ["/live/inst/", "live/inst", ""],
    ["/live?x=1", "live", "?x=1"],
    ["/live?x=1/cam", "live?x=1", "cam"],
    ["/cam", "", "cam"],
    ["/a/b", "", "a/b"],
    ["//cam", "", "cam"],
    ["", "", ""],
  ])("path %j with the app %j has the name %j", (path, app, streamName) => {
    const url = parseRtmpUrl(`rtmp://h${path}`, { app });
    expect(url).toMatchObject({ app, streamName, tcUrl: `rtmp://h/${app}` });
  });

  test.each(["liv", "live/ins", "other", "live/inst/cam/more", "/live"])(
    "the app %s is not where the path begins",
    (app) => {
      expect(() => parseRtmpUrl("rtmp://h/live/inst/cam", { app })).toThrow(TypeError);
    },
  );

  test.each([
    ["/live/a/b/cam?x=1", "live/a/b/cam"],
    ["//cam", "cam"],
    ["/live/100%", "live/100%"],
    ["/live/_definst_/cam", "live/cam"],
  ])("a server finds the stream of %s wherever app ends", (path, streamPath) => {
    for (const options of [{}, { app: "" }]) {
      const { app, tcUrl, streamName } = parseRtmpUrl(`rtmp://h${path}`, options);
      expect(resolveStreamPath({ app, tcUrl, streamName }).streamPath).toBe(streamPath);
    }
  });

  test("a server finds the stream behind an app with a query", () => {
    const { app, tcUrl, streamName } = parseRtmpUrl("rtmp://h/live?x=1/mp4:cam?y=2");
    const { streamPath, query } = resolveStreamPath({ app, tcUrl, streamName });
    expect(streamPath).toBe("live/cam");
    expect(Object.fromEntries(query)).toEqual({ x: "1", y: "2" });
  });
});

describe("what is no RTMP URL", () => {
  test.each([
    "",
    "live/cam",
    "//h/live",
    "http://h/live",
    "rtmpx://h/live",
    "rtmfp://h/live",
    "constructor://h/live",
    "rtmp:/h/live",
    "rtmp:h/live",
    "rtmp://",
    "rtmp:///live",
    "rtmp://:1935/live",
    "rtmp://u:p@/live",
    " rtmp://h/live",
    "rtmp://h h/live",
    "rtmp://::1/live",
    "rtmp://[::1/live",
    "rtmp://[::1]x/live",
    "rtmp://[name]/live",
    "rtmp://h:x/live",
    "rtmp://h:0/live",
    "rtmp://h:65536/live",
    "rtmp://h:-1/live",
    "rtmp://h:1:2/live",
    "rtmp://h/live/cam\n",
    "rtmp://h/li\0ve",
    "rtmp://h\t/live",
    "rtmp://h/\u0085",
  ])("%j is the caller's mistake", (url) => {
    expect(() => parseRtmpUrl(url)).toThrow(TypeError);
  });

  test("the message does not show the password", () => {
    expect(() => parseRtmpUrl("rtmp://user:secret@h:0/live")).toThrow(/^(?!.*secret)/);
    expect(() => parseRtmpUrl("http://user:secret@h/live")).toThrow(/^(?!.*secret)/);
  });
});
