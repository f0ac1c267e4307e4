import type { HubError } from "./errors.ts";
import type { MediaBatch } from "./media-batch.ts";

/**
 * Somebody who receives a live stream: a player, a recorder, a push.
 *
 * Its methods may close, subscribe and publish; what they cause on the same stream comes after what is under way. They
 * should not throw: the error reaches whoever caused the call, after all other subscribers were served.
 */
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
  /** Gets no media until `resume`; is told of publishers and ends all the same. */
  pause(): void;
  /**
   * Takes `pause` back: media goes on with the next packet that a decoder can start with, and so never goes back in time.
   *
   * @param anew  repeats the codec configurations, for a subscriber that has not kept what it got. @default false: only
   *   those that changed in the meantime
   */
  resume(anew?: boolean): void;
  /** Leaves the stream; without effect when already left. */
  close(): void;
}
