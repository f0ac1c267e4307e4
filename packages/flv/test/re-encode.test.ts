import {
  decodeAudioBody,
  decodeVideoBody,
  encodeAudioBody,
  encodeVideoBody,
  FlvError,
} from "@rtmp/flv";
import { hex, seededBytes, seededRandom, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { readCapture } from "./read-capture.ts";

const captures = [
  "obs-publish-h264-aac",
  "ffmpeg8-publish-h264-flac",
  "ffmpeg8-publish-h264-ac3",
  "ffmpeg8-publish-av1-opus",
  "ffmpeg8-publish-vp9-opus",
  "ffmpeg8-publish-hevc-aac",
  "ffmpeg8-publish-multitrack-h264-hevc-aac-opus",
];

const reEncode = {
  audio: (body: Uint8Array) => encodeAudioBody(decodeAudioBody(body)),
  video: (body: Uint8Array) => encodeVideoBody(decodeVideoBody(body)),
};

/** Throws unless the message is written as it was read. */
function checkReEncoded(kind: "audio" | "video", message: Uint8Array): void {
  const written = reEncode[kind](message);
  if (!Buffer.from(written).equals(message)) {
    throw new Error(`${toHex(message.subarray(0, 40))} became ${toHex(written.subarray(0, 40))}`);
  }
}

test.each(captures)("every message of %s is written as it was read", (name) => {
  const messages = readCapture(name);
  expect(messages.length).toBeGreaterThan(50);
  for (const { kind, payload } of messages) checkReEncoded(kind, payload);
});

describe("hostile messages", () => {
  // First bytes that lead to every form, and what stands behind them in valid messages.
  const starts = Array.from(
    hex("17 2c 12 52 57 91 a3 84 d4 d1 97 d7 96 a7 af 2f 95 90"),
    (first) => [first],
  );
  const middles = [
    [],
    [0x00],
    [0x01, 0x00, 0x00, 0x28],
    [0x02, 0x00, 0x00, 0x01, 0x06, 0x11],
    [0xff, 0x00, 0x01, 0xaa, 0xbb, 0x01],
    [0x68, 0x76, 0x63, 0x31],
    [0x11, 0x61, 0x76, 0x63, 0x31, 0x00, 0x00, 0x00, 0x05],
    [0x21, 0x6d, 0x70, 0x34, 0x61, 0x01, 0x00, 0x00, 0x02],
  ];

  test.each(["audio", "video"] as const)(
    "what is read of 20000 %s bodies is written as it was",
    (kind) => {
      const random = seededRandom(2222);
      const pick = (lists: readonly number[][]) => lists[Math.floor(random() * lists.length)] ?? [];
      let read = 0;
      for (let i = 0; i < 20_000; i++) {
        const tail = seededBytes(random, Math.floor(random() * 24));
        const body = Uint8Array.from([...pick(starts), ...pick(middles), ...tail]);
        try {
          checkReEncoded(kind, body);
          read++;
        } catch (error) {
          if (!(error instanceof FlvError)) throw error;
        }
      }
      // Neither all refused nor all taken: both ways were walked.
      expect(read).toBeGreaterThan(2_000);
      expect(read).toBeLessThan(19_000);
    },
  );
});
