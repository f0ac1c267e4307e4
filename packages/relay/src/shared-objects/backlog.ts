/** What clients say of a shared object while it is being loaded, in order. */

import type { SharedObjectEvent } from "@rtmp/message";
import type { SharedObjectPeer } from "./peer.ts";

/** A message that waits. */
export interface WaitingMessage {
  readonly peer: SharedObjectPeer;
  readonly events: readonly SharedObjectEvent[];
}

/** The messages that wait for one object. */
export class Backlog {
  readonly #maxMessages: number;
  readonly #counts = new Map<SharedObjectPeer, number>();
  #messages: WaitingMessage[] = [];

  /** @param maxMessages  of one client */
  constructor(maxMessages: number) {
    this.#maxMessages = maxMessages;
  }

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#messages.length === 0;
  }

  /** Whether a message of this client waits. */
  has(peer: SharedObjectPeer): boolean {
    return this.#counts.has(peer);
  }

  /** Puts a message at the end; false when as many of this client wait as may. */
  add(message: WaitingMessage): boolean {
    const count = this.#counts.get(message.peer) ?? 0;
    if (count >= this.#maxMessages) return false;
    this.#counts.set(message.peer, count + 1);
    this.#messages.push(message);
    return true;
  }

  /** Takes the oldest message out; undefined when nothing waits. */
  take(): WaitingMessage | undefined {
    const message = this.#messages.shift();
    if (message === undefined) return undefined;
    const count = (this.#counts.get(message.peer) ?? 0) - 1;
    if (count > 0) this.#counts.set(message.peer, count);
    else this.#counts.delete(message.peer);
    return message;
  }

  /** Forgets what a client said. */
  drop(peer: SharedObjectPeer): void {
    if (this.#counts.delete(peer)) {
      this.#messages = this.#messages.filter((message) => message.peer !== peer);
    }
  }

  /** Forgets everything and returns whose messages waited. */
  clear(): readonly SharedObjectPeer[] {
    const peers = [...this.#counts.keys()];
    this.#counts.clear();
    this.#messages = [];
    return peers;
  }
}
