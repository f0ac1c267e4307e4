import { parseCommandLine } from "@rtmp/node-kit";
import { expect, test } from "vitest";

import { commandLine } from "../src/options.ts";

test("without arguments the server is reachable from this machine only", () => {
  expect(parseCommandLine(commandLine, [])).toEqual({
    kind: "run",
    values: {
      host: "127.0.0.1",
      rtmpPort: 1935,
      rtmpsPort: "off",
      sniff: true,
      rtmpe: true,
      tlsDev: false,
      trustedProxy: [],
      allowedOrigin: [],
      mergeWindowMs: "auto",
      latency: "smooth",
      pull: [],
      push: [],
      takeOver: "resume",
      logLevel: "info",
      logFormat: "pretty",
    },
  });
});

test("servers and streams at them are read", () => {
  const line = parseCommandLine(commandLine, [
    "--pull=live/cam=rtmp://u:secret@a/show/key?x=1",
    "--push=rtmp://b/show?x=1",
    "--push=live/cam=rtmps://c/show/key",
    "--take-over=replace",
  ]);
  if (line.kind !== "run") throw new Error(line.errors);
  const { pull, push, takeOver } = line.values;
  expect(takeOver).toBe("replace");
  expect(pull.map(({ streamPath, name, url }) => [streamPath, name, url])).toEqual([
    ["live/cam", "rtmp://a/show", "rtmp://u:secret@a/show/key?x=1"],
  ]);
  expect(push.map(({ name }) => name)).toEqual(["rtmp://b/show", "rtmps://c/show"]);
  expect(push.map(({ urlOf }) => urlOf("live/cam"))).toEqual([
    "rtmp://b/show?x=1/cam",
    "rtmps://c/show/key",
  ]);
  expect(push[1]?.urlOf("live/other")).toBe(undefined);
});

test.each([
  ["--push=rtmp://a/show/hidden", "For one stream: app/name=rtmp://host[:port]/app/name."],
  [
    "--push=live/cam=rtmp://u:hidden@a/show",
    "Expected app/name=rtmp://host[:port]/app/name, or rtmps",
  ],
  ["--pull=rtmp://a/show/hidden", "Expected app/name=rtmp://host[:port]/app/name, or rtmps"],
  ["--take-over=never", "Expected one of resume, replace, reject."],
])("%s is refused, and what is expected is said", (arg, text) => {
  const line = parseCommandLine(commandLine, [arg]);
  expect(line).toMatchObject({ kind: "exit", code: 2 });
  expect(line.kind === "exit" && line.errors).toContain(text);
  // It may be a password or a stream key.
  expect(line.kind === "exit" && line.errors).not.toContain("hidden");
});

test("no flag is both there and not available", () => {
  const flags = new Set(
    Object.values<{ flag: string }>(commandLine.options).map(({ flag }) => flag.split(" ")[0]),
  );
  expect(commandLine.unavailable.filter((flag) => flags.has(flag))).toEqual([]);
});
