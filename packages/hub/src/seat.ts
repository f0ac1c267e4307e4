/**
 * What a live stream remembers of one subscriber: what it gets next, and whether it keeps up.
 *
 *   waiting ──────place to start──────► flowing ──too much queued,──► skipping
 *    │  ▲                                ▲  ▲     or for too long      ▲  │
 *    │  └─resume── paused       keyframe │  │                          │  │
 *    │                ▲                  │  └──half is free and a──────│──┘
 *    │              pause (any)          │      place to start         │
 *    └──────picture of the GOP──► listening ───────────────────────────┘
 *
 * When the publication ends, listening and flowing ones wait for a place to start in the next.
 */

import type { HubError } from "./errors.ts";
import type { GopCache, GopStart } from "./gop-cache.ts";
import type { SubscriberLimits } from "./limits.ts";
import { QueueWatch } from "./queue-watch.ts";
import type { SeatStream } from "./seat-stream.ts";
import { Skip } from "./skip.ts";
import type { Subscriber, Subscription } from "./subscriber.ts";
import type { Start, Turn } from "./turn.ts";

/**
 * Where a subscriber stands.
 *
 * - `paused`: wants nothing.
 * - `waiting`: for a packet that a decoder can start with.
 * - `listening`: has a picture and gets all but video, which goes on with a keyframe.
 * - `flowing`: gets every batch.
 * - `skipping`: too slow; waits until its queue is shorter and a packet to start with comes.
 */
type SeatState = "paused" | "waiting" | "listening" | "flowing" | "skipping";

/** Construction of a {@link Seat}. */
export interface SeatOptions {
  readonly subscriber: Subscriber;
  readonly limits: SubscriberLimits;
  readonly stream: SeatStream;
  /** Begins without media, as after `pause`. */
  readonly paused: boolean;
  /** Whether it begins with a picture in place of the cached GOP. */
  readonly startsWithPicture: boolean;
}

/** A subscriber's place at a live stream. */
export class Seat implements Subscription {
  // First what each batch touches: with thousands of seats in turn, none of it is in the cache.
  readonly subscriber: Subscriber;
  #state: SeatState;
  // Whether it began on audio because video had stopped.
  #beganWithoutVideo = false;
  // Number of the last turn that it was sent; 0 while it has to begin with a place to start.
  #seen = 0;
  // Version of the init state that the subscriber has seen.
  #initVersion = -1;
  // How much longer the queue may wait because it began with a whole GOP.
  #burstMs = 0;
  // Made when the subscriber's queue is not empty for the first time.
  #watch: QueueWatch | undefined;
  readonly #limits: SubscriberLimits;
  readonly #stream: SeatStream;
  readonly #startsWithPicture: boolean;
  #left = false;
  #skip: Skip | undefined;
  /** Whether the subscriber has been told, or has seen for itself, that nothing is published. */
  knowsUnpublished = false;
  skippedPackets = 0;
  skips = 0;

