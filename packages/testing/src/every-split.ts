/**
 * Cuts bytes in every way that a network may cut them.
 *
 * A streaming decoder must give the same result for each.
 */

/** Yields `bytes` whole, cut in two at every place, and byte by byte; each piece is a copy of its own. */
export function* everySplit(bytes: Uint8Array): Generator<Uint8Array[]> {
  yield [bytes.slice()];
  for (let cut = 1; cut < bytes.length; cut++) {
    yield [bytes.slice(0, cut), bytes.slice(cut)];
  }
  yield byteByByte(bytes);
}

/** Cuts bytes into pieces of one byte, each a copy of its own. */
export function byteByByte(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

/**
 * Cuts bytes into pieces of random length, each a copy of its own.
 *
 * @param random  numbers from 0 up to but without 1, as `seededRandom` gives them
 * @param maxPieceBytes  longest piece
 */
export function randomSplit(
  bytes: Uint8Array,
  random: () => number,
  maxPieceBytes: number,
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const end = Math.min(bytes.length, offset + 1 + Math.floor(random() * maxPieceBytes));
    pieces.push(bytes.slice(offset, end));
    offset = end;
  }
  return pieces;
}
