/**
 * Between a connection, which brings media when it likes, and an owner, who takes it when it likes.
 *
 *   push ─► queue ─► take       while nobody waits
 *   push ──────────► take       while somebody does
 */

import type { RtmpError } from "@rtmp/wire";
import type { ClientMedia } from "./media.ts";

/** What an asynchronous iterator gives. */
export type TakenMedia = IteratorResult<ClientMedia, undefined>;

interface Taker {
  readonly resolve: (result: TakenMedia) => void;
  readonly reject: (error: unknown) => void;
}

/** Media that waits to be taken, or those who wait to take it. */
export class MediaQueue {
  #items: ClientMedia[] = [];
  #bytes = 0;
  readonly #takers: Taker[] = [];
  #ended = false;
  #error: RtmpError | undefined;

  /** Payload bytes that wait to be taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Gives media to who has waited longest, or keeps it; without effect once the queue has ended. */
  push(media: ClientMedia): void {
    if (this.#ended) return;
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker.resolve({ done: false, value: media });
      return;
    }
    this.#items.push(media);
    this.#bytes += media.body.length;
  }

  /**
   * Takes the next media, or waits for it; several may wait.
   *
   * @throws RtmpError why the queue ended, once, as the rejection; what came before is given first
   */
  take(): Promise<TakenMedia> {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#bytes -= item.body.length;
      return Promise.resolve({ done: false, value: item });
    }
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) return Promise.reject(error);
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#takers.push({ resolve, reject });
    });
  }

  /** Forgets what has not been taken. */
  clear(): void {
    this.#items = [];
    this.#bytes = 0;
  }

  /** Nothing more will come; what was kept can still be taken. */
  end(cause: RtmpError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    // The first that waits, or asks, hears of the cause; for the others the sequence is over.
    const [first, ...others] = this.#takers.splice(0);
    if (cause === undefined) first?.resolve({ done: true, value: undefined });
    else if (first === undefined) this.#error = cause;
    else first.reject(cause);
    for (const { resolve } of others) resolve({ done: true, value: undefined });
  }
}
