import { readdirSync, readFileSync } from "node:fs";

import { ChunkReader, MessageTypeId } from "@rtmp/chunk";
import { decodeAudioBody, decodeVideoBody, encodeAudioBody, encodeVideoBody } from "@rtmp/flv";
import { toHex } from "@rtmp/testing";
import { expect, test } from "vitest";

const folder = new URL("../../packages/testing/fixtures/captures/", import.meta.url);
const handshakeBytes = 3_073;
const files = readdirSync(folder).filter((file) => file.endsWith(".bin"));

/** Decodes a message and encodes it again; undefined for what is no media. */
function reEncode(typeId: number, payload: Uint8Array): Uint8Array | undefined {
  if (typeId === MessageTypeId.Audio) return encodeAudioBody(decodeAudioBody(payload));
  if (typeId === MessageTypeId.Video) return encodeVideoBody(decodeVideoBody(payload));
  return undefined;
}

test("every audio and video message of every capture is written as it was read", () => {
  let messages = 0;
  for (const file of files) {
    const bytes = new Uint8Array(readFileSync(new URL(file, folder))).subarray(handshakeBytes);
    new ChunkReader().push(bytes, ({ typeId, payload }) => {
      const written = reEncode(typeId, payload);
      if (written === undefined) return;
      messages++;
      if (!Buffer.from(written).equals(payload)) {
        throw new Error(`${file}: ${toHex(payload.subarray(0, 32))} is not written so`);
      }
    });
  }
  expect(files.length).toBeGreaterThan(60);
  expect(messages).toBeGreaterThan(4_000);
});
