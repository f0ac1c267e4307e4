import type { Transport } from "@rtmp/session";
import {
  type Arrival,
  ConnectionLimiter,
  listen,
  type ListenOptions,
  type TcpListener,
} from "@rtmp/transport-node";

import { type AppCertificate, openCertificate } from "./app-certificate.ts";
import type { AppValues } from "./app-options.ts";
import { type ConnectionLogOptions, errorFields } from "./connection-log.ts";
import type { Listeners } from "./ready-line.ts";

/** The values of flags that listeners are opened by. */
export type ListenerValues = Pick<
  AppValues,
  | "host"
  | "rtmpPort"
  | "rtmpsPort"
  | "sniff"
  | "tlsCert"
  | "tlsKey"
  | "tlsDev"
  | "trustedProxy"
  | "allowedOrigin"
>;

/** What listeners are opened with. */
export interface OpenListenersOptions extends ConnectionLogOptions {
  /** Takes each connection. */
  readonly serve: (transport: Transport, arrival: Arrival) => void;
}

/** The open ports of an app. */
export interface OpenListeners {
  /** Where they listen. */
  readonly urls: Listeners;
  /** Stops accepting; open connections go on. */
  close(): Promise<void>;
}

/**
 * Opens the listeners that are not off, and logs them; they share one number of connections.
 *
 * @throws Error of Node with a `code`, as the rejection, when one cannot be opened; CertificateError when the certificate
 *   cannot be used
 */
export async function openListeners(
  values: ListenerValues,
  options: OpenListenersOptions,
): Promise<OpenListeners> {
  const { log } = options;
  const certificate = openCertificate(values, log);
  const common = listenOptions(values, certificate, options);
  const open: TcpListener[] = [];
  const openOne = async (more: Pick<ListenOptions, "port" | "tlsOnly">): Promise<string> => {
    const listener = await listen({ ...common, ...more }, (transport, arrival) => {
      const { scheme } = arrival;
      log.debug({ remote: transport.remote, scheme }, "connection opened");
      options.serve(transport, arrival);
    });
    open.push(listener);
    log.info({ url: listener.url }, "listening");
    return listener.url;
  };
  const close = async (): Promise<void> => {
    certificate?.close();
    await Promise.all(open.map((listener) => listener.close()));
  };

  const { rtmpPort, rtmpsPort } = values;
  try {
    const rtmp = rtmpPort === "off" ? undefined : await openOne({ port: rtmpPort });
    const rtmps =
      rtmpsPort === "off" ? undefined : await openOne({ port: rtmpsPort, tlsOnly: true });
    return { urls: { rtmp, rtmps }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function listenOptions(
  { host, sniff, trustedProxy, allowedOrigin }: ListenerValues,
  certificate: AppCertificate | undefined,
  { log, floodGate }: OpenListenersOptions,
): ListenOptions {
  return {
    host,
    sniff,
    trustedProxies: trustedProxy,
    webSockets: { allowedOrigins: allowedOrigin.includes("*") ? "all" : allowedOrigin },
    limiter: new ConnectionLimiter(),
    ...(certificate === undefined ? {} : { certificate: certificate.certificate }),
    onError: (error) => log.warn({ error }, "connection not accepted"),
    onRefused: (error, remote) =>
      floodGate.warn(error.code, { remote, ...errorFields(error) }, "connection refused"),
    onStrayRequest: (remote, status, what) =>
      log.debug({ remote, status, what }, "HTTP request for nothing that is here"),
  };
}
