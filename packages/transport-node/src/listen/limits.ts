import { readOpenFileLimit } from "./open-file-limit.ts";

/** How many connections a listener has, and how long and much they may be before they say what they want. */
export interface ListenLimits {
  /**
   * Connections at a time; never more than nine tenths of the open files that the process may have.
   * @default 50000
   */
  readonly maxConnections: number;
  /**
   * Connections at a time from one address; an IPv6 address counts as its network of 64 bits.
   * @default 256
   */
  readonly maxConnectionsPerAddress: number;
  /**
   * Connections at a time from one address that are not established yet; the oldest makes room for one more.
   * @default 64
   */
  readonly maxHalfOpenPerAddress: number;
  /**
   * Milliseconds for all that comes before the protocol is known: header of the PROXY protocol, TLS, first byte.
   * @default 10000
   */
  readonly firstBytesMs: number;
  /**
   * Bytes of one header of the PROXY protocol.
   * @default 4096
   */
  readonly maxProxyHeaderBytes: number;
  /**
   * Bytes of the headers of one HTTP request.
   * @default 16384
   */
  readonly maxHttpHeaderBytes: number;
  /**
   * Milliseconds for the headers of one HTTP request, from its first byte; of the first one from the connection's.
   * @default 10000
   */
  readonly httpHeadersMs: number;
  /**
   * Milliseconds for a whole HTTP request, and that nothing may move while it is answered.
   * @default 30000
   */
  readonly httpRequestMs: number;
  /**
   * Milliseconds that an HTTP connection waits for its next request.
   * @default 30000
   */
  readonly httpKeepAliveMs: number;
}

/** The limits that hold where none are given. */
export const defaultListenLimits: ListenLimits = Object.freeze({
  maxConnections: 50_000,
  maxConnectionsPerAddress: 256,
  maxHalfOpenPerAddress: 64,
  firstBytesMs: 10_000,
  maxProxyHeaderBytes: 4_096,
  maxHttpHeaderBytes: 16_384,
  httpHeadersMs: 10_000,
  httpRequestMs: 30_000,
  httpKeepAliveMs: 30_000,
});

// Timers of Node count in 31 bits and run at once beyond.
const maxNumber = 0x7fffffff;
// Files, origins and the program itself need some as well.
const shareOfOpenFiles = 0.9;

/**
 * Fills in the defaults, and keeps `maxConnections` below what the system allows.
 *
 * @param openFiles  files that the process may have open
 * @throws RangeError when a limit is not an integer from 1 to 0x7fffffff
 */
export function resolveListenLimits(
  limits: Partial<ListenLimits> = {},
  openFiles: number = readOpenFileLimit(),
): ListenLimits {
  const resolved = { ...defaultListenLimits, ...limits };
  for (const [name, value] of Object.entries(resolved)) {
    if (!Number.isInteger(value) || value < 1 || value > maxNumber) {
      throw new RangeError(`${name} must be an integer from 1 to ${maxNumber}, and is ${value}`);
    }
  }
  const possible = Math.max(1, Math.floor(openFiles * shareOfOpenFiles));
  return { ...resolved, maxConnections: Math.min(resolved.maxConnections, possible) };
}
