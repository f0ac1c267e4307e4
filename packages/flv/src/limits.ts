/** What one media message, or one tag of a file, may make its reader do. */
export interface FlvLimits {
  /**
   * Most tracks in one Multitrack message.
   *
   * @default 16
   */
  readonly maxTracksPerMessage: number;
  /**
   * Most ModEx blocks in one message.
   *
   * @default 16
   */
  readonly maxModExBlocks: number;
  /**
   * Most parameter sets in one codec configuration record.
   *
   * @default 256
   */
  readonly maxParameterSets: number;
  /**
   * Most bytes of data in one tag of a file.
   *
   * @default 16777215
   */
  readonly maxTagBytes: number;
}

/** The limits that hold when nothing else is said. */
export const defaultFlvLimits: FlvLimits = Object.freeze({
  maxTracksPerMessage: 16,
  maxModExBlocks: 16,
  maxParameterSets: 256,
  maxTagBytes: 0xff_ffff,
});

/**
 * Fills in the defaults and checks each limit.
 *
 * Call it once and keep the result: the readers take it for every message and do not check it again.
 *
 * @throws RangeError when a limit is not a whole number from 1
 */
export function resolveFlvLimits(limits: Partial<FlvLimits> = {}): FlvLimits {
  const resolved: FlvLimits = { ...defaultFlvLimits, ...limits };
  for (const [name, value] of Object.entries(resolved)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name} must be a whole number from 1, not ${value}`);
    }
  }
  return Object.freeze(resolved);
}
