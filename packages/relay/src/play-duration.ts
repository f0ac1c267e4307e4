/**
 * How long a play of a live stream lasts.
 *
 * RTMP §7.2.2.1
 */

import type { MediaPacket } from "@rtmp/flv";
import { timestampDifference } from "@rtmp/wire";

// Flash gives the duration of a play in seconds, as the specification has it, librtmp in milliseconds. Whole seconds in
// milliseconds are multiples of this; as many seconds would be a quarter of an hour and more.
const millisecondsFrom = 1_000;

/** Counts the media that a player gets, by its timestamps. */
export class PlayDuration {
  readonly #limitMs: number;
  // Of the first frame since the last interruption, and how much had played before.
  #startedAt: number | undefined;
  #beforeMs = 0;
  #playedMs = 0;

  /**
   * @param duration  as the client sent it: seconds, or milliseconds where it is a multiple of 1000; without end when it is
   *   0 or less
   */
  constructor(duration: number) {
    const isMilliseconds = duration >= millisecondsFrom && duration % millisecondsFrom === 0;
    const limitMs = isMilliseconds ? duration : duration * 1_000;
    this.#limitMs = limitMs > 0 ? limitMs : Number.POSITIVE_INFINITY;
  }

  /** The whole duration in seconds; undefined when it has no end. */
  get seconds(): number | undefined {
    return Number.isFinite(this.#limitMs) ? this.#limitMs / 1_000 : undefined;
  }

  /** Counts packets from index `from` on, and returns the index of the first one that no longer belongs to the play. */
  count(packets: readonly MediaPacket[], from: number): number {
    if (!Number.isFinite(this.#limitMs)) return packets.length;
    for (let index = from; index < packets.length; index++) {
      const packet = packets[index];
      if (packet === undefined || !isFrame(packet)) continue;
      this.#startedAt ??= packet.timestamp;
      const playedMs = this.#beforeMs + timestampDifference(packet.timestamp, this.#startedAt);
      if (playedMs >= this.#limitMs) return index;
      this.#playedMs = Math.max(this.#playedMs, playedMs);
    }
    return packets.length;
  }

  /** What comes next does not follow in time: the player paused, or changed to another stream. */
  interrupt(): void {
    this.#beforeMs = this.#playedMs;
    this.#startedAt = undefined;
  }
}

/** Headers and data often carry another clock's time. */
function isFrame({ kind, frames }: MediaPacket): boolean {
  return kind !== "data" && frames.some(({ role }) => role === "coded-frames");
}
