/**
 * One stream that plays for a client: its place at the hub, and the playback control of a live stream.
 *
 * RTMP §7.2.2.1 to §7.2.2.8
 */

import type { HubError, MediaBatch, StreamHub, Subscription } from "@rtmp/hub";
import type { StreamPath } from "@rtmp/message";
import type { Driver, ServerStream } from "@rtmp/session";
import { timestampDifference } from "@rtmp/wire";
import { RtmpEgress } from "./rtmp-egress.ts";

// Flash gives the duration of a play in seconds, as the specification has it, librtmp in milliseconds. Whole seconds in
// milliseconds are multiples of this; as many seconds would be a quarter of an hour and more.
const millisecondsFrom = 1_000;

/** Construction of a {@link ServedPlay}. */
export interface ServedPlayOptions {
  readonly hub: StreamHub;
  readonly driver: Driver;
  readonly stream: ServerStream;
  readonly path: StreamPath;
  /** How long to play, as the client sent it; -1: without end. */
  readonly duration: number;
  /** The hub gave the player up: it is too slow. */
  readonly onEvict: (cause: HubError) => void;
}

/** A playing stream of a connection. */
export class ServedPlay {
  readonly #options: ServedPlayOptions;
  readonly #durationMs: number | undefined;
  #path: StreamPath;
  #egress: RtmpEgress;
  #subscription: Subscription | undefined;
  #paused = false;
  #receivedVideo: boolean;
  // Of the first audio or video; undefined before.
  #startedAt: number | undefined;
  #finished = false;
  // Of streams that were left by play2.
  #skippedBefore = 0;

  constructor(options: ServedPlayOptions) {
    this.#options = options;
    this.#path = options.path;
    this.#durationMs = durationMs(options.duration);
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

  /** Joins the stream; the cached GOP is sent at once. */
  start(): void {
    this.#subscription = this.#options.hub.subscribe(this.#path.streamPath, this.#egress);
    // It may have ended within the cached GOP.
    if (this.#finished) this.#subscription.close();
  }

  /** Sends no media, or goes on with the next keyframe. */
  pause(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#subscription?.pause();
    else this.#subscription?.resume();
  }

  /** The client wants other kinds of media; video comes back with a keyframe, behind its configuration. */
  receive(): void {
    const { receivesVideo } = this.#options.stream;
    const isBack = receivesVideo && !this.#receivedVideo;
    this.#receivedVideo = receivesVideo;
    this.#egress.selectKinds();
    if (!isBack) return;
    this.#subscription?.pause();
    if (!this.#paused) this.#subscription?.resume(true);
  }

  /** Goes over to another stream. */
  change(path: StreamPath): void {
    this.#skippedBefore = this.skippedPackets;
    this.#subscription?.close();
    this.#path = path;
    this.#egress = this.#createEgress();
    this.#subscription = this.#options.hub.subscribe(path.streamPath, this.#egress);
    if (this.#paused) this.#subscription.pause();
  }

  /** Leaves the hub. */
  leave(): void {
    this.#finished = true;
    this.#subscription?.close();
  }

  #createEgress(): RtmpEgress {
    const { stream, driver, onEvict } = this.#options;
    return new RtmpEgress({
      stream,
      driver,
      streamPath: this.#path.streamPath,
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

  #limit({ packets }: MediaBatch, from: number): number {
    const limitMs = this.#durationMs;
    if (limitMs === undefined) return packets.length;
    if (this.#finished) return from;

    for (let index = from; index < packets.length; index++) {
      const packet = packets[index];
      if (packet === undefined || packet.kind === "data") continue;
      this.#startedAt ??= packet.timestamp;
      if (timestampDifference(packet.timestamp, this.#startedAt) >= limitMs) return index;
    }
    return packets.length;
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const { driver, stream } = this.#options;
    const durationSeconds = this.#durationMs === undefined ? undefined : this.#durationMs / 1_000;
    driver.batch(() => stream.finishPlay({ durationSeconds }));
  }
}

function durationMs(duration: number): number | undefined {
  if (!(duration >= 0)) return undefined;
  const isMilliseconds = duration >= millisecondsFrom && duration % millisecondsFrom === 0;
  return isMilliseconds ? duration : duration * 1_000;
}
