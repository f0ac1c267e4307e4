/**
 * What a live stream remembers of one subscriber: what it gets next, and whether it keeps up.
 *
 *   paused ◄─┐ any ┌─ pause
 *      │     └─────┘
 *   resume
 *      ▼
 *   waiting ──place to start──► flowing ──too much queued──► skipping
 *      ▲                         │   ▲                          │
 *      └────publication ended────┘   └──half is free and a──────┘
 *                                       place to start
 */

import { HubError } from "./errors.ts";
import type { GopCache } from "./gop-cache.ts";
import type { HubLimits } from "./limits.ts";
import type { Start, Turn } from "./pending-batch.ts";
import type { Subscriber, Subscription } from "./subscriber.ts";

/**
 * Where a subscriber stands.
 *
 * - `paused`: wants nothing.
 * - `waiting`: for a packet that a decoder can start with.
 * - `flowing`: gets every batch.
 * - `skipping`: too slow; waits until its queue is shorter and a packet to start with comes.
 */
type SeatState = "paused" | "waiting" | "flowing" | "skipping";

/** Construction of a {@link Seat}. */
export interface SeatOptions {
  readonly subscriber: Subscriber;
  readonly limits: HubLimits;
  readonly stream: SeatStream;
  /** Begins without media, as after `pause`. */
  readonly paused: boolean;
}

/** The stream that a seat belongs to. */
export interface SeatStream {
  /** Gives the seat up; called once. */
  leave(seat: Seat): void;
  /** Calls `join`. */
  rejoin(seat: Seat): void;
  /** Calls `introduce`, if there is a turn to speak of. */
  reintroduce(seat: Seat): void;
}

/** A subscriber's place at a live stream. */
export class Seat implements Subscription {
  readonly subscriber: Subscriber;
  /** Whether the subscriber has been told, or has seen for itself, that nothing is published. */
  knowsUnpublished = false;
  skippedPackets = 0;
  readonly #limits: HubLimits;
  readonly #stream: SeatStream;
  #state: SeatState;
  #left = false;
  // Version of the init state that the subscriber has seen.
  #initVersion = -1;
  // Number of the last turn that it was sent.
  #seen = 0;
  // Whether it began on audio because video had stopped.
  #beganWithoutVideo = false;
  // When skipping began, in milliseconds of the hub's clock.
  #skippingSince = 0;

  constructor({ subscriber, limits, stream, paused }: SeatOptions) {
    this.subscriber = subscriber;
    this.#limits = limits;
    this.#stream = stream;
    this.#state = paused ? "paused" : "waiting";
  }

  /** Whether so much waits for the subscriber that it is told nothing that can wait. */
  get hasFullQueue(): boolean {
    return this.subscriber.queuedBytes > this.#limits.skipAboveBytes;
  }

