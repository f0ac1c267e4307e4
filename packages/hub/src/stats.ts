/** What a live stream has done and holds. */
export interface LiveStreamStats {
  /** The name: `app/streamName`. */
  readonly streamPath: string;
  /** Whether it has a publisher now. */
  readonly publishing: boolean;
  /** Subscribers now, waiting ones included. */
  readonly subscribers: number;
  /** Packets received since the stream began. */
  readonly packets: number;
  /** Bytes of their bodies. */
  readonly bytes: number;
  /** Bytes that the GOP cache keeps now. */
  readonly gopCacheBytes: number;
  /** Packets that slow subscribers were not sent, summed over them. */
  readonly skippedPackets: number;
  /** How often a subscriber fell behind, summed over them. */
  readonly skips: number;
  /** Subscribers that were given up because they stayed behind. */
  readonly evicted: number;
}

/** What slow subscribers of one stream have cost, summed over them. */
export interface SlowCounts {
  /** Packets that they were not sent. */
  skippedPackets: number;
  /** How often one fell behind. */
  skips: number;
  /** How many were given up. */
  evicted: number;
}
