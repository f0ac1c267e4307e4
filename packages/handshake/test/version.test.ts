import { describe, expect, test } from "vitest";
import { clientVersionError, serverVersionError } from "../src/version.ts";

const versions = Array.from({ length: 256 }, (_, version) => version);

describe("RTMP §5.2.2 C0", () => {
  test("0 to 31 may be a version of RTMP, except 22, where TLS begins", () => {
    const passed = versions.filter((version) => clientVersionError(version) === undefined);
    expect(passed).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26,
      27, 28, 29, 30, 31,
    ]);
  });

  test.each(["GET", "POST", "HEAD", "OPTIONS", "PUT", "CONNECT", "DELETE", "TRACE", "PRI"])(
    "%s is an HTTP request",
    (method) => {
      const error = clientVersionError(method.charCodeAt(0));
      expect(error).toMatchObject({ code: "RTMP_ERR_HANDSHAKE_VERSION", offset: 0 });
      expect(error?.message).toContain("HTTP request");
    },
  );

  test("22 is a TLS ClientHello", () => {
    expect(clientVersionError(0x16)?.message).toBe(
      "handshake begins with 0x16, which looks like a TLS ClientHello",
    );
  });

  test.each([0x20, 0x53, 0x7f, 0x80, 0xff])("%i is not RTMP", (version) => {
    expect(clientVersionError(version)?.message).toContain("another protocol");
  });
});

describe("RTMP §5.2.2 S0", () => {
  test("only 3 is an answer to 3", () => {
    expect(versions.filter((version) => serverVersionError(version) === undefined)).toEqual([3]);
  });

  test.each([
    [0x15, "TLS record"],
    [0x16, "TLS record"],
    [0x48, "HTTP response"],
    [0x06, "RTMP version not asked for"],
    [0x1f, "RTMP version not asked for"],
    [0x20, "another protocol"],
  ])("%i looks like: %s", (version, looks) => {
    expect(serverVersionError(version)?.message).toContain(looks);
    expect(serverVersionError(version)?.fault).toBe("malformed");
  });
});
