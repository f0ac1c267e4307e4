import { type LogLevel, createLog } from "@rtmp/node-kit";
import { describe, expect, test } from "vitest";

function logInto(lines: string[], level: LogLevel, format: "json" | "pretty", hasColour = false) {
  return createLog({ level, format, hasColour, write: (line) => lines.push(line) });
}

/** The messages that a log of this level lets through. */
function written(level: LogLevel): unknown[] {
  const lines: string[] = [];
  const log = logInto(lines, level, "json");
  log.debug({}, "debug");
  log.info({}, "info");
  log.warn({}, "warn");
  log.error({}, "error");
  return lines.map((line) => JSON.parse(line).msg);
}

describe("json", () => {
  test("a line is one object with time, level, fields and message", () => {
    const lines: string[] = [];
    logInto(lines, "info", "json").info({ streamName: "a" }, "stream published");
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith("}\n")).toBe(true);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      streamName: "a",
      msg: "stream published",
    });
  });

  test("an error keeps its message, its code and its stack", () => {
    const lines: string[] = [];
    const error = Object.assign(new Error("broken"), { code: "RTMP_ERR_TEST" });
    logInto(lines, "info", "json").error({ error }, "it failed");
    expect(JSON.parse(lines[0] ?? "").error).toMatchObject({
      message: "broken",
      code: "RTMP_ERR_TEST",
      stack: expect.stringContaining("log.test"),
    });
  });
});

describe("pretty", () => {
  test("a line is there when the call returns, without colours unless asked", () => {
    const lines: string[] = [];
    logInto(lines, "info", "pretty").warn({ streamName: "a" }, "player is slow");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\[.*\] WARN: player is slow \{"streamName":"a"\}\n$/);
  });

  test("with colours", () => {
    const lines: string[] = [];
    logInto(lines, "info", "pretty", true).warn({}, "player is slow");
    expect(lines[0]).toContain("\u001b[");
  });

  test("control characters of a peer are escaped", () => {
    const lines: string[] = [];
    logInto(lines, "info", "pretty").info({ streamName: "\u001b[2J\nfake" }, "stream published");
    expect(lines[0]).toContain(String.raw`\u001b[2J\nfake`);
    expect(lines.join("").split("\n")).toHaveLength(2);
  });
});

describe("levels", () => {
  test.each([
    ["trace", ["debug", "info", "warn", "error"]],
    ["debug", ["debug", "info", "warn", "error"]],
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
    ["fatal", []],
    ["silent", []],
  ] as const)("%s writes %j", (level, expected) => {
    expect(written(level)).toEqual(expected);
  });
});
