/** A transport that keeps a copy of everything that passes. */

import type { Transport, TransportHandlers } from "@rtmp/session";

/** Passes everything on to another transport. */
export class TappedTransport implements Transport {
  /** What the peer sent. */
  readonly received: Uint8Array[] = [];
  /** What was sent to the peer. */
  readonly sent: Uint8Array[] = [];
  readonly #inner: Transport;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  get remote(): string {
    return this.#inner.remote;
  }

  get reusesBuffers(): boolean {
    return this.#inner.reusesBuffers;
  }

  get queuedBytes(): number {
    return this.#inner.queuedBytes;
  }

  start(handlers: TransportHandlers): void {
    this.#inner.start({
      onBytes: (bytes) => {
        this.received.push(bytes.slice());
        handlers.onBytes(bytes);
      },
      onDrain: () => handlers.onDrain(),
      onClose: (cause) => handlers.onClose(cause),
    });
  }

  write(bytes: Uint8Array): void {
    this.sent.push(bytes.slice());
    this.#inner.write(bytes);
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    this.sent.push(...pieces.map((piece) => piece.slice()));
    this.#inner.writeAll(pieces);
  }

  pause(): void {
    this.#inner.pause();
  }

  resume(): void {
    this.#inner.resume();
  }

  close(afterFlushMs: number): void {
    this.#inner.close(afterFlushMs);
  }
}
