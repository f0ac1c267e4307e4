import type { Transport } from "@rtmp/session";
import { type Clock, systemClock } from "@rtmp/wire";

import { addressOf, AddressRanges, isLoopback, networkOf } from "../address.ts";
import type { TransportError } from "../errors.ts";
import { HttpFront } from "../http/http-front.ts";
import { RtmptServer, type RtmptServerOptions } from "../rtmpt/rtmpt-server.ts";
import type { TlsCertificate } from "../tls/certificate.ts";
import { WebSocketAcceptor, type WebSocketAcceptorOptions } from "../websocket/acceptor.ts";
import type { Arrival, ArrivalScheme } from "./arrival.ts";
import { type Arriving, receive, type Reception } from "./arriving-connection.ts";
import { bind, type TcpListener, type TcpListenOptions } from "./bind.ts";
import { ConnectionLimiter } from "./connection-limiter.ts";
import { Deadlines } from "./deadlines.ts";
import { type ListenLimits, resolveListenLimits } from "./limits.ts";

/** Where to listen, and what to understand there. */
export interface ListenOptions extends TcpListenOptions {
  /**
   * Whether TLS and HTTP are told from RTMP by the first byte; without it everything is RTMP.
   *
   * @default true
   */
  readonly sniff?: boolean;
  /**
   * What to answer TLS with.
   *
   * @default TLS is not answered
   */
  readonly certificate?: TlsCertificate;
  /**
   * Whether everything has to come through TLS; needs a certificate.
   *
   * @default false
   */
  readonly tlsOnly?: boolean;
  /**
   * Addresses and ranges of proxies, such as `10.0.0.0/8`, that may say whose a connection is (PROXY protocol) or whose
   * a request is (X-Forwarded-For). They have no limits of their own.
   *
   * @default none
   */
  readonly trustedProxies?: readonly string[];
  /** What is left out has its default. */
  readonly limits?: Partial<ListenLimits>;
  /**
   * Counts the connections, for several listeners together.
   *
   * @default one of its own, with `limits`
   */
  readonly limiter?: ConnectionLimiter;
  /** Which WebSockets are taken. @default all */
  readonly webSockets?: WebSocketAcceptorOptions;
  /** How many HTTP tunnels there may be. @default those of `defaultTunnelLimits` */
  readonly tunnels?: Pick<RtmptServerOptions, "limits" | "randomBytes">;
  /** Measures the time limits of connections. @default the platform's */
  readonly clock?: Clock;
  /**
   * Called when a connection was cut before it became a transport.
   *
   * @param remote  its address, as far as that was known
   * @default nothing is done
   */
  readonly onRefused?: (error: TransportError, remote: string) => void;
  /**
   * Called with each HTTP request that nothing here is for, and with what is no request.
   *
   * @param status  what it was answered with
   * @param what    method and path, or a code of Node
   * @default nothing is done
   */
  readonly onStrayRequest?: (remote: string, status: number, what: string) => void;
}

const ignore = (): void => {};

/**
 * Listens on one port for RTMP, RTMPE, RTMPS, RTMPT, RTMPTS and RTMP over WebSocket.
 *
 * What a client speaks is told from its first byte, so nobody waits for anything; a client has `firstBytesMs` to send
 * it, and its session's own time limits begin behind it. A transport has not been started when it is given.
 *
 * @param onTransport  called for each connection, tunnel and WebSocket
 * @throws Error of Node with a `code` such as `EADDRINUSE` or `EACCES`, as the rejection; RangeError for a port, a limit or a
 *   range of addresses out of range; TypeError for `tlsOnly` without a certificate
 */
export async function listen(
  options: ListenOptions,
  onTransport: (transport: Transport, arrival: Arrival) => void,
): Promise<TcpListener> {
  const { certificate, tlsOnly = false, clock = systemClock, onRefused = ignore } = options;
  if (tlsOnly && certificate === undefined) throw new TypeError("tlsOnly needs a certificate");
  const limits = resolveListenLimits(options.limits);
  const limiter = options.limiter ?? new ConnectionLimiter(options.limits);
  const trustedProxies = new AddressRanges(options.trustedProxies ?? []);
  const deadlines = new Deadlines<Arriving>(clock, limits.firstBytesMs);

  const onTunnel = (transport: Transport, scheme: ArrivalScheme): void =>
    onTransport(transport, { scheme, established: ignore });
  const upgrades = new WebSocketAcceptor({ clock, ...options.webSockets }, onTunnel);
  const tunnels = new RtmptServer(
    {
      clock,
      ...options.tunnels,
      groupOf: (remote) => groupOf(remote, trustedProxies),
      onRefused: (error, peer) => onRefused(error, peer.remote),
    },
    onTunnel,
  );
  const front = new HttpFront({
    limits,
    trustedProxies,
    upgrades,
    tunnels,
    onStray: options.onStrayRequest ?? ignore,
  });

  const reception: Reception = {
    limits,
    limiter,
    deadlines,
    clock,
    trustedProxies,
    sniffs: options.sniff ?? true,
    certificate,
    tlsOnly,
    onTransport,
    onHttp: (socket, connection) => front.accept(socket, connection),
    onRefused,
  };
  const scheme = tlsOnly ? "rtmps" : "rtmp";
  const listener = await bind(options, scheme, (socket) => receive(socket, reception));
  return {
    ...listener,
    async close() {
      upgrades.close();
      tunnels.close();
      front.close();
      for (const arriving of deadlines.waiting) arriving.cut();
      deadlines.close();
      await listener.close();
    },
  };
}

/** What the tunnels of a client are counted as; those of a proxy that says of nobody are not counted. */
function groupOf(remote: string, trustedProxies: AddressRanges): string | undefined {
  const address = addressOf(remote);
  return isLoopback(address) || trustedProxies.includes(address) ? undefined : networkOf(address);
}
