/**
 * One message stream of a server session: the server side of a NetStream.
 *
 * RTMP §7.2.2
 */

import { MessageTypeId } from "@rtmp/chunk";
import { type Command, encodeData, onStatus, StatusCode, UserControlEvent } from "@rtmp/message";
import type { Connection } from "./connection.ts";

// Says that the client may look into the audio and video samples; Flash players wait for it before they show anything.
const sampleAccess = encodeData({ handler: "|RtmpSampleAccess", args: [true, true] });

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
  /** Media and data messages that were dropped because the stream was not publishing. */
  droppedMessages = 0;
  readonly #connection: Connection;
  #state: StreamState = "idle";
  #streamName = "";

  constructor(id: number, connection: Connection) {
    this.id = id;
    this.#connection = connection;
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

  /** Payload bytes per chunk of what this side sends. */
  get chunkSize(): number {
    return this.#connection.chunkSize;
  }

  /** Sets what the stream does; for the session alone. */
  become(state: StreamState, streamName: string): void {
    this.#state = state;
    this.#streamName = streamName;
  }

  /** Sends `onStatus` with the level that belongs to the code. */
  sendStatus(code: StatusCode, options: StatusOptions): void {
    this.#connection.sendStreamCommand(this.id, onStatus(code, options));
  }

  /** Tells the client that the stream begins. */
  sendBegin(): void {
    this.#sendEvent(UserControlEvent.StreamBegin);
  }

  /** Tells the client that there is nothing more to play. */
  sendEof(): void {
    this.#sendEvent(UserControlEvent.StreamEof);
  }

  /** Answers an accepted `publish`. */
  sendPublishStart(): void {
    this.sendBegin();
    this.sendStatus(StatusCode.PublishStart, {
      description: `${this.#streamName} is now published.`,
      details: this.#streamName,
    });
  }

  /** Answers an accepted `play`: the order is what clients rely on (Stream Begin, Reset, Start, then data). */
  sendPlayStart(reset: boolean): void {
    const details = this.#streamName;
    this.sendBegin();
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

  #sendEvent(event: typeof UserControlEvent.StreamBegin | typeof UserControlEvent.StreamEof): void {
    this.#connection.sendUserControl({ event, messageStreamId: this.id });
  }
}

/** Whether a message type carries audio, video or data of a publisher. */
export function isMediaType(typeId: number): boolean {
  return (
    typeId === MessageTypeId.Audio ||
    typeId === MessageTypeId.Video ||
    typeId === MessageTypeId.DataAmf0 ||
    typeId === MessageTypeId.DataAmf3
  );
}
