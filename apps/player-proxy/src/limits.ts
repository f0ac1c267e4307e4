/** How many streams the proxy fetches, and for how long. */
export interface ProxyLimits {
  /**
   * Milliseconds that a stream is fetched on behind its last player; 0: not at all.
   * @default 10000
   */
  readonly lingerMs: number;
  /**
   * Streams that are fetched at a time, for players may ask for any name; who asks for one more is refused.
   * @default 1024
   */
  readonly maxFetchedStreams: number;
}

/** The limits that hold where none are given. */
export const defaultProxyLimits: ProxyLimits = Object.freeze({
  lingerMs: 10_000,
  maxFetchedStreams: 1_024,
});

// Timers of the platforms count in 31 bits and run at once beyond.
const maxTimerMs = 0x7fffffff;

/**
 * Fills in the defaults.
 *
 * @throws RangeError when `lingerMs` is not a number from 0 to 0x7fffffff, or `maxFetchedStreams` not one from 1 on
 */
export function resolveProxyLimits(limits: Partial<ProxyLimits> = {}): ProxyLimits {
  const resolved = { ...defaultProxyLimits, ...limits };
  const { lingerMs, maxFetchedStreams } = resolved;
  if (!(lingerMs >= 0 && lingerMs <= maxTimerMs)) {
    throw new RangeError(`lingerMs must be from 0 to ${maxTimerMs}, and is ${lingerMs}`);
  }
  if (!(maxFetchedStreams >= 1)) {
    throw new RangeError(`maxFetchedStreams must be 1 or more, and is ${maxFetchedStreams}`);
  }
  return resolved;
}
