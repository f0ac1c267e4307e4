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
}
