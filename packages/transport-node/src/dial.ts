import { connect, type Socket } from "node:net";

import type { Dial, Transport } from "@rtmp/session";

import { SocketTransport } from "./socket-transport.ts";

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

/**
 * Opens a TCP connection.
 *
 * @throws Error of Node with a `code` such as `ECONNREFUSED`, `ENOTFOUND` or `ETIMEDOUT`, as the rejection; RangeError
 *   for a port out of range
 */
export async function dialTcp(options: TcpDialOptions): Promise<Transport> {
  const { host, port, timeoutMs = defaultTimeoutMs } = options;
  const socket = connect({
    host,
    port,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveProbeMs,
  });
  await connected(socket, `${host}:${port}`, timeoutMs);
  return new SocketTransport(socket);
}

/**
 * Opens a way to an RTMP server, for `connect` of `@rtmp/session`.
 *
 * @throws TypeError for a scheme other than rtmp, as the rejection; what {@link dialTcp} rejects with
 */
export const dial: Dial = ({ scheme, host, port }) => {
  if (scheme === "rtmp") return dialTcp({ host, port });
  return Promise.reject(new TypeError(`${scheme} cannot be dialled; only rtmp can`));
};

function connected(socket: Socket, where: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const text = `no connection to ${where} within ${timeoutMs} ms`;
      socket.destroy(Object.assign(new Error(text), { code: "ETIMEDOUT" }));
    }, timeoutMs);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve();
    });
    socket.once("close", () => clearTimeout(timer));
    socket.once("connect", () => clearTimeout(timer));
  });
}
