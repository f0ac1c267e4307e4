/**
 * Sorts the messages of a connection: media, commands, shared objects; takes aggregates apart.
 *
 * RTMP §7.1
 */

import { type Message, MessageTypeId } from "@rtmp/chunk";
import {
  type Command,
  decodeAggregate,
  decodeCommand,
  decodeSharedObject,
  isAmf3,
  MessageError,
  type MessageLimits,
  type SharedObjectMessage,
} from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import { SessionError } from "./errors.ts";

/** Audio, video or data, also out of an aggregate; the object is good for one call. */
export type MediaMessage = Pick<Message, "typeId" | "timestamp" | "messageStreamId" | "take">;

/** What an inbox tells its session. */
export interface InboxHandlers {
  onMedia(message: MediaMessage): void;
  onCommand(messageStreamId: number, command: Command): void;
  onSharedObject(message: SharedObjectMessage): void;
  /** A command could not be read; `transactionId` and `commandName` say whether it can be answered. */
  onUnreadableCommand(error: MessageError): void;
  /** A message was dropped. */
  onFault(error: RtmpError): void;
}

/** What becomes of each received message. */
export class Inbox {
  readonly #limits: Partial<MessageLimits>;
  readonly #handlers: InboxHandlers;

  constructor(limits: Partial<MessageLimits>, handlers: InboxHandlers) {
    this.#limits = limits;
    this.#handlers = handlers;
  }

  /** Takes in a message that is neither protocol control nor user control. */
  receive(message: Message): void {
    const { typeId } = message;
    if (isMediaType(typeId)) this.#handlers.onMedia(message);
    else if (isCommandType(typeId)) this.#onCommand(message);
    else if (isSharedObjectType(typeId)) this.#onSharedObject(message);
    else if (typeId === MessageTypeId.Aggregate) this.#onAggregate(message);
    else {
      const text = `message type ${typeId}`;
      this.#handlers.onFault(new SessionError("RTMP_ERR_UNKNOWN_MESSAGE_TYPE", text));
    }
  }

  #onCommand({ payload, typeId, messageStreamId }: Message): void {
    let command: Command;
    try {
      command = decodeCommand(payload, { amf3: isAmf3(typeId), limits: this.#limits });
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#handlers.onUnreadableCommand(error);
      return;
    }
    this.#handlers.onCommand(messageStreamId, command);
  }

  #onSharedObject({ payload, typeId }: Message): void {
    const message = this.#read(() =>
      decodeSharedObject(payload, { amf3: isAmf3(typeId), limits: this.#limits }),
    );
    if (message !== undefined) this.#handlers.onSharedObject(message);
  }

  /** The outer message stream id counts, whatever the parts say. */
  #onAggregate(message: Message): void {
    const { messageStreamId, timestamp } = message;
    const payload = message.take();
    const parts = this.#read(() => decodeAggregate(payload, timestamp, this.#limits));
    for (const part of parts ?? []) {
      if (!isMediaType(part.typeId)) continue;
      this.#handlers.onMedia({
        typeId: part.typeId,
        timestamp: part.timestamp,
        messageStreamId,
        take: () => part.body,
      });
    }
  }

  #read<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#handlers.onFault(error);
      return undefined;
    }
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

function isCommandType(typeId: number): boolean {
  return typeId === MessageTypeId.CommandAmf0 || typeId === MessageTypeId.CommandAmf3;
}

function isSharedObjectType(typeId: number): boolean {
  return typeId === MessageTypeId.SharedObjectAmf0 || typeId === MessageTypeId.SharedObjectAmf3;
}
