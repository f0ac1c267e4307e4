import type { TakeOver } from "@rtmp/hub";
import {
  type AppValues,
  appOptions,
  type CommandLine,
  oneOf,
  packageVersion,
  parseRemoteServer,
  parseRemoteStream,
  refuseAppValues,
  type RemoteName,
  type RemoteStream,
  unavailableFlags,
} from "@rtmp/node-kit";

/** A server that streams are published at besides here. */
export interface PushTarget extends RemoteName {
  /** Returns where a stream is published there; undefined when it is not. */
  readonly urlOf: (streamPath: string) => string | undefined;
}

/** What the command line of the server says. */
export interface ServerOptions extends AppValues {
  /** Streams that are fetched from other servers; of one name they are tried in order. */
  readonly pull: readonly RemoteStream[];
  /** The servers that streams are published at besides here. */
  readonly push: readonly PushTarget[];
  /** Who may take over a name that is being published. */
  readonly takeOver: TakeOver;
}

/** The command line of the server. */
export const commandLine: CommandLine<ServerOptions> = {
  name: "rtmp-server",
  description: "Takes live streams from RTMP publishers and gives them to RTMP players.",
  version: packageVersion(new URL("../package.json", import.meta.url)),
  options: {
    ...appOptions(1935),
    pull: {
      flag: "--pull <stream=url>",
      description:
        "stream to fetch from another server, live/cam=rtmp://host/app/name; several of one stream are tried in order",
      default: [],
      defaultText: "none",
      secret: true,
      parse: (text, before) => [...before, parseRemoteStream(text)],
    },
    push: {
      flag: "--push <[stream=]url>",
      description:
        "other server that gets all streams, rtmp://host[:port][/app], or one, live/cam=rtmp://host/app/name; can be repeated",
      default: [],
      defaultText: "none",
      secret: true,
      parse: (text, before) => [...before, parsePushTarget(text)],
    },
    takeOver: {
      flag: "--take-over <policy>",
      description:
        "who may take a name from a publisher that has sent something within 10 s; replace: anybody, resume: its own address when it has been silent for 2 s, reject: nobody",
      default: "resume",
      parse: oneOf(["resume", "replace", "reject"]),
    },
  },
  unavailable: [...unavailableFlags, "--record-dir", "--vod-dir"],
  refuse: refuseAppValues,
};

function parsePushTarget(text: string): PushTarget {
  // A URL alone may have an equals sign in it, too.
  const isUrl = /^[a-z]+:\/\//i.test(text);
  if (!isUrl && text.includes("=")) return ofOneStream(parseRemoteStream(text));
  try {
    return parseRemoteServer(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const expected = `${error.message} For one stream: app/name=rtmp://host[:port]/app/name.`;
    throw new RangeError(expected, { cause: error });
  }
}

function ofOneStream({ streamPath, url, ...remote }: RemoteStream): PushTarget {
  return { ...remote, urlOf: (wanted) => (wanted === streamPath ? url : undefined) };
}
