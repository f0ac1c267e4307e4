/** What one message body may ask of a decoder; past a limit it throws an `AmfError` whose fault is `limit`. */
export interface AmfLimits {
  /**
   * Bytes from the first value to the end of the body.
   * @default 16777215
   */
  readonly maxBodyBytes: number;
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
   * UTF-8 bytes of one string, long string or XML text.
   * @default 1048576
   */
  readonly maxStringBytes: number;
  /**
   * UTF-8 bytes of one property name, class name or type name.
   * @default 1024
   */
  readonly maxNameBytes: number;
  /**
   * Named members of one object, typed object or array, and entries of one dictionary; repeated names count each time.
   * @default 4096
   */
  readonly maxProperties: number;
}

/** The limits that hold where none are given. */
export const defaultAmfLimits: Readonly<AmfLimits> = Object.freeze({
  // The length of a message is a UI24 (RTMP §5.3.1.2.5); so is that of an FLV tag (FLV E.4.1).
  maxBodyBytes: 16_777_215,
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
