import type { TunnelReply } from "./tunnel-request.ts";

// What a piece takes besides its bytes: many small ones are not for free.
const pieceBytes = 128;

/**
 * What the client of a tunnel has sent and its owner has not taken.
 *
 * Bodies that are still read, bodies that wait for one before them, and pieces in order: all of them count.
 */
export class TunnelInput {
  readonly #onCount: (bytes: number) => void;
  readonly #reading = new Set<TunnelReply>();
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** @param onCount  called with how many bytes have become more, or fewer */
  constructor(onCount: (bytes: number) => void) {
    this.#onCount = onCount;
  }

  /** Bytes of all that was sent and has not been taken, with what the pieces take besides. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether no piece waits for the owner. */
  get isTaken(): boolean {
    return this.#pieces.length === 0;
  }

  /** Counts a piece of a body in that is still read. */
  read(piece: Uint8Array, reply: TunnelReply): void {
    this.#reading.add(reply);
    this.#count(piece.length + pieceBytes);
  }

  /** The body of a request is whole, or gone. */
  endBody(reply: TunnelReply): void {
    this.#reading.delete(reply);
  }

  /** Counts pieces out that are not needed. */
  forget(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.#count(-piece.length - pieceBytes);
  }

  /** Puts a body behind what waits for the owner. */
  push(body: readonly Uint8Array[]): void {
    for (const piece of body) this.#pieces.push(piece);
  }

  /** Takes the next piece for the owner. */
  take(): Uint8Array | undefined {
    const piece = this.#pieces.shift();
    if (piece !== undefined) this.#count(-piece.length - pieceBytes);
    return piece;
  }

  /** Forgets what waits for the owner. */
  drop(): void {
    this.forget(this.#pieces);
    this.#pieces = [];
  }

  /** Forgets everything; returns the requests whose bodies are still read. */
  clear(): readonly TunnelReply[] {
    const reading = [...this.#reading];
    this.#reading.clear();
    this.#pieces = [];
    this.#count(-this.#bytes);
    return reading;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#onCount(bytes);
  }
}
