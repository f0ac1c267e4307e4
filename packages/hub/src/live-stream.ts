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
import type { Cancel, Clock } from "@rtmp/wire";
import { HubError } from "./errors.ts";
import { GopCache } from "./gop-cache.ts";
import { InitState } from "./init-state.ts";
import type { HubLimits } from "./limits.ts";
import { PendingBatch, type Turn } from "./pending-batch.ts";
import { Publication, type PublicationEnd, type PublishOptions } from "./publication.ts";
import { Seat, type SeatStream } from "./seat.ts";
import type { LiveStreamStats } from "./stats.ts";
import type { SubscribeOptions, Subscriber, Subscription } from "./subscriber.ts";
import { mayTakeOver, type TakeOver } from "./take-over.ts";
import { Timeline } from "./timeline.ts";

/** What a live stream needs of its hub. */
export interface LiveStreamOptions {
  readonly streamPath: string;
  readonly clock: Clock;
  readonly limits: HubLimits;
  readonly takeOver: TakeOver;
  /** The stream has neither publisher nor subscribers any more. */
  readonly onEmpty: (stream: LiveStream) => void;
}

/** A named stream of the hub. */
export class LiveStream implements SeatStream {
  /** The name: `app/streamName`. */
  readonly streamPath: string;
  readonly #clock: Clock;
  readonly #limits: HubLimits;
  readonly #takeOver: TakeOver;
  readonly #onEmpty: (stream: LiveStream) => void;
  readonly #timeline = new Timeline();
  readonly #init: InitState;
  readonly #pending: PendingBatch;
  readonly #gop: GopCache;
  readonly #seats = new Set<Seat>();
  #publication: Publication | undefined;
  #cancelGrace: Cancel | undefined;
  // The last turn of this publication that was sent.
  #latest: Turn | undefined;
  // While media is handed out, a flush, an end and who comes back from a pause wait: every subscriber gets the batches in the same order.
  #handingOut = false;
  #flushDue = false;
  #endDue: PublicationEnd | undefined;
  readonly #rejoinDue = new Set<Seat>();
  #packets = 0;
  #bytes = 0;
  #skippedPackets = 0;

  constructor(options: LiveStreamOptions) {
    this.streamPath = options.streamPath;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#takeOver = options.takeOver;
    this.#onEmpty = options.onEmpty;
    this.#init = new InitState(options.limits);
    this.#pending = new PendingBatch(this.#init);
    this.#gop = new GopCache(options.limits);
  }

  /** Whether it has a publisher, or waits for one that was lost. */
  get live(): boolean {
    return this.#publication !== undefined || this.#cancelGrace !== undefined;
  }

