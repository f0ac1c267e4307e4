/**
 * The two sides of a client stream: what its owner hears, and what it needs of its session.
 */

import type { Command, PlayOptions, Status, StreamEvent } from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import type { OnCallAnswer, OnLateResult } from "../transactions.ts";
import type { ClientStream } from "./client-stream.ts";

/** How a client plays. */
export interface ClientPlayOptions extends Omit<PlayOptions, "streamName" | "reset"> {
  /** How much the server shall send ahead, in milliseconds. @default 3000 */
  readonly bufferLengthMs?: number | undefined;
}

/** What a client stream tells its owner. */
export interface ClientStreamHandlers {
  /**
   * Audio, video or data arrived for a playing stream.
   *
   * @param typeId     `MessageTypeId` Audio, Video, DataAmf0 or DataAmf3
   * @param timestamp  milliseconds, u32
   * @param payload    owned by the receiver for good; its bytes never change
   */
  onMedia?(typeId: number, timestamp: number, payload: Uint8Array): void;
  /** The server sent onStatus or onPlayStatus for this stream. */
  onStatus?(status: Status): void;
  /** The server sent a user control event for this stream. */
  onEvent?(event: StreamEvent["event"]): void;
  /** The session ended and the stream with it; not called after `close`. */
  onEnd?(cause: RtmpError | undefined): void;
}

/** What a client stream needs of its session. */
export interface ClientStreamLine {
  /** Sends a command of the connection (`messageStreamId` 0) or of a stream, and waits for its answer if told to. */
  send(
    messageStreamId: number,
    build: (transactionId: number) => Command,
    onAnswer?: OnCallAnswer,
    onLate?: OnLateResult,
  ): number;
  /** Forgets that an answer is waited for. */
  forget(transactionId: number): void;
  sendMedia(messageStreamId: number, typeId: number, timestamp: number, payload: Uint8Array): void;
  /** Queues media chunks by reference. */
  sendShared(bytes: Uint8Array): void;
  sendBufferLength(messageStreamId: number, milliseconds: number): void;
  /** The server has given the stream its id. */
  onCreated(stream: ClientStream): void;
  /** The stream is no more. */
  onDeleted(stream: ClientStream): void;
}
