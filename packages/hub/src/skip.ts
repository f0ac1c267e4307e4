import { HubError } from "./errors.ts";
import type { SubscriberLimits } from "./limits.ts";

/** A time in which a slow subscriber is sent nothing. */
export class Skip {
  readonly #since: number;
  readonly #maxMs: number;
  readonly #roomBytes: number;

  /**
   * @param queuedBytes  what waits for the subscriber when it begins
   * @param now          the time, in milliseconds of the hub's clock
   */
  constructor({ skipAboveBytes, maxSkipMs }: SubscriberLimits, queuedBytes: number, now: number) {
    this.#since = now;
    this.#maxMs = maxSkipMs;
    this.#roomBytes = Math.min(queuedBytes, skipAboveBytes) / 2;
  }

  /** Whether half of the queue is free, lest the subscriber falls behind again at once. */
  hasRoom(queuedBytes: number): boolean {
    return queuedBytes <= this.#roomBytes;
  }

  /** Returns why the subscriber, which has no room, is to be given up; undefined while it is not. */
  patienceIsOver(queuedBytes: number, now: number): HubError | undefined {
    const milliseconds = now - this.#since;
    if (milliseconds <= this.#maxMs) return undefined;
    return new HubError(
      "RTMP_ERR_SLOW_SUBSCRIBER",
      `too slow for ${Math.round(milliseconds)} ms, ${queuedBytes} bytes queued`,
    );
  }
}
