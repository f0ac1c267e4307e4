/** How much time and memory HTTP tunnels get. */
export interface TunnelLimits {
  /**
   * Tunnels of one server at a time.
   * @default 10000
   */
  readonly maxTunnels: number;
  /**
   * Tunnels from one address at a time; loopback and trusted proxies are not counted.
   * @default 256
   */
  readonly maxTunnelsPerAddress: number;
  /**
   * Bytes of the body of one request.
   * @default 8388608
   */
  readonly maxTunnelBodyBytes: number;
  /**
   * Bytes of one tunnel that are being read, came too early, or wait while its owner does not read; each piece counts
   * 128 bytes more.
   * @default 16777216
   */
  readonly maxTunnelInputBytes: number;
  /**
   * The same of all tunnels together; above it the tunnel that has the most is closed.
   * @default 268435456
   */
  readonly maxAllTunnelsInputBytes: number;
  /**
   * Bytes that wait in one tunnel until its client fetches them.
   * @default 67108864
   */
  readonly maxTunnelOutputBytes: number;
  /**
   * RTMP bytes of one answer; as many answers as `maxEarlyRequests` and one more are kept for requests that are repeated.
   * @default 131072
   */
  readonly maxTunnelAnswerBytes: number;
  /**
   * Requests of one tunnel that are kept while one before them is missing.
   * @default 4
   */
  readonly maxEarlyRequests: number;
  /**
   * Milliseconds that a missing request is waited for.
   * @default 2000
   */
  readonly missingRequestMs: number;
  /**
   * Milliseconds that an `idle` request is held until there are bytes for it; 0 answers at once. HTTP servers lose patience:
   * that of `listen` after `httpRequestMs`.
   * @default 200
   */
  readonly idleHoldMs: number;
  /**
   * Milliseconds without a request after which a tunnel is closed.
   * @default 30000
   */
  readonly tunnelTimeoutMs: number;
}

/** The limits that hold where none are given. */
export const defaultTunnelLimits: TunnelLimits = Object.freeze({
  maxTunnels: 10_000,
  maxTunnelsPerAddress: 256,
  maxTunnelBodyBytes: 8 * 1024 * 1024,
  maxTunnelInputBytes: 16 * 1024 * 1024,
  maxAllTunnelsInputBytes: 256 * 1024 * 1024,
  maxTunnelOutputBytes: 64 * 1024 * 1024,
  maxTunnelAnswerBytes: 128 * 1024,
  maxEarlyRequests: 4,
  missingRequestMs: 2_000,
  idleHoldMs: 200,
  tunnelTimeoutMs: 30_000,
});

// Timers of the platforms count in 31 bits and run at once beyond.
const mostOfAll = 0x7fffffff;
const mayBeZero: ReadonlySet<string> = new Set(["maxEarlyRequests", "idleHoldMs"]);

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a limit is not an integer from 1 (`maxEarlyRequests` and `idleHoldMs`: 0) to 0x7fffffff
 */
export function resolveTunnelLimits(limits: Partial<TunnelLimits> = {}): TunnelLimits {
  const resolved = { ...defaultTunnelLimits, ...limits };
  for (const [name, value] of Object.entries(resolved)) {
    const least = mayBeZero.has(name) ? 0 : 1;
    if (!Number.isInteger(value) || value < least || value > mostOfAll) {
      throw new RangeError(
        `${name} must be an integer from ${least} to ${mostOfAll}, and is ${value}`,
      );
    }
  }
  return resolved;
}
