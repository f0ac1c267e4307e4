import {
  ChunkReader,
  ChunkWriter,
  encodeSharedChunks,
  MessageTypeId,
  type OutgoingMessage,
} from "@rtmp/chunk";
import type { BenchCase } from "./bench-case.ts";
import { Checksum, checksumOf, videoMessages } from "./video-stream.ts";

// What a server sends to one player in a few seconds.
const groups = 100;

function check(name: string, bytes: Uint8Array, messages: readonly OutgoingMessage[]): void {
  const checksum = new Checksum();
  new ChunkReader().push(bytes.slice(), ({ typeId, payload }) => {
    if (typeId >= MessageTypeId.Audio) checksum.add(payload);
  });
  if (checksum.value !== checksumOf(messages)) throw new Error(`${name} wrote other payloads`);
}

/** The cases of the connection's own writer and of shared chunks. */
export function chunkWriterCases(): BenchCase[] {
  const messages = videoMessages(groups);
  const bytesPerOp = messages.reduce((sum, { payload }) => sum + payload.length, 0);
  const sizes = [
    ["128b-video", 128],
    ["4k-video", 4_096],
    ["64k-video", 65_536],
  ] as const;
  return sizes.flatMap(([size, chunkSize]) => {
    // Set Chunk Size comes first so that the check can read what was written; it costs 16 bytes.
    const write = (): Uint8Array => {
      const writer = new ChunkWriter();
      writer.setChunkSize(chunkSize);
      for (const message of messages) writer.write(message);
      return writer.take();
    };
    const setUp = new ChunkWriter();
    setUp.setChunkSize(chunkSize);
    const setChunkSize = setUp.take();
    const share = (): Uint8Array =>
      encodeSharedChunks(messages, { chunkSize, messageStreamId: 1 }).bytes;
    return [
      {
        name: `chunk-writer/${size}`,
        bytesPerOp,
        run: write,
        verify: () => check(size, write(), messages),
      },
      {
        name: `shared-chunks/${size}`,
        bytesPerOp,
        run: share,
        verify: () => check(size, Buffer.concat([setChunkSize, share()]), messages),
      },
    ];
  });
}
