/**
 * What the bare servers speak: no RTMP but its chunks.
 *
 *   publisher → server   "P" | { u32 length | bytes of a batch }…
 *   player    → server   nothing
 *   server    → player   the bytes of each batch, one write per batch and player
 */

import { encodeSharedChunks } from "@rtmp/chunk";

import type { StampedMessage } from "./stamped-stream.ts";

/** Payload bytes per chunk. */
export const bareChunkSize = 65_536;

/** The first byte of a publisher. */
export const bareGreeting: Uint8Array = Uint8Array.of(0x50);

/** A batch with its length. */
export function encodeBareBatch(messages: readonly StampedMessage[]): Uint8Array {
  const { bytes } = encodeSharedChunks(messages, { chunkSize: bareChunkSize, messageStreamId: 1 });
  const framed = new Uint8Array(4 + bytes.length);
  new DataView(framed.buffer).setUint32(0, bytes.length);
  framed.set(bytes, 4);
  return framed;
}
