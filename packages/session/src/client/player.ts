/**
 * A stream that a client plays: an asynchronous sequence of its messages.
 *
 * RTMP §7.2.2.1
 */

import { type Play2Options, type PlayOptions, type Status, StatusCode } from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import { SessionError } from "../errors.ts";
import type { ClientStream } from "./client-stream.ts";
import type { Link } from "./link.ts";
import { type ClientMedia, receivedMedia } from "./media.ts";
import { MediaQueue, type TakenMedia } from "./media-queue.ts";
import type { ClientPlayOptions } from "./stream-line.ts";

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

/** A move to another connection that is under way. */
interface Move {
  readonly next: Source;
  /** Data that came there in front of the first audio or video: it says nothing of whether the stream is there. */
  readonly early: ClientMedia[];
  earlyBytes: number;
  readonly onMoved: () => void;
  readonly onStayed: (error: unknown) => void;
}

/** A stream that is played. */
export class Player implements AsyncIterableIterator<ClientMedia> {
  /** The name, as the server was asked for it. */
  readonly streamName: string;
  readonly #options: PlayerOptions;
  readonly #onClose: (player: Player) => void;
  #source: Source | undefined;
  #move: Move | undefined;
  // What the owner asked for, to be asked again elsewhere.
  #wantsAudio = true;
  #wantsVideo = true;
  #pausedAt: number | undefined;
  readonly #queue = new MediaQueue();
  #holding = false;
  #ended = false;

  /** For the client alone: `RtmpClient.play` makes players. */
  constructor(streamName: string, options: PlayerOptions, onClose: (player: Player) => void) {
    this.streamName = streamName;
    this.#options = options;
    this.#onClose = onClose;
  }

  /** Where it plays; for the client alone. */
  get link(): Link | undefined {
    return this.#source?.link;
  }

