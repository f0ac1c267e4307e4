import {
  type CommandLine,
  type ListenerValues,
  listenerOptions,
  type LogValues,
  logOptions,
  packageVersion,
  refuseNoListener,
  unavailableFlags,
} from "@rtmp/node-kit";

/** What the command line of the server says. */
export interface ServerOptions extends ListenerValues, LogValues {}

/** The command line of the server. */
export const commandLine: CommandLine<ServerOptions> = {
  name: "rtmp-server",
  description: "Takes live streams from RTMP publishers and gives them to RTMP players.",
  version: packageVersion(new URL("../package.json", import.meta.url)),
  options: { ...listenerOptions(1935), ...logOptions },
  unavailable: [...unavailableFlags, "--record-dir", "--vod-dir"],
  refuse: refuseNoListener,
};
