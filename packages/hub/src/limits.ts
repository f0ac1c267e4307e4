/** How far a subscriber may stay behind. */
export interface SubscriberLimits {
  /**
   * Bytes queued for a subscriber above which it skips to a later keyframe.
   * @default 4194304
   */
  readonly skipAboveBytes: number;
  /**
   * Milliseconds that the oldest queued byte may wait before the subscriber skips to a later keyframe.
   *
   * After a join as much more as the GOP had been going on: who gets all of it at once may take that long to read it.
   * @default 10000
   */
  readonly skipAboveMs: number;
  /**
   * Milliseconds that a skipping subscriber's queue may take to become half as long before the subscriber is given up.
   * @default 15000
   */
  readonly maxSkipMs: number;
}

/** What one live stream may keep in memory and how patient it is. */
export interface HubLimits extends SubscriberLimits {
  /**
   * Milliseconds that players wait for a publisher that was lost, before they are told that the stream ended.
   * @default 15000
   */
  readonly graceMs: number;
  /**
   * Milliseconds of silence after which a publisher no longer keeps its name from others.
   * @default 10000
   */
  readonly staleMs: number;
  /**
   * Milliseconds of silence after which its owner may take over a name, unless the policy is `reject`.
   * @default 2000
   */
  readonly resumeMs: number;
  /**
   * Bytes of media that the GOP cache of one stream keeps; a longer GOP is not cached.
   * @default 16777216
   */
  readonly gopCacheBytes: number;
  /**
   * Packets that the GOP cache of one stream keeps, for small ones cost more than their bytes; a longer GOP is not cached.
   * @default 32768
   */
  readonly gopCachePackets: number;
  /**
   * Milliseconds of media that the GOP cache of one stream keeps; a longer GOP is not cached.
   * @default 15000
   */
  readonly gopCacheMs: number;
  /**
   * Milliseconds of audio without a frame of video after which a joiner starts on audio alone.
   * @default 10000
   */
  readonly videoGapMs: number;
  /**
   * Tracks of each kind whose sequence starts are kept.
   * @default 16
   */
  readonly maxTracks: number;
  /**
   * Bytes of one sequence start, metadata message or track configuration that is kept for late joiners.
   * @default 262144
   */
  readonly maxSequenceStartBytes: number;
}

/** The limits that hold where none are given. */
export const defaultHubLimits: HubLimits = Object.freeze({
  graceMs: 15_000,
  staleMs: 10_000,
  resumeMs: 2_000,
  gopCacheBytes: 16 * 1024 * 1024,
  gopCachePackets: 32_768,
  gopCacheMs: 15_000,
  videoGapMs: 10_000,
  maxTracks: 16,
  maxSequenceStartBytes: 256 * 1024,
  skipAboveBytes: 4 * 1024 * 1024,
  skipAboveMs: 10_000,
  maxSkipMs: 15_000,
});

// Timers of the platforms count in 31 bits and run at once beyond.
const maxTimerMs = 0x7fffffff;

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a limit is negative or not a number, or `graceMs` is above 0x7fffffff; 0 turns a cache or a
 *   wait off
 */
export function resolveHubLimits(limits: Partial<HubLimits> = {}): HubLimits {
  const resolved = { ...defaultHubLimits, ...limits };
  requireNotNegative(resolved);
  if (resolved.graceMs > maxTimerMs) {
    throw new RangeError(`graceMs must not be above ${maxTimerMs}, and is ${resolved.graceMs}`);
  }
  return resolved;
}

/**
 * Fills in what is left out.
 *
 * @throws RangeError when a limit is negative or not a number
 */
export function resolveSubscriberLimits(
  limits: Partial<SubscriberLimits>,
  { skipAboveBytes, skipAboveMs, maxSkipMs }: SubscriberLimits,
): SubscriberLimits {
  const resolved = { skipAboveBytes, skipAboveMs, maxSkipMs, ...limits };
  requireNotNegative(resolved);
  return resolved;
}

function requireNotNegative(limits: object): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!(value >= 0)) throw new RangeError(`${name} must not be negative, and is ${value}`);
  }
}
