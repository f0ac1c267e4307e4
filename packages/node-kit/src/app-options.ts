import type { CommandLineOptions } from "./command-line.ts";
import { type LogValues, logOptions } from "./log.ts";
import {
  type MergeWindowOption,
  type PortOption,
  oneOf,
  parseFile,
  parseHost,
  parseMergeWindow,
  parseOrigin,
  parsePort,
  parseRange,
} from "./option-values.ts";

/** The values of {@link appOptions}. */
export interface AppValues extends LogValues {
  /** Address or host name to bind. */
  readonly host: string;
  /** Port for RTMP, and for all that is told from it. */
  readonly rtmpPort: PortOption;
  /** Port for TLS alone. */
  readonly rtmpsPort: PortOption;
  /** Whether TLS and HTTP are told from RTMP on its port. */
  readonly sniff: boolean;
  /** Whether clients that ask for RTMPE get it; refused otherwise. */
  readonly rtmpe: boolean;
  /** File of the certificate in PEM. */
  readonly tlsCert: string | undefined;
  /** File of its key in PEM. */
  readonly tlsKey: string | undefined;
  /** Whether a certificate is made for development. */
  readonly tlsDev: boolean;
  /** Addresses and ranges of proxies that may say whose a connection is. */
  readonly trustedProxy: readonly string[];
  /** Origins of pages that may open WebSockets, besides those of the same host; `*`: all. */
  readonly allowedOrigin: readonly string[];
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
      description:
        "port for RTMP, RTMPE, RTMPT and WebSockets, with a certificate through TLS as well; 0: any free port, off: no listener",
      default: rtmpPort,
      parse: parsePort,
    },
    rtmpsPort: {
      flag: "--rtmps-port <port>",
      description: "port for the same through TLS alone; 0: any free port, off: no listener",
      default: "off",
      parse: parsePort,
    },
    sniff: {
      flag: "--no-sniff",
      description: "take everything on the port for RTMP as RTMP, neither TLS nor HTTP",
      default: true,
    },
    rtmpe: {
      flag: "--no-rtmpe",
      description: "refuse clients that ask for RTMPE",
      default: true,
    },
    tlsCert: {
      flag: "--tls-cert <file>",
      description:
        "certificate in PEM, with those that lead to a known one; read anew on SIGHUP and when it changes",
      default: undefined,
      parse: parseFile,
    },
    tlsKey: {
      flag: "--tls-key <file>",
      description: "key of the certificate in PEM, without a passphrase",
      default: undefined,
      parse: parseFile,
    },
    tlsDev: {
      flag: "--tls-dev",
      description: "make a self-signed certificate for localhost; for development only",
      default: false,
    },
    trustedProxy: {
      flag: "--trusted-proxy <range>",
      description:
        "proxy whose PROXY protocol and X-Forwarded-For are believed: 192.0.2.1 or 10.0.0.0/8; can be repeated",
      default: [],
      defaultText: "none",
      parse: (text, before) => [...before, parseRange(text)],
    },
    allowedOrigin: {
      flag: "--allowed-origin <origin>",
      description:
        "origin of pages that may connect by WebSocket, besides those of the same host: https://example.com, or * for all; can be repeated",
      default: [],
      defaultText: "none",
      parse: (text, before) => [...before, parseOrigin(text)],
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
  "--http-port",
  "--redis-url",
  "--advertise",
];

/** Says what is wrong with flags of both apps that do not go together; undefined when nothing is. */
export function refuseAppValues(values: AppValues): string | undefined {
  const { rtmpPort, rtmpsPort, sniff, tlsCert, tlsKey, tlsDev } = values;
  if (rtmpPort === "off" && rtmpsPort === "off") {
    return "every listener is off; there is nothing to serve";
  }
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    return "--tls-cert and --tls-key belong together; give both";
  }
  if (tlsDev && tlsCert !== undefined) return "--tls-dev and --tls-cert exclude each other";
  const hasCertificate = tlsDev || tlsCert !== undefined;
  if (rtmpsPort !== "off" && !hasCertificate) {
    return "--rtmps-port needs a certificate; give --tls-cert and --tls-key, or --tls-dev";
  }
  if (hasCertificate && rtmpsPort === "off" && !sniff) {
    return "with --no-sniff a certificate is for --rtmps-port alone; give that as well";
  }
  const isSame = rtmpsPort !== "off" && rtmpsPort !== 0 && rtmpsPort === rtmpPort;
  return isSame ? "--rtmp-port and --rtmps-port are the same; one port takes both" : undefined;
}
