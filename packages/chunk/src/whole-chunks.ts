/**
 * Chunks in a row that belong to one message: all of the same size, each behind a type 3 header of one byte.
 *
 *   |c6| payload |c6| payload |c6| payload |
 *
 * RTMP §5.3.1.2.4
 */
import { moveBytes } from "./copy-bytes.ts";

/** Counts chunks, up to `most`, that begin with the 1-byte `header`. */
export function countChunks(
  bytes: Uint8Array,
  offset: number,
  most: number,
  chunkSize: number,
  header: number,
): number {
  let count = 0;
  for (let at = offset; count < most && bytes[at] === header; at += chunkSize + 1) count++;
  return count;
}

/** Moves the payloads of such chunks down to `target`, one behind the other, and counts them. */
export function closeGaps(
  bytes: Uint8Array,
  target: number,
  source: number,
  most: number,
  chunkSize: number,
  header: number,
): number {
  let to = target;
  let count = 0;
  for (let at = source; count < most && bytes[at] === header; at += chunkSize + 1) {
    moveBytes(bytes, to, at + 1, at + 1 + chunkSize);
    to += chunkSize;
    count++;
  }
  return count;
}
