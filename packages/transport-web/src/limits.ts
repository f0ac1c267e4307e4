/** What one connection may ask for. */
export interface WebTransportLimits {
  /**
   * Received bytes that may wait while their owner does not read on; more end the connection.
   *
   * The WebSocket of the platforms cannot be paused: what the server sends has to be kept, or the connection given up.
   * @default 8388608
   */
  readonly maxUnreadBytes: number;
}

/** The limits that hold where none are given. */
export const defaultWebTransportLimits: WebTransportLimits = Object.freeze({
  maxUnreadBytes: 8 * 1024 * 1024,
});

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a limit is negative or not a number; `Infinity` turns it off
 */
export function resolveWebTransportLimits(
  limits: Partial<WebTransportLimits> = {},
): WebTransportLimits {
  const resolved = { ...defaultWebTransportLimits, ...limits };
  for (const [name, value] of Object.entries(resolved)) {
    if (!(value >= 0)) throw new RangeError(`${name} must not be negative, and is ${value}`);
  }
  return resolved;
}
