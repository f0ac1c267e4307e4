/** What one WebSocket connection may ask for. */
export interface WebSocketLimits {
  /**
   * Bytes of one WebSocket message, in however many fragments it comes; a larger one ends the connection.
   * @default 16777216
   */
  readonly maxWebSocketMessageBytes: number;
}

/** The limits that hold where none are given. */
export const defaultWebSocketLimits: WebSocketLimits = Object.freeze({
  maxWebSocketMessageBytes: 16 * 1024 * 1024,
});

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a limit is not an integer from 1 to 0x7fffffff
 */
export function resolveWebSocketLimits(limits: Partial<WebSocketLimits> = {}): WebSocketLimits {
  const resolved = { ...defaultWebSocketLimits, ...limits };
  for (const [name, value] of Object.entries(resolved)) {
    // The library counts in 31 bits and takes 0 for no limit.
    if (!Number.isInteger(value) || value < 1 || value > 0x7fffffff) {
      throw new RangeError(`${name} must be an integer from 1 to 2147483647, and is ${value}`);
    }
  }
  return resolved;
}