  close(): void {
    if (this.#left) return;
    this.#left = true;
    this.#stream.leave(this);
  }

  pause(): void {
    this.#state = "paused";
  }

  resume(): void {
    if (this.#state !== "paused" || this.#left) return;
    this.#state = "waiting";
    this.#stream.rejoin(this);
  }

  repeatInit(): void {
    this.#initVersion = -1;
    if (this.#state !== "flowing" || this.#left) return;
    // One that asks again and again and reads nothing gets it with a keyframe, once its queue is shorter.
    if (this.hasFullQueue) this.#state = "waiting";
    else this.#stream.reintroduce(this);
  }

  /**
   * Sends init state and cached GOP to a subscriber that just came, or what it has not seen of them to one that comes back.
   *
   * @param latest  the last turn that the stream sent; undefined while it has sent none
   */
  join(gop: GopCache, latest: Turn | undefined, now: number): void {
    if (this.#left || this.#state !== "waiting") return;
    if (gop.start === undefined || latest === undefined) return;
    if (this.hasFullQueue) {
      this.#fallBehind(now);
      return;
    }
    this.#state = "flowing";
    this.#beganWithoutVideo = false;
    this.#announce();
    if (this.#left) return;
    if (!gop.reachesBackTo(this.#seen)) this.#introduce(gop.start.init, gop.start.timestamp);
    else if (this.#initVersion === -1) this.introduce(latest);
    for (const { batch, from, number } of gop.entries) {
      if (this.#left) return;
      if (number > this.#seen) this.subscriber.onBatch(batch, from);
    }
    this.#seen = latest.number;
    this.#initVersion = latest.init.version;
  }

  /** Sends the init state behind a turn, unless the subscriber has seen it. */
  introduce({ batch, init }: Turn): void {
    const newest = batch.packets.findLast(({ kind }) => kind !== "data");
    this.#introduce(init, newest?.timestamp ?? 0);
    this.#initVersion = init.version;
  }

  /**
   * Sends a batch, or what a decoder can use of it, unless the subscriber is too slow.
   *
   * @returns why the subscriber is to be given up; undefined while it is not
   */
  deliver(turn: Turn, now: number): HubError | undefined {
    if (this.#state === "paused") return undefined;
    this.#endWithoutVideo(turn);
    const { queuedBytes } = this.subscriber;
    const { skipAboveBytes } = this.#limits;
    if (this.#state === "flowing") {
      if (queuedBytes <= skipAboveBytes) {
        this.#send(turn, 0);
        return undefined;
      }
      this.#fallBehind(now);
    }

    const { first } = turn;
    if (this.#state === "waiting") {
      if (first === undefined) return undefined;
      if (queuedBytes <= skipAboveBytes) {
        this.#start(turn, first);
        return undefined;
      }
      this.#fallBehind(now);
    }

    // It starts again only when half of the bound is free, lest it falls behind at once.
    const hasRoom = queuedBytes <= skipAboveBytes / 2;
    if (first !== undefined && hasRoom) {
      this.skippedPackets += first.index;
      this.#start(turn, first);
      return undefined;
    }
    this.skippedPackets += turn.batch.packets.length;
    return hasRoom ? undefined : this.#patienceIsOver(now, queuedBytes);
  }

  /** The publication ended: the next one begins with a packet to start with. */
  interrupt(): void {
    if (this.#state === "flowing") this.#state = "waiting";
  }

  #start(turn: Turn, { index, init }: Start): void {
    this.#state = "flowing";
    this.#beganWithoutVideo = turn.videoStopped;
    this.#announce();
    if (this.#left) return;
    const timestamp = turn.batch.packets[index]?.timestamp ?? 0;
    this.#introduce(init, timestamp);
    if (!this.#left) this.#send(turn, index);
  }

  /** Tells of a publisher that came while the queue was full. */
  #announce(): void {
    if (!this.knowsUnpublished) return;
    this.knowsUnpublished = false;
    this.subscriber.onPublish();
  }

  #send(turn: Turn, from: number): void {
    this.#seen = turn.number;
    this.#initVersion = turn.init.version;
    this.subscriber.onBatch(turn.batch, from);
  }

  /** Sends the init state unless the subscriber has seen this version of it. */
  #introduce(init: Start["init"], timestamp: number): void {
    if (this.#initVersion === init.version) return;
    const batch = init.batchAt(timestamp);
    if (batch !== undefined) this.subscriber.onBatch(batch, 0);
  }

  /** Video is back, maybe in the middle of a GOP: who has none of it waits for a keyframe. */
  #endWithoutVideo({ videoStopped }: Turn): void {
    if (!this.#beganWithoutVideo || videoStopped) return;
    this.#beganWithoutVideo = false;
    if (this.#state === "flowing") this.#state = "waiting";
  }

  #fallBehind(now: number): void {
    this.#state = "skipping";
    this.#skippingSince = now;
  }

  #patienceIsOver(now: number, queuedBytes: number): HubError | undefined {
    const milliseconds = now - this.#skippingSince;
    if (milliseconds <= this.#limits.maxSkipMs) return undefined;
    return new HubError(
      "RTMP_ERR_SLOW_SUBSCRIBER",
      `too slow for ${Math.round(milliseconds)} ms, ${queuedBytes} bytes queued`,
    );
  }
}
