import { readFileSync } from "node:fs";

import {
  type CommandLine,
  type LogValues,
  type PortOption,
  logOptions,
  parseHost,
  parsePort,
} from "@rtmp/node-kit";

import { type Origin, parseOrigin } from "./origin.ts";

/** What the command line of the proxy says. */
export interface ProxyOptions extends LogValues {
  /** The servers that streams are fetched from, tried in order; at least one. */
  readonly origin: readonly Origin[];
  /** Address or host name to bind. */
  readonly host: string;
  /** Port for RTMP. */
  readonly rtmpPort: PortOption;
}

// Part of the proxy's command line, but of no use in this version.
const unavailable = [
  "--config",
  "--no-sniff",
  "--tls-cert",
  "--tls-key",
  "--tls-dev",
  "--rtmps-port",
  "--no-rtmpe",
  "--http-port",
  "--redis-url",
  "--advertise",
  "--workers",
  "--merge-window-ms",
];

/** The command line of the proxy. */
export const commandLine: CommandLine<ProxyOptions> = {
  name: "rtmp-player-proxy",
  description: "Fetches live streams from RTMP servers, each once, and gives them to RTMP players.",
  version: packageVersion(),
  options: {
    origin: {
      flag: "--origin <url>",
      description:
        "server to fetch streams from, rtmp://host[:port][/app]; several are tried in order",
      default: [],
      defaultText: "none",
      parse: (text, before) => [...before, parseOrigin(text)],
    },
    host: {
      flag: "--host <host>",
      description: "address to bind",
      default: "127.0.0.1",
      parse: parseHost,
    },
    rtmpPort: {
      flag: "--rtmp-port <port>",
      description: "port for RTMP; 0: any free port, off: no listener",
      default: 1936,
      parse: parsePort,
    },
    ...logOptions,
  },
  unavailable,
  refuse({ origin, rtmpPort }) {
    if (rtmpPort === "off") return "every listener is off; there is nothing to serve";
    return origin.length === 0 ? "no origin; give one with --origin <url>" : undefined;
  },
};

function packageVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  const hasVersion = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return hasVersion ? String(manifest.version) : "unknown";
}
