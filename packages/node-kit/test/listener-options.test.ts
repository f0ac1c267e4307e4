import {
  type CommandLine,
  type ListenerValues,
  listenerOptions,
  parseCommandLine,
  refuseNoListener,
} from "@rtmp/node-kit";
import { expect, test } from "vitest";

const commandLine: CommandLine<ListenerValues> = {
  name: "listen",
  description: "Listens",
  version: "1.11.111",
  options: listenerOptions(1_111),
  unavailable: [],
  refuse: refuseNoListener,
};

test.each([
  [[], { host: "127.0.0.1", rtmpPort: 1_111 }],
  [["--host", "::", "--rtmp-port", "0"], { host: "::", rtmpPort: 0 }],
])("%j listens on %j", (args, values) => {
  expect(parseCommandLine(commandLine, args)).toEqual({ kind: "run", values });
});

test.each([
  [["--rtmp-port", "off"], "every listener is off; there is nothing to serve"],
  [["--rtmp-port", "65536"], "Expected a port from 0 to 65535, or off."],
  [["--host", ""], "Expected an address or a host name."],
])("%j is refused", (args, text) => {
  const result = parseCommandLine(commandLine, args);
  expect(result).toMatchObject({ kind: "exit", code: 2, output: "" });
  expect(result).toHaveProperty("errors", expect.stringContaining(text));
});
