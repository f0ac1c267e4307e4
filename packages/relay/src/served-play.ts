/**
 * One stream that plays for a client: its place at the hub, and the playback control of a live stream.
 *
 * RTMP §7.2.2.1 to §7.2.2.8
 */

import type { HubError, MediaBatch, StreamHub, SubscriberLimits, Subscription } from "@rtmp/hub";
import type { StreamPath } from "@rtmp/message";
import type { Driver, ServerStream } from "@rtmp/session";
import { PlayDuration } from "./play-duration.ts";
import type { PlayerWishes } from "./player-form.ts";
import { type EgressOwner, RtmpEgress } from "./rtmp-egress.ts";
import type { ServeObserver } from "./serve-observer.ts";

/** What all plays of a connection have in common. */
export interface PlayEnvironment {
  readonly hub: StreamHub;
  readonly driver: Driver;
  /** Which tracks players are sent. */
  readonly tracks: PlayerWishes["tracks"];
  /** How far players may stay behind. */
  readonly limits: SubscriberLimits;
  readonly observer: ServeObserver;
  /** The hub gave a player up: it is too slow. */
  onEvict(cause: HubError): void;
}

/** Construction of a {@link ServedPlay}. */
export interface ServedPlayOptions {
  readonly environment: PlayEnvironment;
  readonly stream: ServerStream;
  readonly path: StreamPath;
  /** Begins without media, as after `pause`. */
  readonly paused: boolean;
  /** How long to play, as the client sent it; -1: without end. */
  readonly duration: number;
}

/** A playing stream of a connection. */
export class ServedPlay implements EgressOwner {
  readonly #environment: PlayEnvironment;
  readonly #stream: ServerStream;
  // Undefined when it has no end.
  readonly #duration: PlayDuration | undefined;
  #path: StreamPath;
  #egress: RtmpEgress;
  #subscription: Subscription | undefined;
  #paused: boolean;
  #receivedAudio: boolean;
  #receivedVideo: boolean;
  #finished = false;
  #goesOnPaused = false;
  // Whose media came last.
  #publication: number | undefined;
  // Of streams that were left by play2.
  #skippedBefore = 0;

  constructor({ environment, stream, path, paused, duration }: ServedPlayOptions) {
    this.#environment = environment;
    this.#stream = stream;
    this.#path = path;
    this.#paused = paused;
    this.#duration = duration > 0 ? new PlayDuration(duration) : undefined;
    this.#receivedAudio = stream.receivesAudio;
    this.#receivedVideo = stream.receivesVideo;
    this.#egress = this.#createEgress();
  }

  /** What plays. */
  get path(): StreamPath {
    return this.#path;
  }

  /** Packets that the player was not sent because it was too slow. */
  get skippedPackets(): number {
    return this.#skippedBefore + (this.#subscription?.skippedPackets ?? 0);
  }

  /** Whether it has ended by itself while the player paused, so that what follows in the playlist begins so. */
  get goesOnPaused(): boolean {
    return this.#goesOnPaused;
  }

  /** Joins the stream; the cached GOP is sent at once. */
  start(): void {
    const { hub, limits } = this.#environment;
    const options = { paused: this.#paused, limits };
    this.#subscription = hub.subscribe(this.#path.streamPath, this.#egress, options);
    // The cached GOP may have been all, or its last write the connection's end.
    if (this.#finished) this.#subscription.close();
  }

  /** Sends no media from now on. */
  pause(): void {
    this.#paused = true;
    this.#subscription?.pause();
  }

  /** Goes on where the media stopped, or with the newest GOP; without effect unless it pauses. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#duration?.interrupt();
    this.#subscription?.resume();
  }

  /** The client wants other kinds: one that comes back begins with its configuration, video then with a keyframe. */
  receive(): void {
    const { receivesAudio, receivesVideo } = this.#stream;
    const audioIsBack = receivesAudio && !this.#receivedAudio;
    const videoIsBack = receivesVideo && !this.#receivedVideo;
    this.#receivedAudio = receivesAudio;
    this.#receivedVideo = receivesVideo;
    this.#egress.selectKinds(videoIsBack);
    if (audioIsBack || videoIsBack) this.#subscription?.repeatInit();
  }

  /** Goes over to another stream. */
  change(path: StreamPath): void {
    this.#subscription?.close();
    this.#skippedBefore = this.skippedPackets;
    this.#subscription = undefined;
    this.#publication = undefined;
    this.#duration?.interrupt();
    this.#path = path;
    this.#egress = this.#createEgress();
    this.start();
  }

  /** Leaves the hub. */
  leave(): void {
    this.#finished = true;
    this.#subscription?.close();
  }

  onSkip(queuedBytes: number, waitedMs: number): void {
    this.#environment.observer.onSkip?.(this.#path, queuedBytes, waitedMs);
  }

  onEvict(cause: HubError): void {
    this.#environment.onEvict(cause);
  }

  /** A live stream never ends by itself; where something waits behind it in the playlist, its publisher's end does. */
  onUnpublish(): boolean {
    if (this.#stream.playlist.length === 0) return false;
    this.#finish();
    return true;
  }

  limit({ packets, publication }: MediaBatch, from: number): number {
    if (this.#finished) return from;
    if (publication !== undefined && publication !== this.#publication) {
      this.#publication = publication;
      this.#duration?.interrupt();
    }
    return this.#duration?.count(packets, from) ?? packets.length;
  }

  onLimit(): void {
    this.#finish();
  }

  #createEgress(): RtmpEgress {
    const { driver, tracks } = this.#environment;
    const limited = this.#duration !== undefined;
    return new RtmpEgress({ owner: this, stream: this.#stream, driver, tracks, limited });
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const stream = this.#stream;
    this.#goesOnPaused = this.#paused && stream.playlist.length > 0;
    const durationSeconds = this.#duration?.seconds;
    this.#environment.driver.batch(() => stream.finishPlay({ durationSeconds }));
  }
}