  constructor({ subscriber, limits, stream, paused, startsWithPicture }: SeatOptions) {
    this.subscriber = subscriber;
    this.#limits = limits;
    this.#stream = stream;
    this.#startsWithPicture = startsWithPicture;
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
    // It has no frame that what follows its picture refers to, so it comes back as one that joins.
    if (this.#state === "listening") this.#seen = 0;
    this.#state = "paused";
  }

  resume(): void {
    if (this.#state !== "paused" || this.#left) return;
    this.#state = "waiting";
    this.#stream.rejoin(this);
  }

  repeatInit(): void {
    this.#initVersion = -1;
    if ((this.#state !== "flowing" && this.#state !== "listening") || this.#left) return;
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
    const { start } = gop;
    if (start === undefined || latest === undefined) return;
    if (this.hasFullQueue) {
      this.#fallBehind(this.subscriber.queuedBytes, 0, now);
      return;
    }
    this.#beganWithoutVideo = false;
    if (this.#startsWithPicture && this.#seen === 0) this.#show(gop, start, latest);
    else this.#catchUp(gop, start, latest, now);
  }

  /** Sends the init state behind a turn, unless the subscriber has seen it. */
  introduce({ batch, init }: Turn): void {
    const newest = batch.packets.findLast(({ kind }) => kind !== "data");
    this.#introduce(init, newest?.timestamp ?? 0);
  }

  /**
   * Sends a batch, or what a decoder can use of it, unless the subscriber is too slow.
   *
   * @returns why the subscriber is to be given up; undefined while it is not
   */
  deliver(turn: Turn, now: number): HubError | undefined {
    if (this.#state === "paused") return undefined;
    if (this.#beganWithoutVideo) this.#endWithoutVideo(turn);
    if (this.#state === "waiting" && turn.first === undefined) return undefined;

    const { queuedBytes } = this.subscriber;
    if (this.#state !== "skipping") {
      if (queuedBytes === 0) {
        this.#onEmpty();
        this.#sendSome(turn);
        return undefined;
      }
      const waitedMs = this.#watch?.waitedMs(queuedBytes, now) ?? 0;
      if (queuedBytes <= this.#limits.skipAboveBytes && waitedMs <= this.#mostWaitMs) {
        this.#sendSome(turn);
        this.#mark(queuedBytes, now);
        return undefined;
      }
      this.#fallBehind(queuedBytes, waitedMs, now);
      if (this.#left) return undefined;
    }

    const { first } = turn;
    const hasRoom = this.#skip?.hasRoom(queuedBytes) ?? true;
    if (first !== undefined && hasRoom) {
      this.#countSkipped(first.index);
      this.#watch?.clear();
      this.#start(turn, first);
      if (queuedBytes > 0) this.#mark(queuedBytes, now);
      return undefined;
    }
    this.#countSkipped(turn.batch.packets.length);
    return hasRoom ? undefined : this.#skip?.patienceIsOver(queuedBytes, now);
  }

  /** The publication ended: the next one begins with a packet to start with. */
  interrupt(): void {
    if (this.#state === "flowing" || this.#state === "listening") this.#state = "waiting";
  }

  /** Sends what has not been seen of the cached GOP. */
  #catchUp(gop: GopCache, start: GopStart, latest: Turn, now: number): void {
    this.#state = "flowing";
    this.#burstMs = Math.min(now - start.at, this.#stream.longestGopMs);
    this.#announce();
    if (this.#left) return;
    if (!gop.reachesBackTo(this.#seen)) this.#introduce(start.init, start.timestamp);
    else if (this.#initVersion === -1) this.introduce(latest);
    for (const { batch, from } of gop.behind(this.#seen)) {
      if (this.#left) return;
      this.subscriber.onBatch(batch, from);
    }
    this.#seen = latest.number;
    this.#initVersion = latest.init.version;
  }

  /** Sends the keyframe of the cached GOP, behind and before the configurations that hold there and now. */
  #show({ picture }: GopCache, start: GopStart, latest: Turn): void {
    this.#state = "listening";
    this.#seen = latest.number;
    this.#announce();
    if (picture === undefined || !this.#isListening) return;
    this.#introduce(start.init, picture.packets[0]?.timestamp ?? 0);
    if (!this.#isListening) return;
    this.subscriber.onBatch(picture, 0);
    if (this.#isListening) this.introduce(latest);
  }

  get #isListening(): boolean {
    return this.#state === "listening" && !this.#left;
  }

  #sendSome(turn: Turn): void {
    if (this.#state === "flowing") this.#send(turn, 0);
    else if (this.#state === "listening") this.#sendBeforeVideo(turn);
    else if (turn.first !== undefined) this.#start(turn, turn.first);
  }

  #sendBeforeVideo(turn: Turn): void {
    const { beforeVideo, keyframeIndex } = turn;
    this.#seen = turn.number;
    this.#initVersion = turn.init.version;
    if (beforeVideo !== undefined) this.subscriber.onBatch(beforeVideo, 0);
    if (keyframeIndex === undefined || !this.#isListening) return;
    this.#state = "flowing";
    this.subscriber.onBatch(turn.batch, keyframeIndex);
  }

  #start(turn: Turn, { index, init }: Start): void {
    this.#state = "flowing";
    this.#beganWithoutVideo = turn.videoStopped;
    this.#burstMs = 0;
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
    this.#initVersion = init.version;
    const batch = init.batchAt(timestamp);
    if (batch !== undefined) this.subscriber.onBatch(batch, 0);
  }

  /** Video is back, maybe in the middle of a GOP: who has none of it waits for a keyframe. */
  #endWithoutVideo({ videoStopped }: Turn): void {
    if (videoStopped) return;
    this.#beganWithoutVideo = false;
    if (this.#state === "flowing") this.#state = "waiting";
  }

  get #mostWaitMs(): number {
    return this.#limits.skipAboveMs + this.#burstMs;
  }

  #onEmpty(): void {
    this.#watch?.clear();
    this.#burstMs = 0;
  }

  #mark(queuedBefore: number, now: number): void {
    this.#watch ??= new QueueWatch(this.subscriber);
    this.#watch.mark(queuedBefore, this.#mostWaitMs, now);
  }

  #countSkipped(packets: number): void {
    this.skippedPackets += packets;
    this.#stream.counts.skippedPackets += packets;
  }

  #fallBehind(queuedBytes: number, waitedMs: number, now: number): void {
    this.#state = "skipping";
    this.#skip = new Skip(this.#limits, queuedBytes, now);
    this.skips++;
    this.#stream.counts.skips++;
    this.subscriber.onSkip?.(queuedBytes, waitedMs);
  }
}
