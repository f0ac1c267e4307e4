/**
 * One name: at most one publisher, any number of subscribers, and what keeps them together.
 *
 *   idle ──publish──► live ──end("closed")──► idle          subscribers are told at once
 *                      │  ▲
 *              end("lost") publish
 *                      ▼  │
 *                    absent ──grace period──► idle          subscribers are told only then
 *
 * Subscribers stay through all of it; a stream with neither publisher nor subscribers is forgotten by the hub.
 */

import type { MediaPacket } from "@rtmp/flv";
import type { Cancel } from "@rtmp/wire";
import { Audience } from "./audience.ts";
import { HubError } from "./errors.ts";
import { GopCache } from "./gop-cache.ts";
import { HandOutOrder } from "./hand-out-order.ts";
import { InitState } from "./init-state.ts";
import type { LiveStreamSettings } from "./live-stream-settings.ts";
import { PendingBatch } from "./pending-batch.ts";
import {
  Publication,
  type PublicationEnd,
  type PublishedStream,
  type PublishOptions,
} from "./publication.ts";
import type { SeatStream } from "./seat-stream.ts";
import { Seat } from "./seat.ts";
import type { LiveStreamStats, SlowCounts } from "./stats.ts";
import type { SubscribeOptions, Subscriber, Subscription } from "./subscriber.ts";
import { mayTakeOver } from "./take-over.ts";
import { Timeline } from "./timeline.ts";
import type { Turn } from "./turn.ts";

/** Construction of a {@link LiveStream}. */
export interface LiveStreamOptions {
  readonly streamPath: string;
  readonly settings: LiveStreamSettings;
  /** The stream has neither publisher nor subscribers any more. */
  readonly onEmpty: (stream: LiveStream) => void;
}

