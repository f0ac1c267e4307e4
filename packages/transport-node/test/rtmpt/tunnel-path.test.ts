import { describe, expect, test } from "vitest";

import { parseTunnelPath } from "../../src/rtmpt/tunnel-path.ts";

describe("the path of a request", () => {
  test.each(["send", "idle", "close"])("/%s/ID/SEQ names a tunnel and the number", (kind) => {
    const path = parseTunnelPath(`/${kind}/Kq3-x_9ZAAAAAAAAAAAAAA/1111`);
    expect(path).toEqual({ kind, id: "Kq3-x_9ZAAAAAAAAAAAAAA", sequence: 1_111 });
  });

  test("/open/1 opens a tunnel, whatever the number", () => {
    expect(parseTunnelPath("/open/1")).toEqual({ kind: "open" });
    expect(parseTunnelPath("/open/0")).toEqual({ kind: "open" });
  });

  test("/fcs/ident2 asks which host to use", () => {
    expect(parseTunnelPath("/fcs/ident2")).toEqual({ kind: "ident" });
    expect(parseTunnelPath("/fcs/ident")).toEqual({ kind: "ident" });
  });

  test("may be a whole URL, as clients of proxies send it", () => {
    const path = parseTunnelPath("http://example.com:8080/idle/abc/7");
    expect(path).toEqual({ kind: "idle", id: "abc", sequence: 7 });
  });

  test.each([
    ["2147483647", 2_147_483_647],
    ["-2147483648", -2_147_483_648],
    ["2147483648", -2_147_483_648],
    ["4294967295", -1],
    ["4294967296", 0],
  ])("counts in 32 bits: %s", (text, sequence) => {
    expect(parseTunnelPath(`/send/abc/${text}`)).toMatchObject({ sequence });
  });

  test.each([
    "/send/abc",
    "/send/abc/",
    "/send//1",
    "/send/abc/x",
    "/send/abc/1/2",
    "/send/abc/1?x=y",
    "/idle/a%20b/1",
    "/close/abc/12345678901",
    `/idle/${"a".repeat(64)}/1`,
    "/open/",
    "/open",
    "/open/x",
  ])("%s is malformed", (url) => {
    expect(parseTunnelPath(url)).toEqual({ kind: "malformed" });
  });

  test.each(["/", "", "/sender/abc/1", "/live/cam", "/x/send/abc/1", "*", "/OPEN/1"])(
    "%s has nothing to do with tunnels",
    (url) => {
      expect(parseTunnelPath(url)).toBeUndefined();
    },
  );

  test("an id may have 63 characters", () => {
    const id = "a".repeat(63);
    expect(parseTunnelPath(`/idle/${id}/1`)).toEqual({ kind: "idle", id, sequence: 1 });
  });
});
