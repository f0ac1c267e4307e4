import { parseCommandLine } from "@rtmp/node-kit";
import { expect, test } from "vitest";

import { commandLine } from "../src/options.ts";

test("with an origin alone the proxy is reachable from this machine only", () => {
  expect(parseCommandLine(commandLine, ["--origin", "rtmp://h"])).toMatchObject({
    kind: "run",
    values: {
      host: "127.0.0.1",
      rtmpPort: 1936,
      mergeWindowMs: "auto",
      latency: "smooth",
      logLevel: "info",
      logFormat: "pretty",
    },
  });
});

test("origins are kept in their order", () => {
  const result = parseCommandLine(commandLine, ["--origin=rtmp://b", "--origin", "rtmp://a:1111"]);
  const origins = result.kind === "run" ? result.values.origin : [];
  expect(origins.map(({ name }) => name)).toEqual(["rtmp://b", "rtmp://a:1111"]);
});

test("no flag is both there and not available", () => {
  const flags = new Set(
    Object.values<{ flag: string }>(commandLine.options).map(({ flag }) => flag.split(" ")[0]),
  );
  expect(commandLine.unavailable.filter((flag) => flags.has(flag))).toEqual([]);
});
