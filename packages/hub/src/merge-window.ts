/**
 * How long packets wait for each other, so that many leave in one write.
 *
 * A batch costs one write for each subscriber, whatever is in it, and writes are what a busy hub spends its time with: all
 * of its streams together, so the window follows the subscribers of the whole hub.
 */

// What a subscriber's writes may cost: at 1,000 messages a second one of 10 µs each takes 1 % of the time.
const msPerSubscriber = 0.2;
// Longer windows save little more, and are seen.
const longestAutoMs = 100;
// About two messages of a usual stream of audio and video: a shorter window delays and joins next to nothing.
const shortestAutoMs = 16;

/** The longest window that can be asked for, in milliseconds. */
const maxWindowMs = 10_000;

/**
 * Returns the window that suits a number of subscribers, in milliseconds.
 *
 * It grows by 0.2 ms with each of them: none up to 79, 16 ms with 80, 100 ms with 500 and more. So few subscribers get
 * every packet at the end of the turn that brought it, and with many the writes a second grow no more with the messages.
 */
export function autoMergeWindowMs(subscribers: number): number {
  const windowMs = Math.min(subscribers * msPerSubscriber, longestAutoMs);
  return windowMs < shortestAutoMs ? 0 : windowMs;
}

/** The window of all streams of a hub. */
export class MergeWindow {
  /** Subscribers of the whole hub, paused and waiting ones included. */
  subscribers = 0;
  readonly #fixedMs: number | undefined;

  /**
   * @param windowMs  0 to 10000 milliseconds; `auto`: as {@link autoMergeWindowMs} says
   * @throws RangeError when it is out of range
   */
  constructor(windowMs: number | "auto") {
    if (windowMs === "auto") return;
    if (!(windowMs >= 0 && windowMs <= maxWindowMs)) {
      throw new RangeError(`mergeWindowMs must be 0 to ${maxWindowMs}, and is ${windowMs}`);
    }
    this.#fixedMs = windowMs;
  }

  /** How long the first packet waits for others, in milliseconds; 0: they go with the turn that brought them. */
  get milliseconds(): number {
    return this.#fixedMs ?? autoMergeWindowMs(this.subscribers);
  }
}
