import {
  type AppValues,
  appOptions,
  type CommandLine,
  packageVersion,
  refuseAppValues,
  unavailableFlags,
} from "@rtmp/node-kit";

/** What the command line of the server says. */
export type ServerOptions = AppValues;

/** The command line of the server. */
export const commandLine: CommandLine<ServerOptions> = {
  name: "rtmp-server",
  description: "Takes live streams from RTMP publishers and gives them to RTMP players.",
  version: packageVersion(new URL("../package.json", import.meta.url)),
  options: appOptions(1935),
  unavailable: [...unavailableFlags, "--record-dir", "--vod-dir"],
  refuse: refuseAppValues,
};
