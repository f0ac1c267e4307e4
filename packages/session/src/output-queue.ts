/**
 * What a session wants to send, in order: bytes of its own chunk writer and shared chunks that go to many peers.
 *
 * Shared chunks are queued by reference. Own bytes that follow each other become one piece, so that the replies to one
 * command leave in one write.
 */

import { ChunkWriter } from "@rtmp/chunk";

/** The pieces that wait to be sent. */
export class OutputQueue {
  /** The connection's own compressing writer. */
  readonly writer: ChunkWriter = new ChunkWriter();
  #pieces: Uint8Array[] = [];

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#pieces.length === 0 && this.writer.length === 0;
  }

  /** Queues bytes by reference behind what waits already. */
  push(bytes: Uint8Array): void {
    this.#sealOwn();
    this.#pieces.push(bytes);
  }

  /** Ends the last piece, so that bytes that follow become another, and returns how many pieces wait. */
  seal(): number {
    this.#sealOwn();
    return this.#pieces.length;
  }

  /** Returns what waits, in order, and forgets it. */
  take(): readonly Uint8Array[] {
    this.#sealOwn();
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #sealOwn(): void {
    if (this.writer.length > 0) this.#pieces.push(this.writer.take());
  }
}
