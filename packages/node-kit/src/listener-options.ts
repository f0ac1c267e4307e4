import type { CommandLineOptions } from "./command-line.ts";
import { type PortOption, parseHost, parsePort } from "./option-values.ts";

/** The values of {@link listenerOptions}. */
export interface ListenerValues {
  /** Address or host name to bind. */
  readonly host: string;
  /** Port for RTMP. */
  readonly rtmpPort: PortOption;
}

/**
 * Returns the flags that say where an app listens.
 *
 * @param rtmpPort  the port for RTMP when its flag is not given
 */
export function listenerOptions(rtmpPort: number): CommandLineOptions<ListenerValues> {
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
  };
}

/** Says what is wrong when every listener is off; undefined when one is not. */
export function refuseNoListener({ rtmpPort }: ListenerValues): string | undefined {
  return rtmpPort === "off" ? "every listener is off; there is nothing to serve" : undefined;
}