/** A named stream of the hub. */
export class LiveStream implements SeatStream, PublishedStream {
  /** The name: `app/streamName`. */
  readonly streamPath: string;
  readonly #settings: LiveStreamSettings;
  readonly #onEmpty: (stream: LiveStream) => void;
  readonly #timeline = new Timeline();
  readonly #init: InitState;
  readonly #pending: PendingBatch;
  readonly #gop: GopCache;
  readonly #audience: Audience;
  readonly #order = new HandOutOrder({
    join: (seat) => this.#join(seat),
    flush: () => this.#flush(),
    unpublish: (end) => this.#unpublish(end),
  });
  #publication: Publication | undefined;
  #cancelGrace: Cancel | undefined;
  #cancelWindow: Cancel | undefined;
  // The last turn of this publication that was sent.
  #latest: Turn | undefined;
  #packets = 0;
  #bytes = 0;

  constructor({ streamPath, settings, onEmpty }: LiveStreamOptions) {
    this.streamPath = streamPath;
    this.#settings = settings;
    this.#onEmpty = onEmpty;
    this.#init = new InitState(settings.limits);
    this.#pending = new PendingBatch(this.#init);
    this.#gop = new GopCache(settings.limits);
    this.#audience = new Audience(settings.merge);
  }

  /** Whether it has a publisher, or waits for one that was lost. */
  get live(): boolean {
    return this.#publication !== undefined || this.#cancelGrace !== undefined;
  }

  get longestGopMs(): number {
    return this.#settings.limits.gopCacheMs;
  }

  get counts(): SlowCounts {
    return this.#audience.counts;
  }

  /** Counts since the stream began. */
  get stats(): LiveStreamStats {
    return {
      streamPath: this.streamPath,
      publishing: this.#publication !== undefined,
      subscribers: this.#audience.size,
      packets: this.#packets,
      bytes: this.#bytes,
      gopCacheBytes: this.#gop.bytes,
      ...this.counts,
    };
  }

  /**
   * Returns the present publication, which has to make room for a newcomer; undefined when there is none.
   *
   * @throws HubError `RTMP_ERR_NAME_IN_USE` when it keeps the name
   */
  contest(newcomer: PublishOptions): Publication | undefined {
    const present = this.#publication;
    if (present === undefined) return undefined;

    const { takeOver, limits } = this.#settings;
    // In the middle of a batch nobody goes.
    const keeps = this.#order.busy || !mayTakeOver(takeOver, limits, present.options, newcomer);
    if (keeps) throw this.#nameInUse();
    return present;
  }

  /**
   * Gives the name to a publisher.
   *
   * @throws HubError `RTMP_ERR_NAME_IN_USE` when it has one
   */
  publish(options: PublishOptions): Publication {
    if (this.#publication !== undefined) throw this.#nameInUse();
    this.#stopGrace();
    this.#timeline.restart();
    this.#init.clear();
    this.#pending.beginPublication();
    const publication = new Publication(this, options);
    this.#publication = publication;
    try {
      this.#audience.tellPublished();
    } catch (error) {
      // Nobody has the publication to end it.
      publication.end("closed");
      throw error;
    }
    return publication;
  }

  /** Adds a subscriber, who gets what is cached at once or waits for a packet to start with. */
  subscribe(
    subscriber: Subscriber,
    { paused = false, limits = this.#settings.limits, latency }: SubscribeOptions = {},
  ): Subscription {
    const { latency: usual } = this.#settings;
    const startsWithPicture = (latency ?? usual) === "low";
    const seat = new Seat({ subscriber, limits, stream: this, paused, startsWithPicture });
    seat.knowsUnpublished = !this.live;
    this.#audience.add(seat);
    this.#order.run(() => {
      try {
        this.#join(seat);
      } catch (error) {
        // Nobody has the subscription to close it.
        seat.close();
        throw error;
      }
    });
    return seat;
  }

  /** Sends a seat that pauses no more what it has not seen of the cached GOP. */
  rejoin(seat: Seat): void {
    this.#order.rejoin(seat);
  }

  /** Sends a seat the init state behind the last turn. */
  reintroduce(seat: Seat): void {
    if (this.#latest !== undefined) seat.introduce(this.#latest);
  }

  /** Forgets a seat that was given up. */
  leave(seat: Seat): void {
    this.#audience.delete(seat);
    this.#checkEmpty();
  }

  /** Takes in a packet of the present publication. */
  write(packet: MediaPacket): void {
    const timestamp = this.#timeline.place(packet, this.#settings.clock.now());
    this.#packets++;
    this.#bytes += packet.body.length;
    this.#pending.add(timestamp === packet.timestamp ? packet : { ...packet, timestamp });
  }

  /** Forgets the metadata. */
  clearMetadata(): void {
    this.#init.clearMetadata();
  }

  /** Sends what was written to all subscribers, unless it waits for more. */
  flush(): void {
    this.#order.flush();
  }

  /** Ends the present publication. */
  unpublish(end: PublicationEnd): void {
    this.#order.unpublish(end);
  }

  #nameInUse(): HubError {
    return new HubError("RTMP_ERR_NAME_IN_USE", `${this.streamPath} is being published`);
  }

  #join(seat: Seat): void {
    seat.join(this.#gop, this.#latest, this.#settings.clock.now());
  }

  #flush(): void {
    if (this.#pending.isEmpty) return;
    const windowMs = this.#settings.merge.milliseconds;
    if (windowMs === 0 || this.#pending.isUrgent) this.#handOut();
    else this.#cancelWindow ??= this.#settings.clock.schedule(windowMs, () => this.#onWindowEnd());
  }

  #onWindowEnd(): void {
    this.#cancelWindow = undefined;
    if (this.#order.busy) this.#order.flush();
    else this.#handOut();
  }

  #unpublish(end: PublicationEnd): void {
    try {
      this.#handOut();
    } finally {
      this.#finish(end);
    }
  }

  /** Sends all that was written. */
  #handOut(): void {
    this.#cancelWindow?.();
    this.#cancelWindow = undefined;
    const turn = this.#pending.take();
    if (turn !== undefined) this.#order.run(() => this.#send(turn));
  }

  #send(turn: Turn): void {
    const now = this.#settings.clock.now();
    try {
      this.#audience.deliver(turn, now);
    } finally {
      this.#gop.add(turn, now);
      this.#latest = turn;
      this.#audience.evict();
    }
  }

  #finish(end: PublicationEnd): void {
    this.#publication = undefined;
    this.#gop.clear();
    this.#latest = undefined;
    this.#audience.interrupt();

    const { graceMs } = this.#settings.limits;
    if (end === "closed" || graceMs === 0) {
      this.#tellUnpublished();
      return;
    }
    this.#cancelGrace = this.#settings.clock.schedule(graceMs, () => {
      this.#cancelGrace = undefined;
      this.#tellUnpublished();
    });
    this.#checkEmpty();
  }

  #tellUnpublished(): void {
    try {
      this.#audience.tellUnpublished(() => this.#publication === undefined);
    } finally {
      this.#checkEmpty();
    }
  }

  #checkEmpty(): void {
    if (this.#publication !== undefined || this.#audience.size > 0) return;
    this.#stopGrace();
    this.#onEmpty(this);
  }

  #stopGrace(): void {
    this.#cancelGrace?.();
    this.#cancelGrace = undefined;
  }
}
