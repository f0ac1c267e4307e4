import { MessageError, resolveStreamPath, type StreamPathInput } from "@rtmp/message";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

function resolve(app: string, streamName: string, tcUrl = `rtmp://h/${app}`) {
  return resolveStreamPath({ app, tcUrl, streamName });
}

const refusal = expect.objectContaining({
  code: "RTMP_ERR_BAD_STREAM_PATH",
  fault: "rejected",
});

function pathOrError(input: StreamPathInput): string | undefined {
  try {
    return resolveStreamPath(input).streamPath;
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}

describe("app and name", () => {
  test("make the path", () => {
    expect(resolve("live", "cam")).toEqual({
      app: "live",
      name: "cam",
      streamPath: "live/cam",
      query: new Map(),
    });
  });

  test.each([
    ["OBS", "live", "a/b/c", "live/a/b/c"],
    ["ffmpeg with an instance", "live/a", "b/c", "live/a/b/c"],
    ["librtmp", "live/a/b", "c", "live/a/b/c"],
  ])("%s cuts the same URL in its own place", (_, app, name, streamPath) => {
    expect(resolve(app, name)).toMatchObject({ app, name, streamPath });
  });

  test.each([
    ["/live/", "/cam/"],
    ["live//", "//cam"],
    ["live", "cam/"],
  ])("slashes of %j and %j are put in order", (app, name) => {
    expect(resolve(app, name)).toMatchObject({ app: "live", name: "cam", streamPath: "live/cam" });
  });

  test("double slashes inside count once", () => {
    expect(resolve("live//x", "a//b").streamPath).toBe("live/x/a/b");
  });

  test.each([
    ["live/_definst_", "cam"],
    ["live/_definst_/", "cam"],
    ["live", "_definst_/cam"],
    ["", "live/_definst_/cam"],
  ])("the instance _definst_ of %j and %j is the app itself", (app, name) => {
    expect(resolve(app, name).streamPath).toBe("live/cam");
  });

  test("_definst_ as a name is a name", () => {
    expect(resolve("live", "_definst_").streamPath).toBe("live/_definst_");
    expect(resolve("_definst_", "cam").streamPath).toBe("_definst_/cam");
  });

  test.each(["mp4:", "f4v:", "flv:", "mp3:", "id3:", "raw:", "MP4:"])(
    "the prefix %s means nothing for a live stream",
    (prefix) => {
      expect(resolve("live", `${prefix}cam`).name).toBe("cam");
      expect(resolve("live", `${prefix}a/cam`).name).toBe("a/cam");
    },
  );

  test("a prefix is kept on demand, and another word before a colon always", () => {
    const input = { app: "vod", tcUrl: "", streamName: "mp4:cam" };
    expect(resolveStreamPath({ ...input, keepPrefix: true }).name).toBe("mp4:cam");
    expect(resolve("live", "abc:cam").name).toBe("abc:cam");
    expect(resolve("live", "a/mp4:cam").name).toBe("a/mp4:cam");
  });

  test("only one prefix goes", () => {
    expect(resolve("live", "mp4:mp4:cam").name).toBe("mp4:cam");
    expect(resolve("live", "mp4:/cam").name).toBe("cam");
  });
});

describe("RTMP §7.2.1.1 what real clients send for one URL", () => {
  test.each([
    ["ffmpeg, instance and prefix", "vod/inst", "mp4:a/clip.mp4", "vod/inst/a/clip.mp4"],
    ["OBS multitrack, query on app and tcUrl", "live?id=x", "cam", "live/cam"],
    ["a query on each", "live?a=1", "cam?b=2", "live/cam"],
    ["librtmp, prefix behind an instance", "vod", "_definst_/mp4:clip", "vod/clip"],
    ["GStreamer, all but the last part as app", "live/a/b", "cam?x=/y", "live/a/b/cam"],
  ])("%s", (_, app, name, streamPath) => {
    expect(resolve(app, name, `rtmp://[2001:db8::1]:1935/${app}`).streamPath).toBe(streamPath);
  });
});

describe("a missing app or name", () => {
  test("quirk 43: an empty key takes the last part of the app", () => {
    expect(resolve("live/key", "")).toMatchObject({ app: "live", name: "key" });
    expect(resolve("live", "")).toMatchObject({ app: "", name: "live", streamPath: "live" });
  });

  test("quirk 43: an empty key takes the rest of tcUrl", () => {
    expect(resolve("live", "", "rtmp://h/live/key").streamPath).toBe("live/key");
    expect(resolve("live", "?token=x", "rtmp://h/live/key").streamPath).toBe("live/key");
  });

  test("a tcUrl that says something else than the app is not believed", () => {
    expect(resolve("live", "", "rtmp://h/other/key").streamPath).toBe("live");
    expect(resolve("live", "cam", "rtmp://h/other").streamPath).toBe("live/cam");
    expect(resolve("live", "cam", "rtmp://h/live/more").streamPath).toBe("live/cam");
  });

  test("quirk 43: an empty app is taken from tcUrl", () => {
    expect(resolve("", "cam", "rtmp://h:1935/live").streamPath).toBe("live/cam");
    expect(resolve("", "", "rtmp://h:1935/live/cam").streamPath).toBe("live/cam");
  });

  test("quirk 39: PRISM has the key in tcUrl behind two slashes", () => {
    expect(resolve("", "key", "rtmp://h:1935//key")).toMatchObject({ app: "", name: "key" });
    expect(resolve("", "", "rtmp://h:1935//key")).toMatchObject({ app: "", name: "key" });
  });

  test.each(["", "rtmp://h", "rtmp://h:1935/", "no url", "rtmp://h?x=/a/b", "//h/live"])(
    "an empty app with tcUrl %j leaves the name alone",
    (tcUrl) => {
      expect(resolve("", "cam", tcUrl)).toMatchObject({ app: "", streamPath: "cam" });
    },
  );

  test("user, password, port and an IPv6 host are not part of the path", () => {
    expect(resolve("", "cam", "rtmps://u:p@[2001:db8::1]:443/live").streamPath).toBe("live/cam");
  });

  test("no name at all is refused", () => {
    expect(() => resolve("", "", "rtmp://h")).toThrow(refusal);
    expect(() => resolve("", "", "")).toThrow(refusal);
    expect(() => resolve("/", "//", "rtmp://h//")).toThrow(refusal);
    expect(() => resolve("", "?token=x", "rtmp://h/")).toThrow(refusal);
    expect(() => resolve("live", "mp4:")).toThrow(refusal);
  });
});

describe("query", () => {
  test("is stripped wherever it stands", () => {
    expect(resolve("live?a=1", "cam?b=2", "rtmp://h/live?c=3")).toEqual({
      app: "live",
      name: "cam",
      streamPath: "live/cam",
      query: new Map([
        ["c", "3"],
        ["a", "1"],
        ["b", "2"],
      ]),
    });
  });

  test("the name's counts before the app's, and that before tcUrl's", () => {
    const { query } = resolve("live?x=app&y=app", "cam?x=name", "rtmp://h/live?x=tc&y=tc&z=tc");
    expect(Object.fromEntries(query)).toEqual({ x: "name", y: "app", z: "tc" });
  });

  test("values may be raw base64", () => {
    const { query } = resolve("live?response=a+b/c==&opaque=&flag", "cam");
    expect(Object.fromEntries(query)).toEqual({ response: "a+b/c==", opaque: "", flag: "" });
  });

  test("values are decoded where they can be", () => {
    const { query } = resolve("live", "cam?a=%41%2f&b=100%&c=%ff&%64=4&=5&&a=second");
    expect(Object.fromEntries(query)).toEqual({ a: "A/", b: "100%", c: "%ff", d: "4" });
  });

  test("a slash or question mark inside stays in the value", () => {
    expect(resolve("live", "cam?url=rtmp://a/b?c=1").query.get("url")).toBe("rtmp://a/b?c=1");
  });

  test("the name __proto__ is a parameter like any other", () => {
    expect(resolve("live", "cam?__proto__=x").query.get("__proto__")).toBe("x");
  });
});

describe("percent-encoding", () => {
  test("is undone once", () => {
    expect(resolve("live", "a%20b%2Fc").name).toBe("a b/c");
    expect(resolve("l%69ve", "%2541").streamPath).toBe("live/%41");
  });

  test("hides no prefix, no dots and no control character", () => {
    expect(resolve("live", "mp4%3acam").name).toBe("cam");
    expect(() => resolve("live", "%2e%2e/x")).toThrow(refusal);
    expect(() => resolve("live", "..%2fx")).toThrow(refusal);
    expect(() => resolve("live", "a%00b")).toThrow(refusal);
    expect(() => resolve("live", "a%0d%0ab")).toThrow(refusal);
  });

  test("a percent sign that encodes nothing stays", () => {
    expect(resolve("live", "100%").name).toBe("100%");
    expect(resolve("live", "%ff").name).toBe("%ff");
  });

  test("an encoded question mark belongs to the name", () => {
    expect(resolve("live", "a%3fb=1")).toMatchObject({ name: "a?b=1", query: new Map() });
  });
});

describe("refusals", () => {
  test.each(["..", "../x", "a/../x", "a/..", ".", "a/./x", "..\\x", "a\\..\\x"])(
    "the name %j could leave its folder",
    (name) => {
      expect(() => resolve("live", name)).toThrow(refusal);
      expect(() => resolve(`live/${name}`, "cam")).toThrow(refusal);
    },
  );

  test("dots inside a name are characters like any other", () => {
    expect(resolve("live", "...").name).toBe("...");
    expect(resolve("live", "a..b.c").name).toBe("a..b.c");
  });

  test.each(["\0", "\n", "\u007F", "\u0085"])(
    "the control character %j is refused",
    (character) => {
      expect(() => resolve("live", `a${character}b`)).toThrow(refusal);
      expect(() => resolve(`li${character}ve`, "a")).toThrow(refusal);
    },
  );

  test("maxStreamPathBytes bounds the path in bytes of UTF-8", () => {
    expect(resolve("live", "x".repeat(507)).streamPath).toHaveLength(512);
    expect(() => resolve("live", "x".repeat(508))).toThrow(refusal);
    expect(() => resolve("live", "é".repeat(254))).toThrow(refusal);
    const input = { app: "live", tcUrl: "", streamName: "cam" };
    expect(resolveStreamPath(input, { maxStreamPathBytes: 8 }).name).toBe("cam");
    expect(() => resolveStreamPath(input, { maxStreamPathBytes: 7 })).toThrow(MessageError);
  });

  test("a bound that is none is the caller's mistake", () => {
    const input = { app: "live", tcUrl: "", streamName: "cam" };
    expect(() => resolveStreamPath(input, { maxStreamPathBytes: 0 })).toThrow(RangeError);
  });
});

describe("a path that is resolved", () => {
  const text = fc.string({ unit: fc.constantFrom(...Array.from("ab/.?%2e\\:\0é_=&")) });
  const paths = fc.tuple(text, text, text).map(([app, streamName, path]) => {
    return pathOrError({ app, streamName, tcUrl: `rtmp://h/${path}` });
  });

  test("is clean, whatever the peer sends", () => {
    const dirty = /^$|^\/|\/$|\/\/|\p{Cc}|(?:^|[/\\])\.\.?(?:$|[/\\])/u;
    const clean = fc.property(paths, (path) => {
      expect(path ?? "refused").not.toMatch(dirty);
    });
    fc.assert(clean, { numRuns: 2000 });
  });

  test("resolves to itself", () => {
    const plain = paths.filter((path) => path !== undefined && !/[%?]/.test(path));
    const same = fc.property(plain, (path) => {
      expect(resolve("", path ?? "", "").streamPath).toBe(path);
    });
    fc.assert(same);
  });
});
