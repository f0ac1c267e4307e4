/**
 * Lists the chunks of one direction as they stand on the wire, without making messages of them.
 *
 * A second reading of the format, apart from the chunk reader under test: what a server writes is judged by its header
 * forms, which a reader of messages does not show.
 *
 * RTMP §5.3.1, §5.4.1
 */

const setChunkSize = 1;
const messageHeaderBytes = [11, 7, 3, 0] as const;

/** One chunk. */
export interface Chunk {
  /** Where it begins. */
  readonly offset: number;
  readonly fmt: number;
  readonly chunkStreamId: number;
  /** Whether it is the first of its message. */
  readonly starts: boolean;
  /** The three-byte time field; of the last chunk that had one, for type 3. */
  readonly timeField: number;
  /** The extended timestamp that stands in this chunk. */
  readonly extendedTimestamp: number | undefined;
  readonly typeId: number;
  readonly messageLength: number;
  /** Payload bytes in this chunk. */
  readonly payload: Uint8Array;
}

/** What a chunk stream's headers have said. */
interface Header {
  timeField: number;
  messageLength: number;
  typeId: number;
  left: number;
}

/**
 * Lists the chunks behind a handshake.
 *
 * @param bytes  whole chunks with chunk stream ids below 64, extended timestamps wherever the specification wants them
 * @throws RangeError where the bytes end inside of a chunk
 */
export function listChunks(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u24 = (at: number): number => (view.getUint16(at) << 8) | view.getUint8(at + 2);
  const headers = new Map<number, Header>();
  const chunks: Chunk[] = [];
  let chunkSize = 128;
  let offset = 0;

  while (offset < bytes.length) {
    const start = offset;
    const fmt = view.getUint8(offset) >> 6;
    const chunkStreamId = view.getUint8(offset) & 0x3f;
    const header = headers.get(chunkStreamId) ?? { ...blank };
    headers.set(chunkStreamId, header);
    offset += 1;
    if (fmt < 3) header.timeField = u24(offset);
    if (fmt < 2) {
      header.messageLength = u24(offset + 3);
      header.typeId = view.getUint8(offset + 6);
    }
    offset += messageHeaderBytes[fmt] ?? 0;

    let extendedTimestamp: number | undefined;
    if (header.timeField === 0xffffff) {
      extendedTimestamp = view.getUint32(offset);
      offset += 4;
    }
    const starts = header.left === 0;
    if (starts) header.left = header.messageLength;
    const length = Math.min(chunkSize, header.left);
    const payload = bytes.subarray(offset, offset + length);
    if (payload.length < length) throw new RangeError(`the chunk at ${start} is cut`);
    offset += length;
    header.left -= length;

    const { timeField, typeId, messageLength } = header;
    const fields = { timeField, extendedTimestamp, typeId, messageLength, payload };
    chunks.push({ offset: start, fmt, chunkStreamId, starts, ...fields });
    if (typeId === setChunkSize && header.left === 0) chunkSize = u32Of(payload);
  }
  return chunks;
}

const blank: Header = { timeField: 0, messageLength: 0, typeId: 0, left: 0 };

function u32Of(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
}
