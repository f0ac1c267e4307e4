/** What a program can be shown to do: the columns of the tables in docs/interop.md, in their order. */

/** A table: its heading, and the heading of each column. */
interface FeatureGroup {
  readonly heading: string;
  readonly features: Readonly<Record<string, string>>;
}

/** The tables. */
export const featureGroups = [
  {
    heading: "Sessions",
    features: {
      publish: "publishes",
      play: "plays",
      join: "joins late",
      "lost-publisher": "lost publisher",
      "chunk-size": "chunk size",
      authentication: "authenticates",
      push: "pushes to us",
      pull: "pulls from us",
      "takes-publish": "takes our client's publish",
      "serves-play": "serves our client's play",
      proxy: "with our proxy",
      rtmpe: "RTMPE",
      rtmpt: "RTMPT",
      rtmps: "RTMPS",
      websocket: "WebSocket",
    },
  },
  {
    heading: "Enhanced RTMP",
    features: {
      hevc: "HEVC",
      av1: "AV1",
      vp9: "VP9",
      opus: "Opus",
      flac: "FLAC",
      ac3: "AC-3",
      multitrack: "several tracks",
    },
  },
] as const satisfies readonly FeatureGroup[];

type Keys<T> = T extends unknown ? keyof T : never;

/** The name of a feature. */
export type FeatureName = Keys<(typeof featureGroups)[number]["features"]>;
