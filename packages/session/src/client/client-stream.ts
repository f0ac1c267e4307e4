/**
 * One message stream of a client session: the client side of a NetStream.
 *
 *   idle ─publish─► publish-pending ─► publishing ─stop─► idle
 *        ─play────► play-pending ────► playing ────stop─► idle
 *
 * The stream is created on the server with its first publish or play, in the order that encoders have made usual:
 * releaseStream, FCPublish, createStream, publish.
 *
 * RTMP §7.2.2
 */

import { MessageTypeId } from "@rtmp/chunk";
import {
  closeStreamCommand,
  type Command,
  fcPublishCommand,
  fcSubscribeCommand,
  fcUnpublishCommand,
  isAmf3,
  pauseCommand,
  play2Command,
  type Play2Options,
  playCommand,
  type PlayOptions,
  publishCommand,
  type PublishRequest,
  receiveAudioCommand,
  receiveVideoCommand,
  releaseStreamCommand,
  seekCommand,
  type Status,
  type StreamEvent,
} from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import { SessionError } from "../errors.ts";
import type { MediaMessage } from "../inbox.ts";
import type { StreamState } from "../server-stream.ts";
import type { CallAnswer } from "../transactions.ts";
import { readPlayStatus } from "./play-status.ts";
import { StreamCreation } from "./stream-creation.ts";
import type { ClientPlayOptions, ClientStreamHandlers, ClientStreamLine } from "./stream-line.ts";
import { type StreamAnswer, StreamOpening } from "./stream-opening.ts";

// How much a player asks the server to send ahead, in milliseconds, as ffmpeg does.
const defaultBufferLengthMs = 3_000;

/** A message stream of a client. */
export class ClientStream {
  readonly #line: ClientStreamLine;
  readonly #handlers: ClientStreamHandlers;
  readonly #creation: StreamCreation;
  #state: StreamState = "idle";
  #streamName = "";
  #opening: StreamOpening | undefined;
  #closed = false;