  /**
   * Plays over a link; for the client alone.
   *
   * @throws SessionError `RTMP_ERR_PLAY_REJECTED` or an error of a call, as the rejection
   */
  async start(link: Link): Promise<void> {
    const source = this.#sourceOn(link);
    this.#source = source;
    try {
      await playing(source.stream, this.streamName, this.#options);
    } catch (error) {
      // Unless it plays elsewhere in the meantime.
      if (source === this.#source) throw error;
    }
  }

  /**
   * Goes on over another link, from the first audio or video that comes there; for the client alone.
   *
   * Resolves when the old link is of no use to the player any more. `streamName` is played there, without what was
   * appended or put in its place.
   *
   * @throws as `start`; SessionError `RTMP_ERR_SESSION_ENDED` when the new link ends first; the player then stays where
   *   it is
   */
  moveTo(link: Link): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const next = this.#sourceOn(link);
      const move = { next, early: [], earlyBytes: 0, onMoved: resolve, onStayed: reject };
      this.#move = move;
      playing(next.stream, this.streamName, this.#options).then(
        () => this.#askAgain(move),
        (error: unknown) => this.#onRefused(move, error),
      );
    });
  }

  /** Stops the media for a while, or goes on; the answer comes as a status (RTMP §7.2.2.8). */
  pause(paused: boolean, milliseconds = 0): void {
    this.#stream.pause(paused, milliseconds);
    this.#pausedAt = paused ? milliseconds : undefined;
  }

  /** Goes on from another place of a recording; the answer comes as a status (RTMP §7.2.2.7). */
  seek(milliseconds: number): void {
    this.#stream.seek(milliseconds);
  }

  /** Says whether audio is wanted. */
  receiveAudio(flag: boolean): void {
    this.#stream.receiveAudio(flag);
    this.#wantsAudio = flag;
  }

  /** Says whether video is wanted. */
  receiveVideo(flag: boolean): void {
    this.#stream.receiveVideo(flag);
    this.#wantsVideo = flag;
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
  next(): Promise<TakenMedia> {
    const taken = this.#queue.take();
    if (this.#holding && this.#queue.bytes <= this.#maxQueuedBytes / 2) this.#release();
    return taken;
  }

  /** Stops to play; a loop over the player calls it when it is left. */
  return(): Promise<TakenMedia> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Returns itself: a player is one sequence. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Stops to play, and forgets what has not been taken. */
  close(): void {
    this.#queue.clear();
    this.#source?.stream.close();
    this.#end(undefined);
  }

  get #stream(): ClientStream {
    if (this.#source === undefined) throw new TypeError("the player has not been started");
    return this.#source.stream;
  }

  get #maxQueuedBytes(): number {
    return this.#options.maxQueuedBytes ?? defaultMaxQueuedBytes;
  }

  #sourceOn(link: Link): Source {
    const stream: ClientStream = link.session.stream({
      onMedia: (typeId, timestamp, payload) => {
        const media = receivedMedia(typeId, timestamp, payload);
        if (source === this.#source) this.#onMedia(media);
        else if (source === this.#move?.next) this.#onNextMedia(this.#move, media);
      },
      onStatus: (status) => {
        if (source === this.#source) this.#onStatus(status);
      },
      onEnd: (cause) => {
        if (source === this.#source) this.#onLost(cause);
        else if (source === this.#move?.next) this.#onRefused(this.#move, endedEarly(cause));
      },
    });
    const source: Source = { link, stream };
    return source;
  }

  #onMedia(media: ClientMedia): void {
    this.#queue.push(media);
    if (this.#holding || this.#queue.bytes <= this.#maxQueuedBytes) return;
    this.#holding = true;
    this.#source?.link.hold(this);
  }

  #onNextMedia(move: Move, media: ClientMedia): void {
    move.early.push(media);
    move.earlyBytes += media.body.length;
    if (media.kind !== "data" || move.earlyBytes > this.#maxQueuedBytes) this.#switch(move);
  }

  #onStatus(status: Status): void {
    this.#options.onStatus?.(status);
    const isOver =
      status.code === StatusCode.PlayStop ||
      (status.code === StatusCode.PlayUnpublishNotify && this.#options.follow !== true);
    if (!isOver || this.#ended) return;
    // Its publisher may have gone to the other place before the player.
    if (this.#move !== undefined) {
      this.#switch(this.#move);
      return;
    }
    this.#stream.close();
    this.#end(undefined);
  }

  #onLost(cause: RtmpError | undefined): void {
    if (this.#move === undefined) this.#end(cause);
    else this.#switch(this.#move);
  }

  #onRefused(move: Move, error: unknown): void {
    if (move === this.#move) {
      this.#move = undefined;
      move.onStayed(error);
    } else if (move.next === this.#source) {
      // There is nothing left to go back to.
      this.#end(error instanceof SessionError ? error : undefined);
    }
  }

  /** A paused player gets no media that it could wait for. */
  #askAgain(move: Move): void {
    const { stream } = move.next;
    if (stream.state !== "playing") return;
    if (!this.#wantsAudio) stream.receiveAudio(false);
    if (!this.#wantsVideo) stream.receiveVideo(false);
    if (this.#pausedAt === undefined) return;
    stream.pause(true, this.#pausedAt);
    if (move === this.#move) this.#switch(move);
  }

  #switch(move: Move): void {
    const old = this.#source;
    this.#move = undefined;
    this.#source = move.next;
    if (this.#holding) {
      move.next.link.hold(this);
      old?.link.release(this);
    }
    old?.stream.close();
    for (const media of move.early) this.#onMedia(media);
    move.onMoved();
  }

  #release(): void {
    this.#holding = false;
    this.#source?.link.release(this);
  }

  #end(cause: RtmpError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    // Nothing more will be queued: others on the connection need not wait for what is.
    this.#release();
    const move = this.#move;
    this.#move = undefined;
    move?.next.stream.close();
    move?.onMoved();
    this.#queue.end(cause);
    this.#onClose(this);
  }
}

function endedEarly(cause: RtmpError | undefined): SessionError {
  const text = "the new connection ended before its media came";
  return new SessionError("RTMP_ERR_SESSION_ENDED", text, { cause });
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
