/** How patient a pull or a push is with other servers. */
export interface RelayLimits {
  /**
   * Milliseconds that the first wait before another try lasts at most; each further wait is twice as long.
   * @default 500
   */
  readonly firstRetryMs: number;
  /**
   * Milliseconds that no wait before another try is longer than.
   * @default 30000
   */
  readonly maxRetryMs: number;
  /**
   * Milliseconds after which a connection that did what it was asked for counts as stable: the waits begin anew.
   * @default 10000
   */
  readonly stableMs: number;
  /**
   * Milliseconds from dialling to the answer to publish or play.
   * @default 30000
   */
  readonly openTimeoutMs: number;
  /**
   * Milliseconds without media after which a pull tries its next source; one with a single source waits.
   * @default 10000
   */
  readonly silentSourceMs: number;
  /**
   * Reconnect Requests in a row that are followed, each from a server whose connection was not stable yet; one more is
   * not. 0 tells servers that none is.
   * @default 5
   */
  readonly maxReconnects: number;
}

/** The limits that hold where none are given. */
export const defaultRelayLimits: RelayLimits = Object.freeze({
  firstRetryMs: 500,
  maxRetryMs: 30_000,
  stableMs: 10_000,
  openTimeoutMs: 30_000,
  silentSourceMs: 10_000,
  maxReconnects: 5,
});

// Timers of the platforms count in 31 bits and run at once beyond.
const maxTimerMs = 0x7fffffff;

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a time is not a number from 1 to 0x7fffffff, or `maxReconnects` is negative or no number
 */
export function resolveRelayLimits(limits: Partial<RelayLimits> = {}): RelayLimits {
  const resolved = { ...defaultRelayLimits, ...limits };
  const { maxReconnects, ...times } = resolved;
  if (!(maxReconnects >= 0)) {
    throw new RangeError(`maxReconnects must not be negative, and is ${maxReconnects}`);
  }
  for (const [name, value] of Object.entries(times)) {
    if (!(value >= 1 && value <= maxTimerMs)) {
      throw new RangeError(`${name} must be from 1 to ${maxTimerMs}, and is ${value}`);
    }
  }
  return resolved;
}
