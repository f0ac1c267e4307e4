import {
  type AppValues,
  appOptions,
  type CommandLine,
  parseCommandLine,
  refuseAppValues,
  unavailableFlags,
} from "@rtmp/node-kit";
import { expect, test } from "vitest";

const commandLine: CommandLine<AppValues> = {
  name: "some-app",
  description: "Does something",
  version: "1.11.111",
  options: appOptions(1_111),
  unavailable: unavailableFlags,
  refuse: refuseAppValues,
};

test("without arguments an app is reachable from this machine only", () => {
  expect(parseCommandLine(commandLine, [])).toEqual({
    kind: "run",
    values: {
      host: "127.0.0.1",
      rtmpPort: 1_111,
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

test.each([
  [["--host", "::", "--rtmp-port", "0"], { host: "::", rtmpPort: 0 }],
  [["--merge-window-ms", "111", "--latency", "low"], { mergeWindowMs: 111, latency: "low" }],
  [["--no-rtmpe"], { rtmpe: false }],
  [["--tls-cert=a.pem", "--tls-key", "b.pem"], { tlsCert: "a.pem", tlsKey: "b.pem" }],
  [["--tls-dev", "--rtmps-port=0", "--no-sniff"], { tlsDev: true, rtmpsPort: 0, sniff: false }],
  [["--rtmp-port=off", "--rtmps-port=1443", "--tls-dev"], { rtmpPort: "off", rtmpsPort: 1_443 }],
  [
    ["--trusted-proxy=192.0.2.1", "--trusted-proxy=fd00::/8"],
    { trustedProxy: ["192.0.2.1", "fd00::/8"] },
  ],
  [
    ["--allowed-origin", "https://a.example", "--allowed-origin=*"],
    { allowedOrigin: ["https://a.example", "*"] },
  ],
  [["--log-level=debug", "--log-format", "json"], { logLevel: "debug", logFormat: "json" }],
])("%j says %j", (args, values) => {
  expect(parseCommandLine(commandLine, args)).toMatchObject({ kind: "run", values });
});

test.each([
  [["--rtmp-port", "off"], "every listener is off; there is nothing to serve"],
  [["--tls-cert", "a.pem"], "--tls-cert and --tls-key belong together; give both"],
  [["--tls-key", "a.pem"], "--tls-cert and --tls-key belong together; give both"],
  [["--tls-cert="], "Expected the name of a file."],
  [["--tls-dev", "--tls-cert=a", "--tls-key=b"], "--tls-dev and --tls-cert exclude each other"],
  [["--rtmps-port=1443"], "--rtmps-port needs a certificate; give --tls-cert and --tls-key"],
  [["--tls-dev", "--no-sniff"], "with --no-sniff a certificate is for --rtmps-port alone"],
  [["--tls-dev", "--rtmps-port=1111"], "--rtmp-port and --rtmps-port are the same"],
  [["--trusted-proxy", "10.0.0.0/33"], "Expected an address or a range such as 10.0.0.0/8"],
  [["--allowed-origin", "a.example"], "Expected an origin such as https://example.com, or *."],
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
