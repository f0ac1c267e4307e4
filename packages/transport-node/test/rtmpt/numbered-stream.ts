/** Bytes that tell their place, so that a lost or doubled one shows. */

import type { Transport, TransportHandlers } from "@rtmp/session";

// Prime, so that no piece of a round length repeats another.
const period = 251;

/** One end of a connection that writes such bytes and checks those that come. */
export class NumberedEnd implements TransportHandlers {
  readonly transport: Transport;
  /** How many bytes it wrote, and how many came. */
  written = 0;
  received = 0;
  drains = 0;
  /** What `onClose` was told, once for each call. */
  readonly closes: (Error | undefined)[] = [];

  constructor(transport: Transport) {
    this.transport = transport;
    transport.start(this);
  }

  get isClosed(): boolean {
    return this.closes.length > 0;
  }

  write(...lengths: readonly number[]): void {
    const pieces = lengths.map((length) => {
      const from = this.written;
      this.written += length;
      return numbered(from, length);
    });
    const [first] = pieces;
    if (first !== undefined && pieces.length === 1) this.transport.write(first);
    else this.transport.writeAll(pieces);
  }

  onBytes(bytes: Uint8Array): void {
    if (bytes.length === 0) throw new Error("a piece of no bytes");
    if (this.isClosed) throw new Error("bytes after the end");
    checkNumbered(bytes, this.received);
    this.received += bytes.length;
  }

  onDrain(): void {
    if (this.transport.queuedBytes > 0) throw new Error("told of an empty queue that is not");
    this.drains++;
  }

  onClose(cause: Error | undefined): void {
    this.closes.push(cause);
  }
}

/** Bytes from a place of the stream on. */
export function numbered(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (from + index) % period);
}

/** @throws Error when bytes are not those from a place of the stream on */
export function checkNumbered(bytes: Uint8Array, from: number): void {
  const wrong = bytes.findIndex((byte, index) => byte !== (from + index) % period);
  if (wrong !== -1) throw new Error(`byte ${from + wrong} is not the one that was sent`);
}
