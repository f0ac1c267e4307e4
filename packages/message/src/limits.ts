import type { AmfLimits } from "@rtmp/amf";

/** What a message may cost before it is refused. */
export interface MessageLimits {
  /**
   * Longest command payload, in bytes.
   *
   * @default 65536
   */
  readonly maxCommandBytes: number;
  /**
   * Longest command name, in UTF-16 units.
   *
   * @default 128
   */
  readonly maxCommandNameLength: number;
  /**
   * Longest data message payload that is decoded, in bytes.
   *
   * @default 1048576
   */
  readonly maxDataBytes: number;
  /**
   * Longest shared object payload, in bytes.
   *
   * @default 262144
   */
  readonly maxSharedObjectBytes: number;
  /**
   * Events of one shared object message; each slot of a change counts.
   *
   * @default 1024
   */
  readonly maxSharedObjectEvents: number;
  /**
   * Longest name of a shared object or of one of its slots, in bytes of UTF-8.
   *
   * @default 512
   */
  readonly maxSharedObjectNameBytes: number;
  /**
   * Messages in one aggregate message.
   *
   * @default 4096
   */
  readonly maxAggregateParts: number;
  /**
   * Longest stream path (app and name), in bytes of UTF-8.
   *
   * @default 512
   */
  readonly maxStreamPathBytes: number;
  /**
   * Bounds on the AMF values of one payload; what is left out has the default of `@rtmp/amf`.
   *
   * @default {}
   */
  readonly amf: Partial<AmfLimits>;
}

/** The limits that apply where none are given. */
export const defaultMessageLimits: MessageLimits = Object.freeze({
  maxCommandBytes: 65_536,
  maxCommandNameLength: 128,
  maxDataBytes: 1_048_576,
  maxSharedObjectBytes: 262_144,
  maxSharedObjectEvents: 1024,
  maxSharedObjectNameBytes: 512,
  maxAggregateParts: 4096,
  maxStreamPathBytes: 512,
  amf: Object.freeze({}),
});

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a bound is not a positive integer
 */
export function resolveMessageLimits(limits?: Partial<MessageLimits>): MessageLimits {
  if (limits === undefined || limits === defaultMessageLimits) return defaultMessageLimits;

  const resolved = { ...defaultMessageLimits, ...limits };
  const { amf: _amf, ...bounds } = resolved;
  for (const [name, value] of Object.entries(bounds)) {
    if (!Number.isSafeInteger(value) || value <= 0) {
      throw new RangeError(`${name} must be a positive integer, not ${value}`);
    }
  }
  return resolved;
}
