import type { HubError } from "./errors.ts";
import type { SubscriberLimits } from "./limits.ts";
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
   * Bytes that were ever put into that queue, where others fill it, too: several streams on one connection.
   *
   * Tells how many of them have left, and so how long the oldest one has waited.
   *
   * @default what this subscription's batches made of `queuedBytes`
   */
  readonly writtenBytes?: number;
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
  /**
   * The subscriber has fallen behind, and gets nothing until its queue is shorter and a keyframe comes.
   *
   * @param queuedBytes  what waits for it
   * @param waitedMs     how long the oldest of these bytes has waited at least, as far as that was watched
   */
  onSkip?(queuedBytes: number, waitedMs: number): void;
  /** The hub gave the subscriber up; the subscription is over. */
  onEvict(cause: HubError): void;
}

/** How a subscription begins. */
export interface SubscribeOptions {
  /** Without media until `resume`. @default false */
  readonly paused?: boolean;
  /** How far the subscriber may stay behind, as `StreamHub.limitsFor` gives it. @default the hub's limits */
  readonly limits?: SubscriberLimits;
  /** What it is sent of the cached GOP, as `StreamHubOptions.latency` says. @default that of the hub */
  readonly latency?: "low" | "smooth";
}

/** A subscriber's place at a stream. */
export interface Subscription {
  /** Packets that were not delivered because the subscriber was too slow. */
  readonly skippedPackets: number;
  /** How often the subscriber fell behind. */
  readonly skips: number;
  /** Gets no media until `resume`; is told of publishers and ends all the same. */
  pause(): void;
  /**
   * Takes `pause` back, and never goes back in time.
   *
   * Media goes on at once where it stopped while that is in the GOP cache, or with the keyframe of a later GOP; where none
   * is cached, with the next packet that a decoder can start with. Configurations come again when they changed.
   */
  resume(): void;
  /** Gets metadata and codec configurations again before anything else, for a subscriber that has not kept them all. */
  repeatInit(): void;
  /** Leaves the stream; without effect when already left. */
  close(): void;
}
