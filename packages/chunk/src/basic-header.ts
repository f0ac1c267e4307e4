/**
 * Chunk basic header: the chunk type (fmt) and the chunk stream id.
 *
 *    0 1 2 3 4 5 6 7
 *   +-+-+-+-+-+-+-+-+
 *   |fmt|   cs id   |     cs id 2..63: 1 byte; 0: 2 bytes (64..319); 1: 3 bytes (64..65599)
 *   +-+-+-+-+-+-+-+-+
 *
 * The 3-byte form holds cs id - 64 low byte first; a reader takes 64..319 in either form.
 *
 * RTMP §5.3.1.1
 */

/** The lowest chunk stream id; the field values 0 and 1 announce the longer forms. */
export const minChunkStreamId = 2;

/** The highest chunk stream id. */
export const maxChunkStreamId = 65_599;

/** Bytes of the basic header that begins with `first`: 1, 2 or 3. */
export function basicHeaderBytes(first: number): number {
  const field = first & 63;
  return field > 1 ? 1 : field + 2;
}

/** Reads the chunk stream id of a complete basic header. */
export function readChunkStreamId(bytes: Uint8Array, offset: number): number {
  const field = bytes[offset]! & 63;
  if (field > 1) return field;
  const low = bytes[offset + 1]!;
  return 64 + (field === 0 ? low : low + bytes[offset + 2]! * 256);
}

/** Bytes of the shortest basic header for a chunk stream. */
export function shortestBasicHeaderBytes(chunkStreamId: number): number {
  if (chunkStreamId < 64) return 1;
  return chunkStreamId < 320 ? 2 : 3;
}

/**
 * Writes the shortest basic header.
 *
 * @returns the offset behind it
 */
export function writeBasicHeader(
  target: Uint8Array,
  offset: number,
  fmt: number,
  chunkStreamId: number,
): number {
  const high = fmt << 6;
  if (chunkStreamId < 64) {
    target[offset] = high | chunkStreamId;
    return offset + 1;
  }

  const rest = chunkStreamId - 64;
  if (rest < 256) {
    target[offset] = high;
    target[offset + 1] = rest;
    return offset + 2;
  }
  target[offset] = high | 1;
  target[offset + 1] = rest & 0xff;
  target[offset + 2] = rest >> 8;
  return offset + 3;
}
