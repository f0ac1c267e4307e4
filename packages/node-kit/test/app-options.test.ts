import {
  type AppValues,
  appOptions,
  type CommandLine,
  parseCommandLine,
  refuseNoListener,
  unavailableFlags,
} from "@rtmp/node-kit";
import { expect, test } from "vitest";

const commandLine: CommandLine<AppValues> = {
  name: "some-app",
  description: "Does something",
  version: "1.11.111",
  options: appOptions(1_111),
  unavailable: unavailableFlags,
  refuse: refuseNoListener,
};

test("without arguments an app is reachable from this machine only", () => {
  expect(parseCommandLine(commandLine, [])).toEqual({
    kind: "run",
    values: {
      host: "127.0.0.1",
      rtmpPort: 1_111,
      mergeWindowMs: "auto",
      latency: "smooth",
      logLevel: "info",
      logFormat: "pretty",
    },
  });
});

test.each([
  [["--host", "::", "--rtmp-port", "0"], { host: "::", rtmpPort: 0 }],
  [["--merge-window-ms", "111", "--latency", "low"], { mergeWindowMs: 111, latency: "low" }],
  [["--log-level=debug", "--log-format", "json"], { logLevel: "debug", logFormat: "json" }],
])("%j says %j", (args, values) => {
  expect(parseCommandLine(commandLine, args)).toMatchObject({ kind: "run", values });
});

test.each([
  [["--rtmp-port", "off"], "every listener is off; there is nothing to serve"],
  [["--rtmp-port", "65536"], "Expected a port from 0 to 65535, or off."],
  [["--merge-window-ms", "10001"], "Expected a whole number from 0 to 10000, or auto."],
  [["--merge-window-ms"], "option '--merge-window-ms <ms>' argument missing"],
  [["--latency", "lowest"], "Expected one of smooth, low."],
  [["--host", ""], "Expected an address or a host name."],
])("%j is refused", (args, text) => {
  const result = parseCommandLine(commandLine, args);
  expect(result).toMatchObject({ kind: "exit", code: 2, output: "" });
  expect(result).toHaveProperty("errors", expect.stringContaining(text));
});

test.each(unavailableFlags)("%s is refused by name", (flag) => {
  expect(parseCommandLine(commandLine, [`${flag}=1`])).toEqual({
    kind: "exit",
    code: 2,
    output: "",
    errors: `error: option '${flag}' is not available in this version\n`,
  });
});
