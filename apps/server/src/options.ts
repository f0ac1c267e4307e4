import { readFileSync } from "node:fs";

import {
  type CommandLine,
  type LogValues,
  type PortOption,
  logOptions,
  parseHost,
  parsePort,
} from "@rtmp/node-kit";

/** What the command line of the server says. */
export interface ServerOptions extends LogValues {
  /** Address or host name to bind. */
  readonly host: string;
  /** Port for RTMP. */
  readonly rtmpPort: PortOption;
}

// Part of the server's command line, but of no use in this version.
const unavailable = [
  "--config",
  "--no-sniff",
  "--tls-cert",
  "--tls-key",
  "--tls-dev",
  "--rtmps-port",
  "--no-rtmpe",
  "--http-port",
  "--record-dir",
  "--vod-dir",
  "--redis-url",
  "--advertise",
  "--merge-window-ms",
];

/** The command line of the server. */
export const commandLine: CommandLine<ServerOptions> = {
  name: "rtmp-server",
  description: "Takes live streams from RTMP publishers and gives them to RTMP players.",
  version: packageVersion(),
  options: {
    host: {
      flag: "--host <host>",
      description: "address to bind",
      default: "127.0.0.1",
      parse: parseHost,
    },
    rtmpPort: {
      flag: "--rtmp-port <port>",
      description: "port for RTMP; 0: any free port, off: no listener",
      default: 1935,
      parse: parsePort,
    },
    ...logOptions,
  },
  unavailable,
  refuse: ({ rtmpPort }) =>
    rtmpPort === "off" ? "every listener is off; there is nothing to serve" : undefined,
};

function packageVersion(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  const hasVersion = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return hasVersion ? String(manifest.version) : "unknown";
}
