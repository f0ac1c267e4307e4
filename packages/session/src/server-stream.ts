/**
 * One message stream of a server session: the server side of a NetStream.
 *
 * RTMP §7.2.2
 */

import {
  type Command,
  encodeData,
  onPlayStatus,
  onStatus,
  type PlayRequest,
  type PlayStatusOptions,
  StatusCode,
  type StreamEvent,
  UserControlEvent,
} from "@rtmp/message";
import type { Connection } from "./connection.ts";
import { CurrentPlay } from "./current-play.ts";

// Says that the client may look into the audio and video samples; Flash players wait for it before they show anything.
const sampleAccess = encodeData({ handler: "|RtmpSampleAccess", args: [true, true] });

// A name that is repeated in every answer to a short command would make much out of little.
const maxStatusText = 1_024;

/**
 * What a message stream does.
 *
 * `publish-pending` and `play-pending` last from the command to its answer.
 */
export type StreamState = "idle" | "publish-pending" | "publishing" | "play-pending" | "playing";

/** How a stream that published or played ended. */
export type StreamEnd =
  /** The client said so: FCUnpublish, closeStream, deleteStream, or another publish or play on the same stream. */
  | "closed"
  /** The connection ended under it. */
  | "lost";

/** The details of one `onStatus`. */
export interface StatusOptions {
  /** Text for people. */
  readonly description: string;
  /** What the status is about, as a rule the stream name. */
  readonly details?: string;
}

/** A message stream that a client created, to publish or to play. */
export class ServerStream {
  /** The message stream id. */
  readonly id: number;
  /** Commands that wait for the answer to `publish` or `play`. */
  readonly queue: Command[] = [];
  /** What plays when the present entry has ended, in order. */
  readonly playlist: PlayRequest[] = [];
  /** Media and data messages that were dropped because the stream was not publishing. */
  droppedMessages = 0;
  readonly #connection: Connection;
  readonly #onFinish: (stream: ServerStream) => void;
  #state: StreamState = "idle";
  #streamName = "";
  #play: CurrentPlay | undefined;
  #receivesAudio = true;
  #receivesVideo = true;

  /** @param onFinish  ends what the stream plays and begins the next entry of its playlist */
  constructor(id: number, connection: Connection, onFinish: (stream: ServerStream) => void) {
    this.id = id;
    this.#connection = connection;
    this.#onFinish = onFinish;
  }

  /** What the stream does now. */
  get state(): StreamState {
    return this.#state;
  }

  /** The name as the client wrote it, with its query; empty while the stream is idle. */
  get streamName(): string {
    return this.#streamName;
  }

  /** Whether an answer is due. */
  get pending(): boolean {
    return this.#state === "publish-pending" || this.#state === "play-pending";
  }

  /** Whether the stream publishes or plays. */
  get active(): boolean {
    return this.#state === "publishing" || this.#state === "playing";
  }

  /** What the stream plays, which play2 does not end; undefined unless it plays. For the session alone. */
  get play(): CurrentPlay | undefined {
    return this.#play;
  }

  /** Payload bytes per chunk of what this side sends. */
  get chunkSize(): number {
    return this.#connection.chunkSize;
  }

  /** Whether the client wants audio (receiveAudio, RTMP §7.2.2.4). */
  get receivesAudio(): boolean {
    return this.#receivesAudio;
  }

  /** Whether the client wants video (receiveVideo, RTMP §7.2.2.5). */
  get receivesVideo(): boolean {
    return this.#receivesVideo;
  }

  /** Sets what the stream does; for the session alone. */
  become(state: StreamState, streamName: string): void {
    if (state !== "playing") this.#play = undefined;
    else this.#play ??= new CurrentPlay();
    this.#state = state;
    this.#streamName = streamName;
  }

  /** Sets whether the client wants audio or video; for the session alone. */
  setReceives(kind: "audio" | "video", flag: boolean): void {
    if (kind === "audio") this.#receivesAudio = flag;
    else this.#receivesVideo = flag;
  }

  /** Sends `onStatus` with the level that belongs to the code; texts are cut at 1024 characters. */
  sendStatus(code: StatusCode, { description, details }: StatusOptions): void {
    const status = onStatus(code, {
      description: description.slice(0, maxStatusText),
      details: details?.slice(0, maxStatusText),
    });
    this.#connection.sendStreamCommand(this.id, status);
  }

  /** Sends a user control event of the stream: begin, end, dry, recorded, buffer empty or ready (RTMP §7.1.7). */
  sendEvent(event: StreamEvent["event"]): void {
    this.#connection.sendUserControl({ event, messageStreamId: this.id });
  }

  /** Sends onPlayStatus, in order with the media. */
  sendPlayStatus(code: StatusCode, options?: PlayStatusOptions): void {
    this.#connection.sendData(this.id, encodeData(onPlayStatus(code, options)));
  }

  /** Sends audio, video or data through the connection's own writer; `payload` is copied. */
  sendMedia(typeId: number, timestamp: number, payload: Uint8Array): void {
    this.#connection.sendMedia(this.id, typeId, timestamp, payload);
  }

  /**
   * Says that what the stream plays has come to its end; call it inside of `Driver.batch`.
   *
   * The next entry of the playlist is asked for by `onPlay`; where there is none the client is told that all is over.
   * Without effect unless the stream plays.
   */
  finishPlay(status: PlayStatusOptions = {}): void {
    if (this.#state !== "playing") return;
    const isLast = this.playlist.length === 0;
    this.sendPlayStatus(isLast ? StatusCode.PlayComplete : StatusCode.PlaySwitch, status);
    if (isLast) {
      const details = this.#streamName;
      this.sendEvent(UserControlEvent.StreamEof);
      this.sendStatus(StatusCode.PlayStop, { description: `Stopped playing ${details}.`, details });
    }
    this.#onFinish(this);
  }

  /** Answers an accepted `publish`. */
  sendPublishStart(): void {
    this.sendEvent(UserControlEvent.StreamBegin);
    this.sendStatus(StatusCode.PublishStart, {
      description: `${this.#streamName} is now published.`,
      details: this.#streamName,
    });
  }

  /** Answers an accepted `play`: the order is what clients rely on (Stream Begin, Reset, Start, then data). */
  sendPlayStart(reset: boolean): void {
    const details = this.#streamName;
    this.sendEvent(UserControlEvent.StreamBegin);
    if (reset) {
      this.sendStatus(StatusCode.PlayReset, {
        description: `Playing and resetting ${details}.`,
        details,
      });
    }
    this.sendStatus(StatusCode.PlayStart, { description: `Started playing ${details}.`, details });
    this.#connection.sendData(this.id, sampleAccess);
  }

  /**
   * Queues media chunks that were built for many clients.
   *
   * They must carry this stream's id and be cut by its `chunkSize`; the bytes must not change afterwards.
   */
  sendShared(bytes: Uint8Array): void {
    this.#connection.sendShared(bytes);
  }
}
