import { type Clock, systemClock } from "@rtmp/wire";
import { HubError } from "./errors.ts";
import { type HubLimits, resolveHubLimits } from "./limits.ts";
import { LiveStream } from "./live-stream.ts";
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
}

/** The streams of one process, by name. */
export class StreamHub {
  readonly #clock: Clock;
  readonly #limits: HubLimits;
  readonly #takeOver: TakeOver;
  readonly #streams = new Map<string, LiveStream>();

  /** @throws RangeError when a limit is out of range */
  constructor(options: StreamHubOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#limits = resolveHubLimits(options.limits);
    this.#takeOver = options.takeOver ?? "resume";
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
      clock: this.#clock,
      limits: this.#limits,
      takeOver: this.#takeOver,
      onEmpty: (empty) => {
        if (this.#streams.get(streamPath) === empty) this.#streams.delete(streamPath);
      },
    });
    this.#streams.set(streamPath, stream);
    return stream;
  }
}
