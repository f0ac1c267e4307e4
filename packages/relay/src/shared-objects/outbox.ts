/**
 * Events on their way to one or many clients, in messages that every receiver takes.
 *
 * A client of this project takes 262144 bytes and 1024 events in a message, which others may not.
 */

import {
  encodeSharedObject,
  type SharedObjectEvent,
  type SharedObjectMessage,
} from "@rtmp/message";

const maxMessageBytes = 65_536;
const maxMessageEvents = 256;

/** A message and its payload. */
export interface OutgoingSharedObject {
  readonly message: SharedObjectMessage;
  readonly payload: Uint8Array;
}

/** What all messages of an object begin with. */
export type SharedObjectHeader = Omit<SharedObjectMessage, "events">;

/** Collects events and makes messages of them. */
export class Outbox {
  #batches: SharedObjectEvent[][] = [];
  #batch: SharedObjectEvent[] = [];
  #batchBytes = 0;
  #bytes = 0;

  /** Whether there is nothing to send. */
  get empty(): boolean {
    return this.#batch.length === 0;
  }

  /** What all events take on the wire, nearly. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Puts events at the end; those of one call stay in one message.
   *
   * @param bytes  what they take, nearly
   */
  add(bytes: number, ...events: SharedObjectEvent[]): void {
    const isFull =
      this.#batchBytes + bytes > maxMessageBytes ||
      this.#batch.length + events.length > maxMessageEvents;
    if (isFull && this.#batch.length > 0) {
      this.#batches.push(this.#batch);
      this.#batch = [];
      this.#batchBytes = 0;
    }
    this.#batch.push(...events);
    this.#batchBytes += bytes;
    this.#bytes += bytes;
  }

  /** Makes the messages and forgets the events. */
  take(header: SharedObjectHeader): OutgoingSharedObject[] {
    const batches = this.empty ? [] : [...this.#batches, this.#batch];
    this.#batches = [];
    this.#batch = [];
    this.#batchBytes = 0;
    this.#bytes = 0;
    return batches.map((events) => {
      const message = { ...header, events };
      return { message, payload: encodeSharedObject(message) };
    });
  }
}
