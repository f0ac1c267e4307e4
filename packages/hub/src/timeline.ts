/**
 * One timeline for a live stream, whoever publishes it.
 *
 * The first publisher's timestamps pass unchanged. Those of a later one continue where the stream stood: shifted by one
 * offset, so that its first frame comes as much later as time has passed. No output re-bases per viewer.
 */

import type { MediaPacket } from "@rtmp/flv";
import { addTimestamp, timestampDifference } from "@rtmp/wire";

// Audio and video of one publisher may be this far apart in order of arrival; more is another clock.
const maxRegressionMs = 10_000;

/** Maps the timestamps of successive publishers onto one timeline. */
export class Timeline {
  // Only frames begin the timeline and move it on: headers and data often carry 0 or another clock's time.
  #started = false;
  #offset: number | undefined = 0;
  /** The latest timestamp given to a frame, and when the last frame came. */
  #latest = 0;
  #latestAt = 0;
  /** Nothing of the present publisher may come before this; undefined once it is out of reach. */
  #floor: number | undefined;

  /** Another publisher begins; its timestamps have nothing to do with the last one's. */
  restart(): void {
    if (!this.#started) return;
    this.#offset = undefined;
    this.#floor = undefined;
  }

  /**
   * Returns the timestamp of a packet of the present publisher.
   *
   * @param now  milliseconds of a clock that does not go back
   */
  place({ kind, timestamp, frames }: MediaPacket, now: number): number {
    // FFmpeg takes onMetaData whose time is not 0 for a stream of subtitles.
    if (kind === "data" && frames.some(({ role }) => role === "metadata")) return 0;

    const isFrame = kind !== "data" && frames.some(({ role }) => role === "coded-frames");
    return this.map(timestamp, isFrame, now);
  }

  /**
   * Maps a timestamp of the present publisher.
   *
   * @param timestamp  the publisher's, u32 milliseconds
   * @param isFrame    whether it belongs to coded audio or video
   * @param now        milliseconds of a clock that does not go back
   */
  map(timestamp: number, isFrame: boolean, now: number): number {
    if (!isFrame) return this.#placeOther(timestamp, now);

    const mapped = this.#placeFrame(timestamp, now);
    if (!this.#started || timestampDifference(mapped, this.#latest) > 0) this.#latest = mapped;
    this.#started = true;
    this.#latestAt = now;
    return mapped;
  }

  #placeFrame(timestamp: number, now: number): number {
    if (!this.#started) return timestamp;
    if (this.#offset === undefined) return this.#join(timestamp, now);

    const mapped = addTimestamp(timestamp, this.#offset);
    // The publisher's clock began anew in the middle.
    if (timestampDifference(this.#latest, mapped) > maxRegressionMs) {
      return this.#join(timestamp, now);
    }
    if (this.#floor === undefined) return mapped;

    // A second kind of media may begin a little before the first; it must not reach back into the last publisher.
    const ahead = timestampDifference(mapped, this.#floor);
    if (ahead < 0) return this.#floor;
    // 2^31 ms from now serial arithmetic would take everything for earlier than the floor.
    if (ahead > maxRegressionMs) this.#floor = undefined;
    return mapped;
  }

  /** Headers and data stay where the frames are, and fix nothing. */
  #placeOther(timestamp: number, now: number): number {
    if (!this.#started) return timestamp;
    if (this.#offset === undefined) return this.#next(now);

    const mapped = addTimestamp(timestamp, this.#offset);
    const floor = this.#floor;
    if (Math.abs(timestampDifference(mapped, this.#latest)) > maxRegressionMs) return this.#latest;
    return floor !== undefined && timestampDifference(mapped, floor) < 0 ? floor : mapped;
  }

  /** Continues where the stream stands. */
  #join(timestamp: number, now: number): number {
    const next = this.#next(now);
    this.#offset = timestampDifference(next, timestamp);
    this.#floor = next;
    return next;
  }

  #next(now: number): number {
    return addTimestamp(this.#latest, Math.max(1, Math.round(now - this.#latestAt)));
  }
}
