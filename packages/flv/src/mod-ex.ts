/**
 * ModEx: blocks between the first byte of an enhanced header and the rest of it, each ending in the next packet type.
 *
 *   UI8 size - 1, or 255 and UI16 size - 1
 *   data[size]
 *   UB4 ModExType, UB4 next packet type
 *
 * E-RTMP "ModEx"
 */

import type { ByteReader } from "@rtmp/wire";
import { FlvError } from "./errors.ts";
import type { FlvLimits } from "./limits.ts";

/** What a ModEx block says. */
export const ModExType = {
  /** UI24 nanoseconds, 0 to 999999, to add to the presentation time of this message. */
  TimestampOffsetNano: 0,
} as const;
export type ModExType = (typeof ModExType)[keyof typeof ModExType];

// The same in audio and video.
const modExPacketType = 7;
const longSize = 256;
const maxNanosecondOffset = 999_999;

/** What is left of an enhanced header once its ModEx blocks are read. */
export interface ModExResult {
  /** The packet type that the last block ended in, or the one of the first byte when there is no block. */
  readonly packetType: number;
  /** Nanoseconds to add to the presentation time, 0 to 999999. */
  readonly nanosecondOffset: number;
}

/**
 * Reads as many ModEx blocks as follow; none unless `packetType` is ModEx.
 *
 * Unknown block types are skipped. A TimestampOffsetNano of fewer than three bytes or above 999999 is ignored.
 *
 * @param reader      stands behind the byte that `packetType` was in
 * @param packetType  UB4 of the first byte of the message
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_TOO_MANY_MOD_EX_BLOCKS`
 */
export function readModEx(reader: ByteReader, packetType: number, limits: FlvLimits): ModExResult {
  let next = packetType;
  let nanosecondOffset = 0;
  for (let blocks = 0; next === modExPacketType; blocks++) {
    if (blocks === limits.maxModExBlocks) throw tooManyBlocks(reader.offset, limits);

    let size = reader.u8() + 1;
    if (size === longSize) size = reader.u16() + 1;
    const dataOffset = reader.offset;
    reader.need(size + 1);
    reader.offset += size;
    const typeAndNext = reader.u8();

    if (typeAndNext >> 4 === ModExType.TimestampOffsetNano && size >= 3) {
      const nanoseconds = u24At(reader, dataOffset);
      if (nanoseconds <= maxNanosecondOffset) nanosecondOffset = nanoseconds;
    }
    next = typeAndNext & 0x0f;
  }
  return { packetType: next, nanosecondOffset };
}

/** Reads behind the reader's back: the type of a block stands after its data. */
function u24At(reader: ByteReader, offset: number): number {
  const behind = reader.offset;
  reader.offset = offset;
  const value = reader.u24();
  reader.offset = behind;
  return value;
}

function tooManyBlocks(offset: number, limits: FlvLimits): FlvError {
  return new FlvError(
    "RTMP_ERR_FLV_TOO_MANY_MOD_EX_BLOCKS",
    `more than ${limits.maxModExBlocks} ModEx blocks in one message`,
    { offset },
  );
}
