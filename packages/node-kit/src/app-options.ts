import type { CommandLineOptions } from "./command-line.ts";
import { type LogValues, logOptions } from "./log.ts";
import { type PortOption, parseHost, parsePort } from "./option-values.ts";

/** The values of {@link appOptions}. */
export interface AppValues extends LogValues {
  /** Address or host name to bind. */
  readonly host: string;
  /** Port for RTMP. */
  readonly rtmpPort: PortOption;
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
  "--merge-window-ms",
];

/** Says what is wrong when every listener is off; undefined when one is not. */
export function refuseNoListener({ rtmpPort }: Pick<AppValues, "rtmpPort">): string | undefined {
  return rtmpPort === "off" ? "every listener is off; there is nothing to serve" : undefined;
}
