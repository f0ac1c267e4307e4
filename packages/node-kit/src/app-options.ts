import type { CommandLineOptions } from "./command-line.ts";
import { type LogValues, logOptions } from "./log.ts";
import {
  type MergeWindowOption,
  type PortOption,
  oneOf,
  parseHost,
  parseMergeWindow,
  parsePort,
} from "./option-values.ts";

/** The values of {@link appOptions}. */
export interface AppValues extends LogValues {
  /** Address or host name to bind. */
  readonly host: string;
  /** Port for RTMP. */
  readonly rtmpPort: PortOption;
  /** How long media is gathered before it goes to players. */
  readonly mergeWindowMs: MergeWindowOption;
  /** How a player that joins begins: with all since the newest keyframe, or with that picture alone. */
  readonly latency: "smooth" | "low";
}

/**
 * Returns the flags of both apps.
 *
 * @param rtmpPort  the port for RTMP when its flag is not given
 */
export function appOptions(rtmpPort: number): CommandLineOptions<AppValues> {
  return {
    host: {
      flag: "--host <host>",
      description: "address to bind",
      default: "127.0.0.1",
      parse: parseHost,
    },
    rtmpPort: {
      flag: "--rtmp-port <port>",
      description: "port for RTMP; 0: any free port, off: no listener",
      default: rtmpPort,
      parse: parsePort,
    },
    mergeWindowMs: {
      flag: "--merge-window-ms <ms>",
      description:
        "how long media is gathered before it goes to players, 0 to 10000; auto: longer with more players",
      default: "auto",
      parse: parseMergeWindow,
    },
    latency: {
      flag: "--latency <latency>",
      description:
        "what a player that joins gets; smooth: all since the newest keyframe, low: that picture alone",
      default: "smooth",
      parse: oneOf(["smooth", "low"]),
    },
    ...logOptions,
  };
}

/** Flags of both apps that are of no use in this version. */
export const unavailableFlags: readonly string[] = [
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
];

/** Says what is wrong when every listener is off; undefined when one is not. */
export function refuseNoListener({ rtmpPort }: Pick<AppValues, "rtmpPort">): string | undefined {
  return rtmpPort === "off" ? "every listener is off; there is nothing to serve" : undefined;
}
