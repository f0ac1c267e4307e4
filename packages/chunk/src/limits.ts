/** What a peer may ask of a `ChunkReader`; each is checked before memory is spent on it. */
export interface ChunkLimits {
  /**
   * Longest message, in bytes, 1 to 16777215 (the most that a header can declare).
   *
   * @default 16777215
   */
  readonly maxMessageBytes: number;
  /**
   * Chunk streams whose last header is remembered, 1 to 65598.
   *
   * @default 4096
   */
  readonly maxChunkStreams: number;
  /**
   * Messages of several chunks that are begun and not ended, at least 1.
   *
   * @default 64
   */
  readonly maxPartialMessages: number;
  /**
   * Payload bytes of all messages begun and not ended, the current chunk included, at least 1.
   *
   * @default 33554432
   */
  readonly maxPartialBytes: number;
  /**
   * Smallest chunk size that a peer may set, in bytes, at least 1.
   *
   * @default 1
   */
  readonly minChunkSize: number;
  /**
   * Largest chunk size that a peer may set, in bytes, up to 0x7fffffff.
   *
   * It needs no caution: buffers grow with the bytes that arrive, not with the chunk size.
   *
   * @default 2147483647
   */
  readonly maxChunkSize: number;
}

/** The limits that hold where the caller names none. */
export const defaultChunkLimits: Readonly<ChunkLimits> = Object.freeze({
  maxMessageBytes: 0xffffff,
  maxChunkStreams: 4096,
  maxPartialMessages: 64,
  maxPartialBytes: 32 * 1024 * 1024,
  minChunkSize: 1,
  maxChunkSize: 0x7fffffff,
});

const largest: readonly (readonly [keyof ChunkLimits, number])[] = [
  ["maxMessageBytes", 0xffffff],
  ["maxChunkStreams", 65_598],
  ["maxPartialMessages", 65_598],
  ["maxPartialBytes", Number.MAX_SAFE_INTEGER],
  ["minChunkSize", 0x7fffffff],
  ["maxChunkSize", 0x7fffffff],
];

/**
 * Completes limits with the defaults.
 *
 * @throws RangeError when a limit is not an integer of its range, or the chunk sizes leave no room between them
 */
export function resolveLimits(limits?: Partial<ChunkLimits>): ChunkLimits {
  if (limits === undefined || limits === defaultChunkLimits) return defaultChunkLimits;

  const resolved = { ...defaultChunkLimits, ...limits };
  for (const [name, max] of largest) {
    const value = resolved[name];
    if (!Number.isInteger(value) || value < 1 || value > max) {
      throw new RangeError(`limits.${name} must be an integer from 1 to ${max}, not ${value}`);
    }
  }
  if (resolved.minChunkSize > resolved.maxChunkSize) {
    throw new RangeError("limits.minChunkSize must not exceed limits.maxChunkSize");
  }
  return resolved;
}
