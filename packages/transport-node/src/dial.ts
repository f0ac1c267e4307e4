import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import type { Dial, Transport } from "@rtmp/session";

import { dialRtmpt } from "./rtmpt/dial-rtmpt.ts";
import { SocketTransport } from "./socket-transport.ts";
import { type TlsVerification, verifyingOptions } from "./tls/verification.ts";

// A host that drops what it does not want says nothing; the system would go on for two minutes.
const defaultTimeoutMs = 10_000;
// The first probe after this much silence; the kernel finds peers that went without a word.
const keepAliveProbeMs = 15_000;

/** Where to connect. */
export interface TcpDialOptions {
  /** IP address or host name, without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** How long the connection may take, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
}

/** Where to connect by TLS, and whom to expect there. */
export interface TlsDialOptions extends TcpDialOptions, TlsVerification {}

/** How {@link createDial} connects. */
export interface DialOptions {
  /** How long a connection may take, in milliseconds. @default 10000 */
  readonly timeoutMs?: number;
  /** How servers are verified where the scheme has TLS. @default by the authorities that Node knows */
  readonly tls?: TlsVerification;
}

/**
 * Opens a TCP connection.
 *
 * @throws Error of Node with a `code` such as `ECONNREFUSED`, `ENOTFOUND` or `ETIMEDOUT`, as the rejection; RangeError
 *   for a port out of range
 */
export async function dialTcp(options: TcpDialOptions): Promise<Transport> {
  const socket = connectTcp(options);
  await opened(socket, "connect", options);
  return new SocketTransport(socket);
}

/**
 * Opens a TLS connection, version 1.2 or later.
 *
 * @throws Error of Node with a `code`, as the rejection: those of {@link dialTcp}, and those of a certificate that is not
 *   accepted, such as `DEPTH_ZERO_SELF_SIGNED_CERT` or `ERR_TLS_CERT_ALTNAME_INVALID`; RangeError for a port out of range
 */
export async function dialTls(options: TlsDialOptions): Promise<Transport> {
  const startedAt = performance.now();
  const plain = connectTcp(options);
  await opened(plain, "connect", options);
  const socket = connectTls({ socket: plain, ...verifyingOptions(options.host, options) });
  await opened(socket, "secureConnect", options, performance.now() - startedAt);
  return new SocketTransport(socket);
}

/**
 * Makes a function that opens ways to RTMP servers, for `connect` of `@rtmp/session`.
 *
 * It rejects with what {@link dialTcp}, {@link dialTls} and {@link dialRtmpt} do. What rtmpe and rtmpte encrypt, the
 * session does: here they are rtmp and rtmpt.
 */
export function createDial({ timeoutMs, tls }: DialOptions = {}): Dial {
  return ({ scheme, host, port }) => {
    const where = { host, port, ...(timeoutMs !== undefined && { timeoutMs }) };
    if (scheme === "rtmps") return dialTls({ ...where, ...tls });
    if (scheme === "rtmpt" || scheme === "rtmpte") return dialRtmpt(where);
    if (scheme === "rtmpts") return dialRtmpt({ ...where, ...tls, secure: true });
    return dialTcp(where);
  };
}

/** Opens ways to RTMP servers, with the defaults of {@link createDial}. */
export const dial: Dial = createDial();

function connectTcp({ host, port }: TcpDialOptions): Socket {
  return connect({
    host,
    port,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveProbeMs,
  });
}

function opened(
  socket: Socket,
  event: "connect" | "secureConnect",
  { host, port, timeoutMs = defaultTimeoutMs }: TcpDialOptions,
  spentMs = 0,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const text = `no connection to ${host}:${port} within ${timeoutMs} ms`;
      socket.destroy(Object.assign(new Error(text), { code: "ETIMEDOUT" }));
    }, timeoutMs - spentMs);
    socket.once("error", reject);
    socket.once(event, () => {
      socket.off("error", reject);
      resolve();
    });
    socket.once("close", () => clearTimeout(timer));
    socket.once(event, () => clearTimeout(timer));
  });
}
