/**
 * A stream that a client plays: an asynchronous sequence of its messages.
 *
 * RTMP §7.2.2.1
 */

import { type Play2Options, type PlayOptions, type Status, StatusCode } from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import type { ClientPlayOptions, ClientStream } from "./client-stream.ts";
import type { Link } from "./link.ts";
import { type ClientMedia, receivedMedia } from "./media.ts";

const defaultMaxQueuedBytes = 4 * 1024 * 1024;

/** How to play. */
export interface PlayerOptions extends ClientPlayOptions {
  /** Goes on waiting when the stream is unpublished, for it may be published again. @default false: the sequence ends */
  readonly follow?: boolean;
  /** Bytes that wait to be taken above which the connection is not read on. @default 4194304 */
  readonly maxQueuedBytes?: number;
  /** Is told every status of the stream. */
  readonly onStatus?: (status: Status) => void;
}

/** A connection's stream that plays for the player. */
interface Source {
  readonly link: Link;
  readonly stream: ClientStream;
}

/** A stream that is played. */
export class Player implements AsyncIterableIterator<ClientMedia> {
  /** The name, as the server was asked for it. */
  readonly streamName: string;
  readonly #options: PlayerOptions;
  readonly #onClose: (player: Player) => void;
  #source: Source | undefined;
  // Set while the player moves to another connection.
  #next: Source | undefined;
  #moved: (() => void) | undefined;
  #queue: ClientMedia[] = [];
  #queuedBytes = 0;
  #holding = false;
  readonly #waiting: Waiter[] = [];
  #ended = false;
  #error: RtmpError | undefined;

  /** For the client alone: `RtmpClient.play` makes players. */
  constructor(streamName: string, options: PlayerOptions, onClose: (player: Player) => void) {
    this.streamName = streamName;
    this.#options = options;
    this.#onClose = onClose;
  }

  /**
   * Plays over a link; for the client alone.
   *
   * @throws SessionError `RTMP_ERR_PLAY_REJECTED` or an error of a call, as the rejection
   */
  async start(link: Link): Promise<void> {
    this.#source = this.#sourceOn(link);
    await playing(this.#source.stream, this.streamName, this.#options);
  }

  /**
   * Goes on over another link, from the first message that comes there; for the client alone.
   *
   * Resolves when the old link is of no use to the player any more.
   *
   * @throws as `start`; the player then stays where it is
   */
  async moveTo(link: Link): Promise<void> {
    if (this.#ended) return;
    const next = this.#sourceOn(link);
    const moved = new Promise<void>((resolve) => {
      this.#moved = resolve;
    });
    this.#next = next;
    try {
      await playing(next.stream, this.streamName, this.#options);
    } catch (error) {
      if (this.#next === next) this.#next = undefined;
      throw error;
    }
    await moved;
  }

  /** Stops the media for a while, or goes on; the answer comes as a status (RTMP §7.2.2.8). */
  pause(paused: boolean, milliseconds = 0): void {
    this.#stream.pause(paused, milliseconds);
  }

  /** Goes on from another place of a recording; the answer comes as a status (RTMP §7.2.2.7). */
  seek(milliseconds: number): void {
    this.#stream.seek(milliseconds);
  }

  /** Says whether audio is wanted. */
  receiveAudio(flag: boolean): void {
    this.#stream.receiveAudio(flag);
  }

  /** Says whether video is wanted. */
  receiveVideo(flag: boolean): void {
    this.#stream.receiveVideo(flag);
  }

  /** Puts a stream behind what plays. */
  append(streamName: string, options?: Omit<PlayOptions, "streamName" | "reset">): void {
    this.#stream.append(streamName, options);
  }

  /** Asks for another stream in place of the one that plays. */
  play2(options: Play2Options): void {
    this.#stream.play2(options);
  }

  /**
   * Waits for the next message.
   *
   * @throws RtmpError why the connection broke, as the rejection; messages that came before are given first
   */
  next(): Promise<IteratorResult<ClientMedia, undefined>> {
    const first = this.#queue.shift();
    if (first !== undefined) {
      this.#queuedBytes -= first.body.length;
      this.#relieve();
      return Promise.resolve({ done: false, value: first });
    }
    if (this.#error !== undefined) {
      const error = this.#error;
      this.#error = undefined;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Stops to play; a loop over the player calls it when it is left. */
  return(): Promise<IteratorResult<ClientMedia, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Returns itself: a player is one sequence. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Stops to play, and forgets what has not been taken. */
  close(): void {
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#relieve();
    this.#source?.stream.close();
    this.#next?.stream.close();
    this.#end(undefined);
  }

  get #stream(): ClientStream {
    if (this.#source === undefined) throw new TypeError("the player has not been started");
    return this.#source.stream;
  }

  #sourceOn(link: Link): Source {
    const stream: ClientStream = link.session.stream({
      onMedia: (typeId, timestamp, payload) => {
        if (source === this.#next) this.#switch(source);
        if (source === this.#source) this.#onMedia(receivedMedia(typeId, timestamp, payload));
      },
      onStatus: (status) => {
        if (source === this.#source) this.#onStatus(status);
      },
      onEnd: (cause) => {
        if (source !== this.#source) return;
        if (this.#next === undefined) this.#end(cause);
        else this.#switch(this.#next);
      },
    });
    const source: Source = { link, stream };
    return source;
  }

  #onMedia(media: ClientMedia): void {
    if (this.#ended) return;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting.resolve({ done: false, value: media });
      return;
    }
    this.#queue.push(media);
    this.#queuedBytes += media.body.length;
    const { maxQueuedBytes = defaultMaxQueuedBytes } = this.#options;
    if (this.#holding || this.#queuedBytes <= maxQueuedBytes) return;
    this.#holding = true;
    this.#source?.link.driver.hold();
  }

  #onStatus(status: Status): void {
    this.#options.onStatus?.(status);
    const isOver =
      status.code === StatusCode.PlayStop ||
      (status.code === StatusCode.PlayUnpublishNotify && this.#options.follow !== true);
    if (!isOver) return;
    this.#stream.close();
    this.#end(undefined);
  }

  #switch(next: Source): void {
    const old = this.#source;
    this.#next = undefined;
    this.#source = next;
    if (this.#holding) {
      old?.link.driver.release();
      next.link.driver.hold();
    }
    old?.stream.close();
    this.#moved?.();
  }

  #relieve(): void {
    const { maxQueuedBytes = defaultMaxQueuedBytes } = this.#options;
    if (!this.#holding || this.#queuedBytes > maxQueuedBytes / 2) return;
    this.#holding = false;
    this.#source?.link.driver.release();
  }

  #end(cause: RtmpError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#moved?.();
    // The first that waits, or asks, hears of the cause; for the others the sequence is over.
    const [first, ...others] = this.#waiting.splice(0);
    if (cause === undefined) first?.resolve({ done: true, value: undefined });
    else if (first === undefined) this.#error = cause;
    else first.reject(cause);
    for (const { resolve } of others) resolve({ done: true, value: undefined });
    this.#onClose(this);
  }
}

/** What a call of `next` waits for. */
interface Waiter {
  readonly resolve: (result: IteratorResult<ClientMedia, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

function playing(stream: ClientStream, streamName: string, options: PlayerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.play(streamName, options, (answer) => {
      if (answer.ok) {
        resolve();
        return;
      }
      stream.close();
      reject(answer.error);
    });
  });
}
