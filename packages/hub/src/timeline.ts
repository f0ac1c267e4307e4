/**
 * One timeline for a live stream, whoever publishes it.
 *
 * The first publisher's timestamps pass unchanged. Those of a later one continue where the stream stood: shifted by one
 * offset, so that its first frame comes as much later as time has passed. No output re-bases per viewer.
 */

import { addTimestamp, timestampDifference } from "@rtmp/wire";

// Audio and video of one publisher may be this far apart in order of arrival; more is another clock.
const maxRegressionMs = 10_000;

/** Maps the timestamps of successive publishers onto one timeline. */
export class Timeline {
  #started = false;
  #offset: number | undefined = 0;
  /** The latest timestamp given out, and when. */
  #latest = 0;
  #latestAt = 0;
  /** Nothing of the present publisher may come before this. */
  #floor: number | undefined;

  /** Another publisher begins; its timestamps have nothing to do with the last one's. */
  restart(): void {
    if (!this.#started) return;
    this.#offset = undefined;
    this.#floor = undefined;
  }

  /**
   * Maps a timestamp of the present publisher.
   *
   * @param timestamp  the publisher's, u32 milliseconds
   * @param isFrame    whether it belongs to coded media; headers and metadata often carry 0 and fix no offset
   * @param now        milliseconds of a clock that does not go back
   */
  map(timestamp: number, isFrame: boolean, now: number): number {
    const mapped = this.#place(timestamp, isFrame, now);
    if (this.#offset === undefined) return mapped; // Headers before the first frame fix nothing.

    if (!this.#started || timestampDifference(mapped, this.#latest) > 0) {
      this.#latest = mapped;
    }
    this.#started = true;
    this.#latestAt = now;
    return mapped;
  }

  #place(timestamp: number, isFrame: boolean, now: number): number {
    if (this.#offset === undefined) return this.#join(timestamp, isFrame, now);

    const mapped = addTimestamp(timestamp, this.#offset);
    if (this.#started && timestampDifference(this.#latest, mapped) > maxRegressionMs) {
      // The publisher's clock began anew in the middle; a header with time 0 in the middle is no such thing.
      return isFrame ? this.#join(timestamp, isFrame, now) : this.#latest;
    }

    // A second kind of media may begin a little before the first; it must not reach back into the last publisher.
    const floor = this.#floor;
    return floor !== undefined && timestampDifference(mapped, floor) < 0 ? floor : mapped;
  }

  /** Continues where the stream stands; only a frame fixes the offset. */
  #join(timestamp: number, isFrame: boolean, now: number): number {
    const next = addTimestamp(this.#latest, Math.max(1, Math.round(now - this.#latestAt)));
    if (isFrame) {
      this.#offset = timestampDifference(next, timestamp);
      this.#floor = next;
    }
    return next;
  }
}
