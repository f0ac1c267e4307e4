/**
 * Chunk message header and extended timestamp.
 *
 *   type 0: | timestamp (3)       | length (3) | type (1) | message stream id (4, low byte first) |
 *   type 1: | timestamp delta (3) | length (3) | type (1) |
 *   type 2: | timestamp delta (3) |
 *   type 3: nothing
 *
 * A time field of 0xffffff means that the 32-bit value follows the header; type 3 chunks repeat that value.
 *
 * RTMP §5.3.1.2, §5.3.1.3
 */

/** The time field that announces an extended timestamp. */
export const extendedTimestampMark = 0xffffff;

/** Bytes of the extended timestamp. */
export const extendedTimestampBytes = 4;

/** Bytes of the longest chunk header: basic header, message header, extended timestamp. */
export const maxChunkHeaderBytes = 3 + 11 + extendedTimestampBytes;

/** Bytes of the message header of a chunk type, 0 to 3. */
export function messageHeaderBytes(fmt: number): number {
  if (fmt === 3) return 0;
  return fmt === 2 ? 3 : 11 - fmt * 4;
}

/** Reads a 24-bit integer. */
export function readU24(bytes: Uint8Array, offset: number): number {
  return (bytes[offset]! << 16) | (bytes[offset + 1]! << 8) | bytes[offset + 2]!;
}

/** Reads a 32-bit integer. */
export function readU32(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset]! << 24) | readU24(bytes, offset + 1)) >>> 0;
}

/** Reads a 32-bit integer, low byte first. */
export function readU32le(bytes: Uint8Array, offset: number): number {
  return (
    (bytes[offset]! |
      (bytes[offset + 1]! << 8) |
      (bytes[offset + 2]! << 16) |
      (bytes[offset + 3]! << 24)) >>>
    0
  );
}

/** Writes a 24-bit integer and returns the offset behind it. */
export function writeU24(target: Uint8Array, offset: number, value: number): number {
  target[offset] = value >> 16;
  target[offset + 1] = value >> 8;
  target[offset + 2] = value;
  return offset + 3;
}

/** Writes a 32-bit integer and returns the offset behind it. */
export function writeU32(target: Uint8Array, offset: number, value: number): number {
  target[offset] = value >> 24;
  return writeU24(target, offset + 1, value);
}

/** Writes a 32-bit integer, low byte first, and returns the offset behind it. */
export function writeU32le(target: Uint8Array, offset: number, value: number): number {
  target[offset] = value;
  target[offset + 1] = value >> 8;
  target[offset + 2] = value >> 16;
  target[offset + 3] = value >> 24;
  return offset + 4;
}
