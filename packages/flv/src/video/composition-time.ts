/**
 * Composition time offset: pts - dts in milliseconds, a signed 24-bit integer in front of AVC, HEVC and VVC frames.
 *
 * FLV E.4.3.1; E-RTMP "Enhanced Video"
 */

import { truncatedMessage } from "../errors.ts";

/** Bytes that the field takes. */
export const compositionTimeBytes = 3;

/**
 * Reads the field, sign extended.
 *
 * @param bytes  the message, or the body of one of its tracks
 * @param at     where the field begins in `bytes`
 * @param base   where `bytes` begins in the message, for the error's offset
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`
 */
export function readCompositionTime(bytes: Uint8Array, at: number, base = 0): number {
  const high = bytes[at];
  const middle = bytes[at + 1];
  const low = bytes[at + 2];
  if (high === undefined || middle === undefined || low === undefined) {
    throw truncatedMessage(base + at, compositionTimeBytes, bytes.length - at);
  }
  return ((high << 24) | (middle << 16) | (low << 8)) >> 8;
}
