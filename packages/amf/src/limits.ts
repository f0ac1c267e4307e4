/** What one message body may ask of a decoder; past a limit it throws an `AmfError` whose fault is `limit`. */
export interface AmfLimits {
  /**
   * Containers within containers, the outermost included; 0..64.
   * @default 32
   */
  readonly maxDepth: number;
  /**
   * Values in one message body: nested ones and references count too.
   * @default 65536
   */
  readonly maxValues: number;
  /**
   * UTF-8 bytes of one string, long string or XML document.
   * @default 1048576
   */
  readonly maxStringBytes: number;
  /**
   * UTF-8 bytes of one property name or class name.
   * @default 1024
   */
  readonly maxNameBytes: number;
  /**
   * Properties of one object, typed object or ECMA array; repeated names count each time.
   * @default 4096
   */
  readonly maxProperties: number;
}

/** The limits that hold where none are given. */
export const defaultAmfLimits: Readonly<AmfLimits> = Object.freeze({
  maxDepth: 32,
  maxValues: 65_536,
  maxStringBytes: 1_048_576,
  maxNameBytes: 1024,
  maxProperties: 4096,
});

// Decoding recurses once per level, so the depth stays far from any engine's stack.
const highestDepth = 64;

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a limit is not an integer of 0 or more, or `maxDepth` is above 64
 */
export function resolveLimits(limits: Partial<AmfLimits> | undefined): Readonly<AmfLimits> {
  if (limits === undefined) return defaultAmfLimits;

  const resolved = { ...defaultAmfLimits, ...limits };
  for (const [name, value] of Object.entries(resolved)) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`${name} must be an integer of 0 or more, not ${value}`);
    }
  }
  if (resolved.maxDepth > highestDepth) {
    throw new RangeError(`maxDepth must be at most ${highestDepth}, not ${resolved.maxDepth}`);
  }
  return resolved;
}
