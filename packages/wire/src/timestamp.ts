/**
 * Message timestamps: unsigned 32-bit milliseconds that wrap, compared with serial number arithmetic.
 *
 * Of two timestamps the one less than 2^31 ms ahead of the other is the later one.
 *
 * RTMP §5.3.1.2, §5.3.1.3
 */

/** Adds milliseconds, also negative ones, and wraps at 2^32. */
export function addTimestamp(timestamp: number, milliseconds: number): number {
  return (timestamp + milliseconds) >>> 0;
}

/** Returns `later - earlier` in milliseconds, from -2^31 to 2^31 - 1. */
export function timestampDifference(later: number, earlier: number): number {
  return (later - earlier) | 0;
}
