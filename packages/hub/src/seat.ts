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
  /** Gives the seat up; called once. */
  readonly onLeave: (seat: Seat) => void;
}

/** A subscriber's place at a live stream. */
export class Seat implements Subscription {
  readonly subscriber: Subscriber;
  /** Whether the subscriber has been told, or has seen for itself, that nothing is published. */
  knowsUnpublished = false;
  skippedPackets = 0;
  readonly #limits: HubLimits;
  readonly #onLeave: (seat: Seat) => void;
  #state: SeatState = "waiting";
  #left = false;
  // Version of the init state that the subscriber has seen.
  #initVersion = -1;
  // When skipping began, in milliseconds of the hub's clock.
  #skippingSince = 0;

  constructor({ subscriber, limits, onLeave }: SeatOptions) {
    this.subscriber = subscriber;
    this.#limits = limits;
    this.#onLeave = onLeave;
  }

  close(): void {
    if (this.#left) return;
    this.#left = true;
    this.#onLeave(this);
  }

  pause(): void {
    this.#state = "paused";
  }

  resume(anew = false): void {
    if (this.#state !== "paused") return;
    this.#state = "waiting";
    if (anew) this.#initVersion = -1;
  }

  /**
   * Sends init state and cached GOP to a subscriber that just came.
   *
   * @param initVersion  version of the init state behind the GOP's last batch
   */
  join(gop: GopCache, initVersion: number, now: number): void {
    if (gop.start === undefined) return;
    if (this.subscriber.queuedBytes > this.#limits.skipAboveBytes) {
      this.#fallBehind(now);
      return;
    }
    this.#state = "flowing";
    this.#introduce(gop.start.init, gop.start.timestamp);
    for (const { batch, from } of gop.entries) this.subscriber.onBatch(batch, from);
    this.#initVersion = initVersion;
  }

  /**
   * Sends a batch, or what a decoder can use of it, unless the subscriber is too slow.
   *
   * @returns why the subscriber is to be given up; undefined while it is not
   */
  deliver(turn: Turn, now: number): HubError | undefined {
    if (this.#state === "paused") return undefined;
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
    const timestamp = turn.batch.packets[index]?.timestamp ?? 0;
    this.#introduce(init, timestamp);
    if (!this.#left) this.#send(turn, index);
  }

  #send(turn: Turn, from: number): void {
    this.#initVersion = turn.initVersion;
    this.subscriber.onBatch(turn.batch, from);
  }

  /** Sends the init state unless the subscriber has seen this version of it. */
  #introduce(init: Start["init"], timestamp: number): void {
    if (this.#initVersion === init.version) return;
    const batch = init.batchAt(timestamp);
    if (batch !== undefined) this.subscriber.onBatch(batch, 0);
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
