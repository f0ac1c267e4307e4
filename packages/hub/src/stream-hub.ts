import { type Clock, systemClock } from "@rtmp/wire";
import { catchingClock } from "./catching-clock.ts";
import { HubError } from "./errors.ts";
import {
  type HubLimits,
  resolveHubLimits,
  resolveSubscriberLimits,
  type SubscriberLimits,
} from "./limits.ts";
import type { LiveStreamSettings } from "./live-stream-settings.ts";
import { LiveStream } from "./live-stream.ts";
import { MergeWindow } from "./merge-window.ts";
import type { Publication, PublishOptions } from "./publication.ts";
import type { LiveStreamStats } from "./stats.ts";
import type { SubscribeOptions, Subscriber, Subscription } from "./subscriber.ts";
import type { TakeOver } from "./take-over.ts";

/** Construction of a {@link StreamHub}. */
export interface StreamHubOptions {
  /** The time. @default the platform's */
  readonly clock?: Clock;
  /** Bounds of each stream; what is left out has its default. */
  readonly limits?: Partial<HubLimits>;
  /** Who may take over a name that is being published. @default "resume" */
  readonly takeOver?: TakeOver;
  /**
   * Milliseconds that packets wait for others of their stream, so that each subscriber gets them in one write; 0 to 10000.
   *
   * Keyframes of the default video track wait for nothing, nor does what stands before them. `auto` follows the number of
   * subscribers of the whole hub: 0 with few, up to 100 with 500 and more.
   *
   * @default "auto"
   */
  readonly mergeWindowMs?: number | "auto";
  /**
   * What one who joins is sent of the cached GOP.
   *
   * - `smooth`: all of it, so that media flows at once and plays as far behind the publisher as the GOP is old.
   * - `low`: its keyframe alone, at the time of the newest video, so that there is a picture; audio and data flow at once,
   *   video goes on with the next keyframe.
   *
   * @default "smooth"
   */
  readonly latency?: "low" | "smooth";
  /**
   * Is given what a subscriber threw when a timer, and so no caller, had the hub call it: at the end of a merge window or of
   * a grace period. All other subscribers were served.
   *
   * @default thrown on: an uncaught exception
   */
  readonly onError?: (error: unknown) => void;
}

/** The streams of one process, by name. */
export class StreamHub {
  readonly #settings: LiveStreamSettings;
  readonly #streams = new Map<string, LiveStream>();
  readonly #subscriberLimits = new WeakMap<Partial<SubscriberLimits>, SubscriberLimits>();

  /** @throws RangeError when a limit or `mergeWindowMs` is out of range */
  constructor(options: StreamHubOptions = {}) {
    const { clock = systemClock, onError } = options;
    this.#settings = {
      clock: onError === undefined ? clock : catchingClock(clock, onError),
      limits: resolveHubLimits(options.limits),
      takeOver: options.takeOver ?? "resume",
      merge: new MergeWindow(options.mergeWindowMs ?? "auto"),
      latency: options.latency ?? "smooth",
    };
  }

  /**
   * Fills in the hub's limits where a subscriber has none of its own.
   *
   * The same object gives the same result, so that all who share one share the other.
   *
   * @throws RangeError when a limit is negative or not a number
   */
  limitsFor(limits?: Partial<SubscriberLimits>): SubscriberLimits {
    if (limits === undefined) return this.#settings.limits;
    const known = this.#subscriberLimits.get(limits);
    if (known !== undefined) return known;
    const resolved = resolveSubscriberLimits(limits, this.#settings.limits);
    this.#subscriberLimits.set(limits, resolved);
    return resolved;
  }

  /**
   * Begins to publish under a name; the players of a publisher whose name is taken over stay, on one timeline.
   *
   * @param streamPath  `app/streamName`
   * @throws HubError `RTMP_ERR_NAME_IN_USE` when somebody else publishes under it, and does not have to go
   */
  publish(streamPath: string, options: PublishOptions = {}): Publication {
    const former = this.#stream(streamPath).contest(options);
    try {
      former?.end("lost");
      // A stream without players was forgotten with its publisher.
      return this.#stream(streamPath).publish(options);
    } finally {
      former?.options.onTakenOver?.(
        new HubError("RTMP_ERR_TAKEN_OVER", `another publisher took ${streamPath} over`),
      );
    }
  }

  /** Joins a stream by name; when nobody publishes under it yet, the subscriber waits. */
  subscribe(
    streamPath: string,
    subscriber: Subscriber,
    options: SubscribeOptions = {},
  ): Subscription {
    return this.#stream(streamPath).subscribe(subscriber, options);
  }

  /** Tells whether somebody publishes under a name, or is waited for because the connection was lost. */
  isLive(streamPath: string): boolean {
    return this.#streams.get(streamPath)?.live ?? false;
  }

  /** Returns the counts of every stream that is published or waited for. */
  stats(): LiveStreamStats[] {
    return Array.from(this.#streams.values(), (stream) => stream.stats);
  }

  #stream(streamPath: string): LiveStream {
    const known = this.#streams.get(streamPath);
    if (known !== undefined) return known;

    const stream = new LiveStream({
      streamPath,
      settings: this.#settings,
      onEmpty: (empty) => {
        if (this.#streams.get(streamPath) === empty) this.#streams.delete(streamPath);
      },
    });
    this.#streams.set(streamPath, stream);
    return stream;
  }
}
