/** What publishers that were captured sent, out of the bytes and the independent list beside them. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { type Chunk, listChunks } from "./chunk-list.ts";

/** Where the captures are. */
export const captureFolder: URL = new URL(
  "../../packages/testing/fixtures/captures/",
  import.meta.url,
);

const handshakeBytes = 3_073;
const mediaTypes: ReadonlySet<number> = new Set([8, 9, 18]);

/** One message of a capture's list. */
interface Listed {
  readonly dir: "c2s" | "s2c";
  /** Where it begins in the bytes of its direction. */
  readonly at: number;
  readonly typeId: number;
  readonly timestamp: number;
  readonly sha1: string;
}

/** An audio, video or data message of a publisher. */
export interface CapturedMessage extends Listed {
  readonly payload: Uint8Array;
}

/** The bytes of a publisher, handshake included, and what it published. */
export interface CapturedPublisher {
  readonly bytes: Uint8Array;
  readonly sent: readonly CapturedMessage[];
}

/**
 * Reads a captured publisher.
 *
 * @throws Error when the list and the bytes differ
 */
export function readCapturedPublisher(name: string): CapturedPublisher {
  const bytes = new Uint8Array(readFileSync(new URL(`${name}.c2s.bin`, captureFolder)));
  const json = readFileSync(new URL(`${name}.messages.json`, captureFolder), "utf8");
  const list: Listed[] = JSON.parse(json);
  const listed = list.filter(({ dir, typeId }) => dir === "c2s" && mediaTypes.has(typeId));
  // The list has no payloads, the chunks have no times; the checksums show that both mean the same messages.
  const payloads = payloadsOf(listChunks(bytes.subarray(handshakeBytes)));
  const sent = listed.map((message, index) => {
    const payload = payloads[index] ?? new Uint8Array(0);
    if (createHash("sha1").update(payload).digest("hex") !== message.sha1) {
      throw new Error(`${name}: the list and the bytes differ at message ${index}`);
    }
    return { ...message, payload };
  });
  return { bytes, sent };
}

/** Payloads of the audio, video and data messages, in order of their ends. */
function payloadsOf(chunks: readonly Chunk[]): Uint8Array[] {
  const begun = new Map<number, Uint8Array[]>();
  const payloads: Uint8Array[] = [];
  for (const { chunkStreamId, starts, typeId, messageLength, payload } of chunks) {
    const parts = starts ? [] : (begun.get(chunkStreamId) ?? []);
    begun.set(chunkStreamId, parts);
    parts.push(payload);
    const length = parts.reduce((total, part) => total + part.length, 0);
    if (length === messageLength && mediaTypes.has(typeId)) {
      payloads.push(Buffer.concat(parts));
    }
  }
  return payloads;
}