  /** Counts since the stream began. */
  get stats(): LiveStreamStats {
    return {
      streamPath: this.streamPath,
      publishing: this.#publication !== undefined,
      subscribers: this.#seats.size,
      packets: this.#packets,
      bytes: this.#bytes,
      gopCacheBytes: this.#gop.bytes,
      skippedPackets: this.#skippedPackets,
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

    // In the middle of a batch nobody goes.
    const keeps =
      this.#handingOut || !mayTakeOver(this.#takeOver, this.#limits, present.options, newcomer);
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
    const publication = new Publication(this, options);
    this.#publication = publication;
    try {
      this.#forEachSeat((seat) => {
        // Publishers that come and go fill no queue that is full.
        if (!seat.knowsUnpublished || seat.hasFullQueue) return;
        seat.knowsUnpublished = false;
        seat.subscriber.onPublish();
      });
    } catch (error) {
      // Nobody has the publication to end it.
      publication.end("closed");
      throw error;
    }
    return publication;
  }

  /** Adds a subscriber, who gets the cached GOP at once or waits for a packet to start with. */
  subscribe(subscriber: Subscriber, { paused = false }: SubscribeOptions = {}): Subscription {
    const seat = new Seat({ subscriber, limits: this.#limits, stream: this, paused });
    seat.knowsUnpublished = !this.live;
    this.#seats.add(seat);
    this.#handOut(() => {
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
    // The turn under way may have passed it by.
    if (this.#handingOut) this.#rejoinDue.add(seat);
    else this.#handOut(() => this.#join(seat));
  }

  /** Sends a seat the init state behind the last turn. */
  reintroduce(seat: Seat): void {
    if (this.#latest !== undefined) seat.introduce(this.#latest);
  }

  /** Forgets a seat that was given up. */
  leave(seat: Seat): void {
    this.#seats.delete(seat);
    this.#checkEmpty();
  }

  /** Takes in a packet of the present publication. */
  write(packet: MediaPacket): void {
    const timestamp = this.#timestampOf(packet);
    this.#packets++;
    this.#bytes += packet.body.length;
    this.#pending.add(timestamp === packet.timestamp ? packet : { ...packet, timestamp });
  }

  /** Forgets the metadata. */
  clearMetadata(): void {
    this.#init.clearMetadata();
  }

  /** Sends what was written since the last flush to all subscribers. */
  flush(): void {
    if (this.#handingOut) {
      this.#flushDue = true;
      return;
    }
    const turn = this.#pending.take();
    if (turn !== undefined) this.#handOut(() => this.#send(turn));
  }

  /** Ends the present publication. */
  unpublish(end: PublicationEnd): void {
    if (this.#handingOut) {
      this.#endDue = end;
      return;
    }
    try {
      this.flush();
    } finally {
      this.#finish(end);
    }
  }

  #nameInUse(): HubError {
    return new HubError("RTMP_ERR_NAME_IN_USE", `${this.streamPath} is being published`);
  }

  #timestampOf({ kind, timestamp, frames }: MediaPacket): number {
    // FFmpeg takes onMetaData whose time is not 0 for a stream of subtitles.
    if (kind === "data" && frames.some(({ role }) => role === "metadata")) return 0;

    const isFrame = kind !== "data" && frames.some(({ role }) => role === "coded-frames");
    return this.#timeline.map(timestamp, isFrame, this.#clock.now());
  }

  /** Hands out media, then does what the subscribers caused meanwhile. */
  #handOut(run: () => void): void {
    if (this.#handingOut) {
      run();
      return;
    }
    this.#handingOut = true;
    try {
      run();
    } finally {
      this.#handingOut = false;
      this.#catchUp();
    }
  }

  #join(seat: Seat): void {
    seat.join(this.#gop, this.#latest, this.#clock.now());
  }

  #catchUp(): void {
    for (const seat of this.#rejoinDue) {
      this.#rejoinDue.delete(seat);
      this.rejoin(seat);
    }
    if (this.#flushDue) {
      this.#flushDue = false;
      this.flush();
    }
    const end = this.#endDue;
    if (end === undefined) return;
    this.#endDue = undefined;
    this.unpublish(end);
  }

  #send(turn: Turn): void {
    const now = this.#clock.now();
    const tooSlow: { seat: Seat; cause: HubError }[] = [];
    try {
      this.#forEachSeat((seat) => {
        const skipped = seat.skippedPackets;
        const cause = seat.deliver(turn, now);
        this.#skippedPackets += seat.skippedPackets - skipped;
        if (cause !== undefined) tooSlow.push({ seat, cause });
      });
    } finally {
      this.#gop.add(turn);
      this.#latest = turn;
      for (const { seat, cause } of tooSlow) this.#evict(seat, cause);
    }
  }

  #evict(seat: Seat, cause: HubError): void {
    if (!this.#seats.has(seat)) return;
    seat.close();
    seat.subscriber.onEvict(cause);
  }

  #finish(end: PublicationEnd): void {
    this.#publication = undefined;
    this.#gop.clear();
    this.#latest = undefined;
    for (const seat of this.#seats) seat.interrupt();

    if (end === "closed" || this.#limits.graceMs === 0) {
      this.#tellUnpublished();
      return;
    }
    this.#cancelGrace = this.#clock.schedule(this.#limits.graceMs, () => {
      this.#cancelGrace = undefined;
      this.#tellUnpublished();
    });
    this.#checkEmpty();
  }

  #tellUnpublished(): void {
    try {
      this.#forEachSeat((seat) => {
        // One that was told before may have published again.
        if (seat.knowsUnpublished || this.#publication !== undefined) return;
        seat.knowsUnpublished = true;
        seat.subscriber.onUnpublish();
      });
    } finally {
      this.#checkEmpty();
    }
  }

  /** Calls each subscriber; one that throws costs the others nothing, and the first error is thrown in the end. */
  #forEachSeat(call: (seat: Seat) => void): void {
    const errors: unknown[] = [];
    for (const seat of this.#seats) {
      try {
        call(seat);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  #checkEmpty(): void {
    if (this.#publication !== undefined || this.#seats.size > 0) return;
    this.#stopGrace();
    this.#onEmpty(this);
  }

  #stopGrace(): void {
    this.#cancelGrace?.();
    this.#cancelGrace = undefined;
  }
}
