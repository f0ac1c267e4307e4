import { describe, expect, test } from "vitest";

import { defaultListenLimits, resolveListenLimits } from "../../src/listen/limits.ts";
import { parseOpenFileLimit, readOpenFileLimit } from "../../src/listen/open-file-limit.ts";

describe("the limits of a listener", () => {
  test("are the defaults, with what was given instead", () => {
    const openFiles = 1_000_000;
    expect(resolveListenLimits({}, openFiles)).toEqual(defaultListenLimits);
    expect(resolveListenLimits({ firstBytesMs: 1_111 }, openFiles)).toEqual({
      ...defaultListenLimits,
      firstBytesMs: 1_111,
    });
  });

  test.each([
    [1_000_000, 50_000],
    [1_024, 921],
    [1, 1],
    [Number.POSITIVE_INFINITY, 50_000],
  ])("with %d open files have room for %d connections", (openFiles, connections) => {
    expect(resolveListenLimits({}, openFiles).maxConnections).toBe(connections);
  });

  test("leave a number that was given where the system allows it", () => {
    expect(resolveListenLimits({ maxConnections: 11 }, 1_024).maxConnections).toBe(11);
    expect(resolveListenLimits({ maxConnections: 2_222 }, 1_024).maxConnections).toBe(921);
  });

  test.each(Object.keys(defaultListenLimits))("are refused when %s is out of range", (name) => {
    for (const value of [0, -1, 1.5, Number.NaN, 0x80000000]) {
      expect(() => resolveListenLimits({ [name]: value })).toThrow(RangeError);
    }
  });
});

describe("the number of open files", () => {
  test("is the soft limit of the process on Linux", () => {
    const text =
      "Max processes             31000   31000   processes\nMax open files            1024                 1048576              files     \n";
    expect(parseOpenFileLimit(text)).toBe(1_024);
  });

  test("is that of the report of Node elsewhere", () => {
    const text = JSON.stringify({
      userLimits: { open_files: { soft: "2222", hard: "unlimited" } },
    });
    expect(parseOpenFileLimit(text)).toBe(2_222);
    expect(parseOpenFileLimit('{"open_files":{"soft": 3333,"hard":1}}')).toBe(3_333);
  });

  test.each([
    "",
    "Max open files            unlimited            unlimited            files",
    '{"open_files":{"soft":"unlimited"}}',
  ])("is not known from %j", (text) => {
    expect(parseOpenFileLimit(text)).toBe(undefined);
  });

  test("of this process is known", () => {
    expect(readOpenFileLimit()).toBeGreaterThan(100);
  });
});
