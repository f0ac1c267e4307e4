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
      logLevel: "info",
      logFormat: "pretty",
    },
  });
});

test("no flag is both there and not available", () => {
  const flags = new Set(
    Object.values<{ flag: string }>(commandLine.options).map(({ flag }) => flag.split(" ")[0]),
  );
  expect(commandLine.unavailable.filter((flag) => flags.has(flag))).toEqual([]);
});
