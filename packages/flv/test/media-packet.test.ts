import {
  dataPacket,
  defaultFlvLimits,
  FlvError,
  type MediaFrame,
  readAudioFrames,
  readMediaPacket,
  readVideoFrames,
} from "@rtmp/flv";
import { hex, seededBytes, seededRandom } from "@rtmp/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flvErrorOf, frame } from "./frame.ts";

describe("RTMP §7.1.4, §7.1.5 audio and video messages", () => {
  test("a packet keeps the message as it came and says what is in it", () => {
    const body = hex("17 01 00 00 28 aa");
    const packet = readMediaPacket("video", 1111, body);
    expect(packet.body).toBe(body);
    expect(packet).toEqual({
      kind: "video",
      timestamp: 1111,
      body: hex("17 01 00 00 28 aa"),
      frames: [
        frame({
          role: "coded-frames",
          keyframe: true,
          codec: "avc1",
          compositionTimeOffset: 40,
          view: "aa",
        }),
      ],
    });
  });

  test("the same first byte means another thing in audio", () => {
    expect(readMediaPacket("audio", 0, hex("91 4f 70 75 73")).frames[0]?.codec).toBe("Opus");
    expect(readMediaPacket("video", 0, hex("93 68 76 63 31")).frames[0]?.codec).toBe("hvc1");
  });

  test("a frame shows the memory of the message, no copy", () => {
    for (const bytes of [
      "17 01 00 00 00 aa",
      "91 68 76 63 31 00 00 00 aa",
      "a6 03 61766331 01 aa",
    ]) {
      const body = hex(`ff${bytes}`).subarray(1);
      expect(readVideoFrames(body)[0]?.view.buffer).toBe(body.buffer);
      expect(readVideoFrames(body)[0]?.view).toEqual(hex("aa"));
    }
  });

  test("a message without a body is empty: silence", () => {
    for (const kind of ["audio", "video"] as const) {
      expect(readMediaPacket(kind, 2222, new Uint8Array())).toEqual({
        kind,
        timestamp: 2222,
        body: new Uint8Array(),
        frames: [frame({ role: "empty", view: "" })],
      });
    }
  });

  test("the limits reach the readers of both kinds", () => {
    const limits = { ...defaultFlvLimits, maxTracksPerMessage: 1, maxModExBlocks: 1 };
    const video = hex("a6 11 61763031 00 000000 01 000000");
    const audio = hex("95 11 4f707573 00 000000 01 000000");
    expect(readMediaPacket("video", 0, video).frames).toHaveLength(2);
    expect(readMediaPacket("audio", 0, audio).frames).toHaveLength(2);
    expect(flvErrorOf(() => readMediaPacket("video", 0, video, limits)).fault).toBe("limit");
    expect(flvErrorOf(() => readMediaPacket("audio", 0, audio, limits)).fault).toBe("limit");
  });
});

describe("RTMP §7.1.2 data messages", () => {
  test("onMetaData is metadata of track 0, other data is coded frames", () => {
    const body = hex("02 00 01 61");
    expect(dataPacket(1111, body, "metadata")).toEqual({
      kind: "data",
      timestamp: 1111,
      body,
      frames: [frame({ role: "metadata", view: "02 00 01 61" })],
    });
    expect(dataPacket(0, body).frames[0]?.role).toBe("coded-frames");
    expect(dataPacket(0, body).body).toBe(body);
  });
});

/** What holds for every message that is read at all. */
function checkFrames(body: Uint8Array, frames: readonly MediaFrame[]): void {
  const sane =
    frames.length >= 1 &&
    frames.length <= 16 &&
    frames.every(
      (each) =>
        each.view.buffer === body.buffer &&
        each.view.byteOffset + each.view.length <= body.byteOffset + body.length &&
        each.track <= 255 &&
        each.nanosecondOffset <= 999_999 &&
        Math.abs(each.compositionTimeOffset) <= 2 ** 23 &&
        (!each.keyframe || each.role === "coded-frames"),
    );
  if (!sane) throw new Error(`not sane: ${JSON.stringify(frames)}`);
}

/** Returns whether the body was read; throws when anything but an FlvError is thrown. */
function readsOrFails(read: (body: Uint8Array) => MediaFrame[], body: Uint8Array): boolean {
  try {
    checkFrames(body, read(body));
    return true;
  } catch (error) {
    if (!(error instanceof FlvError)) throw error;
    if (error.offset === undefined || error.offset > body.length) throw error;
    return false;
  }
}

describe("hostile messages", () => {
  // First bytes that lead deep into the header, and FourCCs with and without a composition offset.
  const starts = [[], [0x96], [0xa6], [0x95], [0x97], [0xa7], [0x96, 0x21], [0x95, 0x11]];
  const fourCcs = [[], [0x68, 0x76, 0x63, 0x31], [0x61, 0x76, 0x30, 0x31]];

  test("20000 random bodies are read or throw an FlvError", () => {
    const random = seededRandom(1935);
    let read = 0;
    for (let i = 0; i < 10_000; i++) {
      const start = starts[i % starts.length] ?? [];
      const fourCc = fourCcs[i % fourCcs.length] ?? [];
      const rest = seededBytes(random, Math.floor(random() * 40));
      const body = Uint8Array.from([...start, ...fourCc, ...rest]);
      if (readsOrFails(readVideoFrames, body)) read++;
      if (readsOrFails(readAudioFrames, body)) read++;
    }
    // Neither all refused nor all taken: both ways were walked.
    expect(read).toBeGreaterThan(2_000);
    expect(read).toBeLessThan(18_000);
  });

  test("a OneTrack message gives its track everything behind the track id", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 24 }),
        fc.uint8Array({ maxLength: 8 }),
        (tail, more) => {
          const header = [0x96, 0x00, 0x68, 0x76, 0x63, 0x31, 0x07];
          const view = readVideoFrames(Uint8Array.from([...header, ...tail, ...more]))[0]?.view;
          expect(view).toEqual(Uint8Array.from([...tail, ...more]));
        },
      ),
    );
  });
});