  constructor(line: ClientStreamLine, handlers: ClientStreamHandlers) {
    this.#line = line;
    this.#handlers = handlers;
    this.#creation = new StreamCreation(line, {
      onCreated: () => line.onCreated(this),
      onFailure: (error) => this.#settle({ ok: false, error }),
    });
  }

  /** The message stream id; undefined until the server has given one. */
  get id(): number | undefined {
    return this.#creation.id;
  }

  /** What the stream does now. */
  get state(): StreamState {
    return this.#state;
  }

  /** The name that is published or played; empty while the stream is idle. */
  get streamName(): string {
    return this.#streamName;
  }

  /**
   * Publishes under a name.
   *
   * @param onAnswer  is told once whether the server takes the media
   * @throws TypeError when the stream is not idle
   * @see RTMP §7.2.2.6
   */
  publish(
    streamName: string,
    publishType: PublishRequest["publishType"],
    onAnswer: (answer: StreamAnswer) => void,
  ): void {
    this.#begin("publish", streamName, onAnswer);
    if (this.id === undefined) {
      this.#line.send(0, (id) => releaseStreamCommand(id, streamName));
    }
    this.#line.send(0, (id) => fcPublishCommand(id, streamName));
    this.#creation.request((messageStreamId) =>
      this.#open(messageStreamId, (id) => publishCommand(id, streamName, publishType)),
    );
  }

  /**
   * Plays a stream.
   *
   * @param onAnswer  is told once whether the server plays it, which does not say that it is live
   * @throws TypeError when the stream is not idle
   * @see RTMP §7.2.2.1
   */
  play(
    streamName: string,
    options: ClientPlayOptions,
    onAnswer: (answer: StreamAnswer) => void,
  ): void {
    const { bufferLengthMs = defaultBufferLengthMs, ...play } = options;
    this.#begin("play", streamName, onAnswer);
    if (play.start === -1) this.#line.send(0, (id) => fcSubscribeCommand(id, streamName));
    this.#creation.request((messageStreamId) => {
      this.#open(messageStreamId, (id) => playCommand(id, { streamName, ...play }));
      this.#line.sendBufferLength(messageStreamId, bufferLengthMs);
    });
  }

  /** Puts a stream behind what plays, into the server's playlist. */
  append(streamName: string, options: Omit<PlayOptions, "streamName" | "reset"> = {}): void {
    this.#command("playing", (id) => playCommand(id, { streamName, ...options, reset: false }));
  }

  /** Asks for another stream in place of the one that plays (RTMP §7.2.2.2). */
  play2(options: Play2Options): void {
    this.#command("playing", (id) => play2Command(id, options));
  }

  /** Asks the server to stop the media for a while, or to go on (RTMP §7.2.2.8). */
  pause(paused: boolean, milliseconds: number): void {
    this.#command("playing", (id) => pauseCommand(id, paused, milliseconds));
  }

  /** Asks to go on from another place (RTMP §7.2.2.7). */
  seek(milliseconds: number): void {
    this.#command("playing", (id) => seekCommand(id, milliseconds));
  }

  /** Says whether this side wants audio (RTMP §7.2.2.4). */
  receiveAudio(flag: boolean): void {
    this.#command("playing", (id) => receiveAudioCommand(id, flag));
  }

  /** Says whether this side wants video (RTMP §7.2.2.5). */
  receiveVideo(flag: boolean): void {
    this.#command("playing", (id) => receiveVideoCommand(id, flag));
  }

  /** Says how much the server shall send ahead, in milliseconds (RTMP §7.1.7). */
  setBufferLength(milliseconds: number): void {
    if (this.id !== undefined) this.#line.sendBufferLength(this.id, milliseconds);
  }

  /**
   * Sends audio, video or data.
   *
   * @param typeId     `MessageTypeId` Audio, Video, DataAmf0 or DataAmf3
   * @param timestamp  milliseconds, u32
   * @param payload    copied
   * @returns false when the stream does not publish; nothing was sent
   */
  write(typeId: number, timestamp: number, payload: Uint8Array): boolean {
    if (this.#state !== "publishing" || this.id === undefined) return false;
    this.#line.sendMedia(this.id, typeId, timestamp, payload);
    return true;
  }

  /**
   * Queues media chunks that were built for many connections.
   *
   * They must carry this stream's id and be cut by the session's `chunkSize`; the bytes must not change afterwards.
   * Without effect unless the stream publishes.
   */
  sendShared(bytes: Uint8Array): void {
    if (this.#state === "publishing") this.#line.sendShared(bytes);
  }

  /** Ends publish or play and keeps the message stream for another one. */
  stop(): void {
    if (this.#closed) return;
    this.#sayUnpublish();
    const { id } = this;
    if (id !== undefined && this.#state !== "idle") this.#line.send(id, closeStreamCommand);
    this.#abandon("the stream was closed before the server answered");
  }

  /** Ends publish or play and gives the message stream back; the stream is of no use any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sayUnpublish();
    this.#creation.giveBack();
    this.#abandon("the stream was closed before the server answered");
    this.#line.onDeleted(this);
  }

  /** A message for this stream arrived; for the session alone. */
  receive(message: MediaMessage): void {
    if (!this.#plays) return;
    const { typeId, timestamp } = message;
    const payload = message.take();
    if (typeId === MessageTypeId.DataAmf0 || typeId === MessageTypeId.DataAmf3) {
      const status = readPlayStatus(payload, isAmf3(typeId));
      if (status !== undefined) this.#handlers.onStatus?.(status);
      // The owner may have closed it inside.
      if (!this.#plays) return;
    }
    this.#handlers.onMedia?.(typeId, timestamp, payload);
  }

  /** onStatus for this stream arrived; for the session alone. */
  receiveStatus(status: Status): void {
    const answer = this.#opening?.answerOf(status);
    if (answer !== undefined) this.#settle(answer);
    this.#handlers.onStatus?.(status);
  }

  /** A user control event for this stream arrived; for the session alone. */
  receiveEvent(event: StreamEvent["event"]): void {
    this.#handlers.onEvent?.(event);
  }

  /** The session ended; for the session alone. */
  end(cause: RtmpError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#abandon("the session ended before the server answered", cause);
    this.#handlers.onEnd?.(cause);
  }

  get #plays(): boolean {
    return this.#state === "playing" || this.#state === "play-pending";
  }

  #begin(
    action: "publish" | "play",
    streamName: string,
    onAnswer: (answer: StreamAnswer) => void,
  ): void {
    if (this.#closed) throw new TypeError("the stream is closed");
    if (this.#state !== "idle") throw new TypeError(`the stream is ${this.#state}`);
    this.#become(`${action}-pending`, streamName);
    this.#opening = new StreamOpening(action, onAnswer);
  }

  /**
   * Sends publish or play; where too many commands wait for answers already, that is the answer.
   *
   * The server's comes as onStatus; some send `_result`, some `_error`.
   */
  #open(messageStreamId: number, build: (transactionId: number) => Command): void {
    const opening = this.#opening;
    const settle = (answer: CallAnswer): void => {
      if (this.#opening === opening) this.#settle(answer.ok ? { ok: true } : answer);
    };
    try {
      const transactionId = this.#line.send(messageStreamId, build, settle);
      if (opening !== undefined) opening.transactionId = transactionId;
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      settle({ ok: false, error });
    }
  }

  #settle(answer: StreamAnswer): void {
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening === undefined) return;
    if (opening.transactionId !== undefined) this.#line.forget(opening.transactionId);
    if (answer.ok) {
      this.#become(opening.action === "publish" ? "publishing" : "playing", this.#streamName);
    } else {
      this.#become("idle", "");
    }
    opening.onAnswer(answer);
  }

  /** What was under way is over; whoever waits for its answer is told. */
  #abandon(text: string, cause?: RtmpError): void {
    this.#creation.forget();
    this.#become("idle", "");
    this.#settle({ ok: false, error: new SessionError("RTMP_ERR_SESSION_ENDED", text, { cause }) });
  }

  #sayUnpublish(): void {
    if (this.#state !== "publishing" && this.#state !== "publish-pending") return;
    const streamName = this.#streamName;
    this.#line.send(0, (id) => fcUnpublishCommand(id, streamName));
  }

  #command(state: StreamState, build: (transactionId: number) => Command): void {
    if (this.#state !== state || this.id === undefined) {
      throw new TypeError(`the stream is ${this.#state}, not ${state}`);
    }
    this.#line.send(this.id, build);
  }

  #become(state: StreamState, streamName: string): void {
    this.#state = state;
    this.#streamName = streamName;
  }
}
