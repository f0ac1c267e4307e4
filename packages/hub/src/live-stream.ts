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
import { MediaBatch } from "./media-batch.ts";
import type { LiveStreamStats } from "./stats.ts";
import { Seat, type Subscriber, type Subscription } from "./subscriber.ts";
import { Timeline } from "./timeline.ts";

/** How a publication ends. */
export type PublicationEnd =
  /** The publisher said so: subscribers are told at once. */
  | "closed"
  /** Its connection was lost: subscribers wait for it through the grace period. */
  | "lost";

/** What a live stream needs of its hub. */
export interface LiveStreamOptions {
  readonly streamPath: string;
  readonly clock: Clock;
  readonly limits: HubLimits;
  /** The stream has neither publisher nor subscribers any more. */
  readonly onEmpty: (stream: LiveStream) => void;
}

/** A publisher's hold of a name. */
export class Publication {
  readonly #stream: LiveStream;

  constructor(stream: LiveStream) {
    this.#stream = stream;
  }

  /**
   * Takes in a packet; subscribers get it with the next `flush`. Ignored once the publication has ended.
   *
   * @throws HubError when the packet configures more than the limits allow; it is passed on all the same
   */
  write(packet: MediaPacket): void {
    if (this.#stream.publication === this) this.#stream.write(packet);
  }

  /** Forgets the stream's metadata, so that late joiners get none. */
  clearMetadata(): void {
    if (this.#stream.publication === this) this.#stream.clearMetadata();
  }

  /** Sends what was written to all subscribers; called at the end of each turn that brought something. */
  flush(): void {
    if (this.#stream.publication === this) this.#stream.flush();
  }

  /** Gives the name up. Without effect when that was done before. */
  end(end: PublicationEnd): void {
    if (this.#stream.publication === this) this.#stream.unpublish(end);
  }
}

/** A named stream of the hub. */
export class LiveStream {
  /** The name: `app/streamName`. */
  readonly streamPath: string;
  readonly #clock: Clock;
  readonly #limits: HubLimits;
  readonly #onEmpty: (stream: LiveStream) => void;
  readonly #timeline = new Timeline();
  readonly #init: InitState;
  readonly #gop: GopCache;
  readonly #seats = new Set<Seat>();
  #publication: Publication | undefined;
  #pending: MediaPacket[] = [];
  #cancelGrace: Cancel | undefined;
  #packets = 0;
  #bytes = 0;
  #skippedPackets = 0;

  constructor(options: LiveStreamOptions) {
    this.streamPath = options.streamPath;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#onEmpty = options.onEmpty;
    this.#init = new InitState(options.limits);
    this.#gop = new GopCache(options.limits);
  }

  /** The present publication. */
  get publication(): Publication | undefined {
    return this.#publication;
  }

  /** Whether a publisher was lost and is waited for. */
  get absent(): boolean {
    return this.#cancelGrace !== undefined;
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
   * Gives the name to a publisher.
   *
   * @throws HubError `RTMP_ERR_NAME_IN_USE` when it has one
   */
  publish(): Publication {
    if (this.#publication !== undefined) {
      throw new HubError("RTMP_ERR_NAME_IN_USE", `${this.streamPath} is being published`);
    }
    this.#stopGrace();
    this.#timeline.restart();
    this.#init.clear();
    this.#publication = new Publication(this);
    for (const seat of this.#seats) {
      if (!seat.knowsUnpublished) continue;
      seat.knowsUnpublished = false;
      seat.subscriber.onPublish();
    }
    return this.#publication;
  }

  /** Adds a subscriber, who gets the cached GOP at once or waits for a packet to start with. */
  subscribe(subscriber: Subscriber): Subscription {
    const seat = new Seat(subscriber, (left) => this.#leave(left));
    seat.knowsUnpublished = this.#publication === undefined && !this.absent;
    this.#seats.add(seat);
    this.#replay(seat);
    return seat;
  }

  /** Takes in a packet of the present publication. */
  write(packet: MediaPacket): void {
    const isFrame = packet.frames.some((frame) => frame.role === "coded-frames");
    const isMedia = isFrame && packet.kind !== "data";
    const timestamp = this.#timeline.map(packet.timestamp, isMedia, this.#clock.now());
    const placed = timestamp === packet.timestamp ? packet : { ...packet, timestamp };
    this.#packets++;
    this.#bytes += placed.body.length;
    this.#pending.push(placed);
    this.#init.observe(placed);
  }

  /** Forgets the metadata. */
  clearMetadata(): void {
    this.#init.clearMetadata();
  }

  /** Sends what was written since the last flush to all subscribers. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const batch = new MediaBatch(this.#pending);
    this.#pending = [];

    const first = this.#startIndex(batch, 1);
    for (const seat of this.#seats) this.#deliver(seat, batch, first);
    if (this.#init.hasVideo) this.#gop.add(batch, this.#startIndex(batch, -1));
  }

  /** Ends the present publication. */
  unpublish(end: PublicationEnd): void {
    this.flush();
    this.#publication = undefined;
    this.#gop.clear();
    for (const seat of this.#seats) seat.state = "waiting";

    if (end === "closed" || this.#limits.graceMs === 0) {
      this.#tellUnpublished();
    } else {
      this.#cancelGrace = this.#clock.schedule(this.#limits.graceMs, () => {
        this.#cancelGrace = undefined;
        this.#tellUnpublished();
        this.#checkEmpty();
      });
    }
    this.#checkEmpty();
  }

  /** Sends init state and cached GOP to a subscriber that just came. */
  #replay(seat: Seat): void {
    if (this.#gop.entries.length === 0) return;
    this.#introduce(seat, this.#gop.startTimestamp);
    for (const { batch, from } of this.#gop.entries) seat.subscriber.onBatch(batch, from);
    seat.state = "flowing";
  }

  #deliver(seat: Seat, batch: MediaBatch, first: number): void {
    if (seat.state === "flowing" && seat.subscriber.queuedBytes > this.#limits.skipAboveBytes) {
      seat.state = "skipping";
      seat.skippingSince = this.#clock.now();
    }
    if (seat.state === "flowing") {
      seat.initVersion = this.#init.version;
      seat.subscriber.onBatch(batch, 0);
      return;
    }

    const start = batch.packets[first];
    if (start === undefined || !this.#mayStart(seat)) {
      this.#skip(seat, batch.packets.length);
      return;
    }
    if (seat.state === "skipping") this.#skip(seat, first);
    if (!this.#seats.has(seat)) return;
    this.#introduce(seat, start.timestamp);
    seat.state = "flowing";
    seat.subscriber.onBatch(batch, first);
  }

  /** A subscriber that fell behind starts again only when half of the bound is free, lest it falls behind at once. */
  #mayStart(seat: Seat): boolean {
    return (
      seat.state === "waiting" || seat.subscriber.queuedBytes <= this.#limits.skipAboveBytes / 2
    );
  }

  #skip(seat: Seat, packets: number): void {
    if (seat.state !== "skipping") return;
    seat.skippedPackets += packets;
    this.#skippedPackets += packets;
    const milliseconds = this.#clock.now() - seat.skippingSince;
    if (milliseconds <= this.#limits.maxSkipMs) return;

    this.#seats.delete(seat);
    seat.subscriber.onEvict(
      new HubError(
        "RTMP_ERR_SLOW_SUBSCRIBER",
        `too slow for ${Math.round(milliseconds)} ms, ${seat.subscriber.queuedBytes} bytes queued`,
      ),
    );
  }

  /** Sends the init state unless the subscriber has seen this version of it. */
  #introduce(seat: Seat, timestamp: number): void {
    if (seat.initVersion === this.#init.version) return;
    seat.initVersion = this.#init.version;
    const batch = this.#init.batchAt(timestamp);
    if (batch !== undefined) seat.subscriber.onBatch(batch, 0);
  }

  /**
   * Finds the packet of a batch that a decoder can start with: a keyframe of the default video track, or any frame
   * while there is no video.
   *
   * @param direction  1: the first such packet; -1: the last
   * @returns the index, or -1
   */
  #startIndex(batch: MediaBatch, direction: 1 | -1): number {
    const starts = this.#init.hasVideo ? startsGop : isAudioFrame;
    return direction === 1 ? batch.packets.findIndex(starts) : batch.packets.findLastIndex(starts);
  }

  #tellUnpublished(): void {
    for (const seat of this.#seats) {
      seat.knowsUnpublished = true;
      seat.subscriber.onUnpublish();
    }
  }

  #leave(seat: Seat): void {
    if (this.#seats.delete(seat)) this.#checkEmpty();
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

function startsGop(packet: MediaPacket): boolean {
  return (
    packet.kind === "video" && packet.frames.some((frame) => frame.track === 0 && frame.keyframe)
  );
}

function isAudioFrame(packet: MediaPacket): boolean {
  return packet.kind === "audio" && packet.frames.some((frame) => frame.role === "coded-frames");
}
