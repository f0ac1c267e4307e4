/**
 * ModEx: blocks between the first byte of an enhanced header and the rest of it, each ending in the next packet type.
 *
 *   UI8 size - 1, or 255 and UI16 size - 1
 *   data[size]
 *   UB4 ModExType, UB4 next packet type
 *
 * E-RTMP "ModEx"
 */

import type { ByteReader, ByteWriter } from "@rtmp/wire";
import { FlvError } from "./errors.ts";
import { checkField } from "./field-range.ts";
import type { FlvLimits } from "./limits.ts";

/** What a ModEx block says. */
export const ModExType = {
  /** UI24 nanoseconds, 0 to 999999, to add to the presentation time of this message. */
  TimestampOffsetNano: 0,
} as const;
export type ModExType = (typeof ModExType)[keyof typeof ModExType];

/** One ModEx block. */
export interface ModExBlock {
  /** UB4, 0 to 15; 0 is the only {@link ModExType} that has a meaning yet. */
  readonly type: number;
  /** 1 to 65536 bytes; a view of the message where it was read. */
  readonly data: Uint8Array;
  /**
   * Whether the size stands in 16 bits though 8 are enough; from 256 bytes on it does anyway.
   *
   * @default false
   */
  readonly hasLongSize?: boolean;
}

// The same in audio and video.
const modExPacketType = 7;
const longSize = 256;
const maxDataBytes = 0x1_0000;
const maxNanosecondOffset = 999_999;
const nanosecondBytes = 3;
const headerBytes = 4;

const noBlocks: readonly ModExBlock[] = Object.freeze([]);

/** What is left of an enhanced header once its ModEx blocks are read. */
export interface ModExResult {
  /** The packet type that the last block ended in, or the one of the first byte when there is no block. */
  readonly packetType: number;
  /** The blocks in wire order. */
  readonly blocks: readonly ModExBlock[];
}

/**
 * Reads as many ModEx blocks as follow; none unless `packetType` is ModEx.
 *
 * @param reader      stands behind the byte that `packetType` was in
 * @param packetType  UB4 of the first byte of the message
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_TOO_MANY_MOD_EX_BLOCKS`
 */
export function readModEx(reader: ByteReader, packetType: number, limits: FlvLimits): ModExResult {
  if (packetType !== modExPacketType) return { packetType, blocks: noBlocks };

  const blocks: ModExBlock[] = [];
  let next = packetType;
  while (next === modExPacketType) {
    if (blocks.length === limits.maxModExBlocks) throw tooManyBlocks(reader.offset, limits);

    let size = reader.u8() + 1;
    const isLong = size === longSize;
    if (isLong) size = reader.u16() + 1;
    reader.need(size + 1);
    const data = reader.view(size);
    const typeAndNext = reader.u8();
    blocks.push({ type: typeAndNext >> 4, data, hasLongSize: isLong && size < longSize });
    next = typeAndNext & 0x0f;
  }
  return { packetType: next, blocks };
}

/**
 * Writes the first byte of an enhanced header and its ModEx blocks.
 *
 * @param firstBits   the high half of the first byte, in place
 * @param packetType  what the last block, or without blocks the first byte, ends in
 * @throws RangeError when a type or the length of the data is out of range
 */
export function writeModEx(
  writer: ByteWriter,
  firstBits: number,
  packetType: number,
  blocks: readonly ModExBlock[],
): void {
  writer.u8(firstBits | (blocks.length === 0 ? packetType : modExPacketType));
  blocks.forEach(({ type, data, hasLongSize = false }, index) => {
    checkField("type of a ModEx block", type, 15);
    checkField("length of ModEx data", data.length, maxDataBytes, 1);
    if (hasLongSize || data.length >= longSize) {
      writer.u8(longSize - 1);
      writer.u16(data.length - 1);
    } else {
      writer.u8(data.length - 1);
    }
    writer.bytes(data);
    writer.u8((type << 4) | (index === blocks.length - 1 ? packetType : modExPacketType));
  });
}

/** Bytes that blocks take at most. */
export function modExBytes(blocks: readonly ModExBlock[]): number {
  return blocks.reduce((sum, { data }) => sum + headerBytes + data.length, 0);
}

/**
 * Makes the ModEx block that moves the presentation time of its message.
 *
 * @param nanoseconds  to add, 0 to 999999
 * @throws RangeError when it is out of range
 */
export function encodeTimestampOffsetNano(nanoseconds: number): ModExBlock {
  checkField("nanoseconds", nanoseconds, maxNanosecondOffset);
  const data = Uint8Array.of(nanoseconds >> 16, nanoseconds >> 8, nanoseconds);
  return { type: ModExType.TimestampOffsetNano, data };
}

/**
 * Finds out by how much ModEx blocks move the presentation time of their message.
 *
 * Blocks of other types do not count, nor one of fewer than three bytes or above 999999. The last one counts.
 *
 * @returns nanoseconds to add, 0 to 999999; 0 where no block says so
 */
export function decodeTimestampOffsetNano(blocks: readonly ModExBlock[]): number {
  if (blocks.length === 0) return 0;

  let offset = 0;
  for (const { type, data } of blocks) {
    const [high, middle, low] = data;
    if (type !== ModExType.TimestampOffsetNano || data.length < nanosecondBytes) continue;
    const nanoseconds = ((high ?? 0) << 16) | ((middle ?? 0) << 8) | (low ?? 0);
    if (nanoseconds <= maxNanosecondOffset) offset = nanoseconds;
  }
  return offset;
}

function tooManyBlocks(offset: number, limits: FlvLimits): FlvError {
  return new FlvError(
    "RTMP_ERR_FLV_TOO_MANY_MOD_EX_BLOCKS",
    `more than ${limits.maxModExBlocks} ModEx blocks in one message`,
    { offset },
  );
}
