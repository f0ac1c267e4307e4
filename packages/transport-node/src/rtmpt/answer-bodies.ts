import type { PieceQueue } from "./piece-queue.ts";

/**
 * Bodies of answers: the interval byte, and bytes that waited.
 *
 * Players of one stream mostly get the same piece one after the other, so its body is made once and shared: it must not
 * be changed.
 */
export class AnswerBodies {
  #piece: Uint8Array | undefined;
  #body: Uint8Array = new Uint8Array(0);

  /** Takes bytes out of a queue, at most `maxBytes`. */
  take(output: PieceQueue, interval: number, maxBytes: number): Uint8Array {
    const piece = output.onlyPiece;
    if (piece === undefined || piece.length > maxBytes) return make(output, interval, maxBytes);

    if (piece !== this.#piece || this.#body[0] !== interval) {
      this.#body = make(output, interval, maxBytes);
      this.#piece = piece;
    } else output.clear();
    return this.#body;
  }
}

function make(output: PieceQueue, interval: number, maxBytes: number): Uint8Array {
  const body = output.take(maxBytes, 1);
  body[0] = interval;
  return body;
}
