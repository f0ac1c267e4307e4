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
import { RtmpEgress, type RtmpEgressOptions, type SharedTraffic } from "./rtmp-egress.ts";

/** Construction of a {@link ServedPlay}. */
export interface ServedPlayOptions {
  readonly hub: StreamHub;
  readonly driver: Driver;
  readonly stream: ServerStream;
  readonly path: StreamPath;
  /** What the connection's playing streams have written. */
  readonly traffic: SharedTraffic;
  /** How far the player may stay behind. */
  readonly limits: SubscriberLimits;
  /** Begins without media, as after `pause`. */
  readonly paused: boolean;
  /** Which tracks the player is sent. */
  readonly tracks: PlayerWishes["tracks"];
  /** How long to play, as the client sent it; -1: without end. */
  readonly duration: number;
  /** The player has fallen behind. */
  readonly onSkip: RtmpEgressOptions["onSkip"];
  /** The hub gave the player up: it is too slow. */
  readonly onEvict: (cause: HubError) => void;
}

/** A playing stream of a connection. */
export class ServedPlay {
  readonly #options: ServedPlayOptions;
  readonly #duration: PlayDuration;
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

  constructor(options: ServedPlayOptions) {
    this.#options = options;
    this.#path = options.path;
    this.#paused = options.paused;
    this.#duration = new PlayDuration(options.duration);
    this.#receivedAudio = options.stream.receivesAudio;
    this.#receivedVideo = options.stream.receivesVideo;
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
    const { hub, limits } = this.#options;
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
    this.#duration.interrupt();
    this.#subscription?.resume();
  }

  /** The client wants other kinds: one that comes back begins with its configuration, video then with a keyframe. */
  receive(): void {
    const { receivesAudio, receivesVideo } = this.#options.stream;
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
    this.#duration.interrupt();
    this.#path = path;
    this.#egress = this.#createEgress();
    this.start();
  }

  /** Leaves the hub. */
  leave(): void {
    this.#finished = true;
    this.#subscription?.close();
  }

  #createEgress(): RtmpEgress {
    const { stream, driver, traffic, tracks, onSkip, onEvict } = this.#options;
    return new RtmpEgress({
      stream,
      driver,
      traffic,
      streamPath: this.#path.streamPath,
      tracks,
      onSkip,
      onEvict,
      onUnpublish: () => this.#onUnpublish(),
      limit: (batch, from) => this.#limit(batch, from),
      onLimit: () => this.#finish(),
    });
  }

  /** A live stream never ends by itself; where something waits behind it in the playlist, its publisher's end does. */
  #onUnpublish(): boolean {
    if (this.#options.stream.playlist.length === 0) return false;
    this.#finish();
    return true;
  }

  #limit({ packets, publication }: MediaBatch, from: number): number {
    if (this.#finished) return from;
    if (publication !== undefined && publication !== this.#publication) {
      this.#publication = publication;
      this.#duration.interrupt();
    }
    return this.#duration.count(packets, from);
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const { driver, stream } = this.#options;
    this.#goesOnPaused = this.#paused && stream.playlist.length > 0;
    driver.batch(() => stream.finishPlay({ durationSeconds: this.#duration.seconds }));
  }
}
