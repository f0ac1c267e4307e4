/**
 * The stream that the chunk cases read and write: like live video, made by a seeded generator.
 *
 * Messages of 10,000 bytes of video on chunk stream 6, every tenth of 60,000, an audio message of 300 bytes on chunk
 * stream 4 after each. Reads are 64 KiB and cut without regard to chunks, as a socket does.
 */

import { crc32 } from "node:zlib";
import { ChunkWriter, MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { seededRandom } from "@rtmp/testing";

const readBytes = 65_536;

// Payloads repeat after so many groups; making 30 MB of random bytes would take longer than measuring.
const distinctGroups = 40;

const video = Array.from({ length: distinctGroups }, (_, i) => randomPayload(i, 60_000));
const audio = Array.from({ length: distinctGroups }, (_, i) => randomPayload(1_000 + i, 300));

function randomPayload(seed: number, length: number): Uint8Array {
  const random = seededRandom(seed);
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i++) words[i] = random() * 2 ** 32;
  return new Uint8Array(words.buffer, 0, length);
}

/** Messages as a publisher sends them. */
export function videoMessages(count: number): OutgoingMessage[] {
  const messages: OutgoingMessage[] = [];
  for (let i = 0; i < count; i++) {
    const common = { timestamp: i * 33, messageStreamId: 1 };
    const frame = video[i % distinctGroups]!.subarray(0, i % 10 === 0 ? 60_000 : 10_000);
    const sound = audio[i % distinctGroups]!;
    messages.push(
      { ...common, chunkStreamId: 6, typeId: MessageTypeId.Video, payload: frame },
      { ...common, chunkStreamId: 4, typeId: MessageTypeId.Audio, payload: sound },
    );
  }
  return messages;
}

/** Messages on the wire one after the other, Set Chunk Size in front. */
export function inOrder(messages: readonly OutgoingMessage[], chunkSize: number): Uint8Array {
  const writer = new ChunkWriter();
  writer.setChunkSize(chunkSize);
  for (const message of messages) writer.write(message);
  return writer.take();
}

/** The same with the chunks of each audio message between those of the video message before it. */
export function interleaved(messages: readonly OutgoingMessage[], chunkSize: number): Uint8Array {
  const setUp = new ChunkWriter();
  setUp.setChunkSize(chunkSize);
  const parts = [setUp.take()];
  const writers = [new ChunkWriter({ chunkSize }), new ChunkWriter({ chunkSize })] as const;
  for (let i = 0; i + 1 < messages.length; i += 2) {
    const [first, second] = writers.map((writer, k) => {
      writer.write(messages[i + k]!);
      return chunksOf(writer.take(), messages[i + k]!.payload.length, chunkSize);
    });
    for (let k = 0; k < Math.max(first!.length, second!.length); k++) {
      parts.push(...first!.slice(k, k + 1), ...second!.slice(k, k + 1));
    }
  }
  // A plain array: `slice` of a Buffer does not copy.
  return new Uint8Array(Buffer.concat(parts));
}

/** Cuts one message into its chunks; their chunk streams have 1-byte basic headers. */
function chunksOf(bytes: Uint8Array, payloadBytes: number, chunkSize: number): Uint8Array[] {
  const full = Math.ceil(payloadBytes / chunkSize);
  const header = bytes.length - payloadBytes - (full - 1);
  const first = header + Math.min(chunkSize, payloadBytes);
  const chunks = [bytes.subarray(0, first)];
  for (let at = first; at < bytes.length; at += 1 + chunkSize) {
    chunks.push(bytes.subarray(at, at + 1 + chunkSize));
  }
  return chunks;
}

/** Cuts bytes into reads. */
export function cut(bytes: Uint8Array, length: number = readBytes): Uint8Array[] {
  const reads: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += length) reads.push(bytes.slice(at, at + length));
  return reads;
}

/** A sum over payloads in any order, to see that what was read is what was written. */
export class Checksum {
  value = 0;

  add(payload: Uint8Array): void {
    this.value = (this.value + crc32(payload)) >>> 0;
  }
}

/** The checksum of messages' payloads. */
export function checksumOf(messages: readonly OutgoingMessage[]): number {
  const checksum = new Checksum();
  for (const message of messages) checksum.add(message.payload);
  return checksum.value;
}
