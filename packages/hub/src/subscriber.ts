import type { HubError } from "./errors.ts";
import type { MediaBatch } from "./media-batch.ts";

/** Somebody who receives a live stream: a player, a recorder, a push. */
export interface Subscriber {
  /** Bytes that wait for this subscriber; above a bound it skips to a later keyframe. */
  readonly queuedBytes: number;
  /**
   * Media to send on.
   *
   * @param batch  shared with all other subscribers
   * @param from   index of the first packet that is meant for this subscriber
   */
  onBatch(batch: MediaBatch, from: number): void;
  /** A publisher came after the subscriber had joined a name without one, or had been told of an end. */
  onPublish(): void;
  /** The stream ended; the subscription goes on and waits for the name to be published again. */
  onUnpublish(): void;
  /** The hub gave the subscriber up; the subscription is over. */
  onEvict(cause: HubError): void;
}

/** A subscriber's place at a stream. */
export interface Subscription {
  /** Packets that were not delivered because the subscriber was too slow. */
  readonly skippedPackets: number;
  /** Leaves the stream; without effect when already left. */
  close(): void;
}

/**
 * Where a subscriber stands.
 *
 * - `waiting`: for a packet that a decoder can start with.
 * - `flowing`: gets every batch.
 * - `skipping`: too slow; waits until its queue is shorter and a packet to start with comes.
 */
export type SubscriberState = "waiting" | "flowing" | "skipping";

/** What a live stream remembers of one subscriber. */
export class Seat implements Subscription {
  readonly subscriber: Subscriber;
  state: SubscriberState = "waiting";
  /** Version of the init state that the subscriber has seen. */
  initVersion = -1;
  /** Whether the subscriber has been told, or has seen for itself, that nothing is published. */
  knowsUnpublished = false;
  /** When skipping began, in milliseconds of the hub's clock. */
  skippingSince = 0;
  skippedPackets = 0;
  readonly #leave: (seat: Seat) => void;

  constructor(subscriber: Subscriber, leave: (seat: Seat) => void) {
    this.subscriber = subscriber;
    this.#leave = leave;
  }

  close(): void {
    this.#leave(this);
  }
}
