import {
  type AppValues,
  appOptions,
  type CommandLine,
  packageVersion,
  parseRemoteServer,
  refuseAppValues,
  type RemoteServer,
  unavailableFlags,
} from "@rtmp/node-kit";

/** What the command line of the proxy says. */
export interface ProxyOptions extends AppValues {
  /** The servers that streams are fetched from, tried in order; at least one. */
  readonly origin: readonly RemoteServer[];
}

/** The command line of the proxy. */
export const commandLine: CommandLine<ProxyOptions> = {
  name: "rtmp-player-proxy",
  description: "Fetches live streams from RTMP servers, each once, and gives them to RTMP players.",
  version: packageVersion(new URL("../package.json", import.meta.url)),
  options: {
    origin: {
      flag: "--origin <url>",
      description:
        "server to fetch streams from, rtmp://host[:port][/app], or rtmps, rtmpt, rtmpts, rtmpe, rtmpte; several are tried in order",
      default: [],
      defaultText: "none",
      secret: true,
      parse: (text, before) => [...before, parseRemoteServer(text)],
    },
    ...appOptions(1936),
  },
  unavailable: [...unavailableFlags, "--workers"],
  refuse(values) {
    const refused = refuseAppValues(values);
    if (refused !== undefined) return refused;
    return values.origin.length === 0 ? "no origin; give one with --origin <url>" : undefined;
  },
};
