/**
 * The stream that the chunk cases read and write: like live video, made by a seeded generator.
 *
 * Messages of 10,000 bytes of video, every tenth of 60,000, an audio message of 300 bytes after each.
 */

import { ChunkWriter, MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";

const groups = 40;
const readBytes = 65_536;

/** Messages as a publisher sends them. */
export function videoMessages(): OutgoingMessage[] {
  let state = 1111;
  const payload = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    });
  return Array.from({ length: groups }, (_, i): OutgoingMessage[] => {
    const common = { timestamp: i * 33, messageStreamId: 1 };
    const video = payload(i % 10 === 0 ? 60_000 : 10_000);
    return [
      { ...common, chunkStreamId: 6, typeId: MessageTypeId.Video, payload: video },
      { ...common, chunkStreamId: 4, typeId: MessageTypeId.Audio, payload: payload(300) },
    ];
  }).flat();
}

/** The messages on the wire, Set Chunk Size in front, cut into reads without regard to chunks. */
export function videoReads(chunkSize: number): Uint8Array[] {
  const writer = new ChunkWriter();
  writer.setChunkSize(chunkSize);
  for (const message of videoMessages()) writer.write(message);
  const bytes = writer.take();
  const reads: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += readBytes) {
    reads.push(bytes.slice(offset, offset + readBytes));
  }
  return reads;
}

/** Sum of all payload bytes, to see that what was read is what was written. */
export function checksum(payloads: Iterable<Uint8Array>): number {
  let sum = 0;
  for (const payload of payloads) for (const byte of payload) sum = (sum + byte) >>> 0;
  return sum;
}
