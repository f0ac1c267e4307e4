import { MessageTypeId } from "@rtmp/chunk";
import { readMediaPacket } from "@rtmp/flv";
import { describe, expect, test } from "vitest";

import {
  hasStamp,
  stampBytes,
  stampedMicroseconds,
  stampedSequence,
  writeStamp,
} from "../../src/load/stamp.ts";
import {
  sequenceHeaders,
  type StampedMessage,
  StampedStream,
  stampOffset,
  usualStream,
} from "../../src/load/stamped-stream.ts";

function messagesOf(seconds: number): StampedMessage[] {
  const stream = new StampedStream(usualStream);
  const messages: StampedMessage[] = [];
  while (stream.nextAt < seconds * 1_000) messages.push(stream.next(stream.nextAt * 1_000));
  return messages;
}

describe("a stamp", () => {
  test.each([
    [0, 0],
    [1, 127],
    [2 ** 35 - 1, 2 ** 53 - 1],
  ])("of message %i at %i µs is read as it was written", (sequence, microseconds) => {
    const bytes = new Uint8Array(stampBytes + 2);
    writeStamp(bytes, 1, sequence, microseconds);
    expect(hasStamp(bytes, 1)).toBe(true);
    expect(stampedSequence(bytes, 1)).toBe(sequence);
    expect(stampedMicroseconds(bytes, 1)).toBe(microseconds);
  });

  test("holds no start code of H.264, whatever its numbers", () => {
    const bytes = new Uint8Array(stampBytes);
    writeStamp(bytes, 0, 0, 0);
    expect(Buffer.from(bytes).toString("hex")).not.toMatch(/^(..)*0000/);
  });

  test("is not seen where another byte stands, or the bytes end", () => {
    const bytes = new Uint8Array(stampBytes);
    writeStamp(bytes, 0, 1, 1);
    expect(hasStamp(bytes.subarray(0, stampBytes - 1), 0)).toBe(false);
    bytes[3] = 0;
    expect(hasStamp(bytes, 0)).toBe(false);
  });
});

describe("the usual stream", () => {
  const seconds = 10;
  const messages = messagesOf(seconds);
  const video = messages.filter(({ typeId }) => typeId === MessageTypeId.Video);
  const audio = messages.filter(({ typeId }) => typeId === MessageTypeId.Audio);

  test("has 2.2 Mb/s, 30 frames of video and 43 of audio a second, in order of time", () => {
    const bits = messages.reduce((sum, { payload }) => sum + payload.length * 8, 0);
    expect(bits / seconds / 2_200_000).toBeCloseTo(1, 2);
    expect(video).toHaveLength(300);
    expect(audio).toHaveLength(431);
    const times = messages.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test("is H.264 with a keyframe every two seconds, and AAC, for a reader of FLV bodies", () => {
    const packets = video.map(({ payload }) => readMediaPacket("video", 0, payload));
    const keyframes = packets.flatMap(({ frames }, index) => (frames[0]?.keyframe ? [index] : []));
    expect(keyframes).toEqual([0, 60, 120, 180, 240]);
    expect(packets[1]?.frames[0]).toMatchObject({ codec: "avc1", role: "coded-frames" });
    const [videoHeader, audioHeader] = sequenceHeaders;
    const headers = [
      readMediaPacket("video", 0, videoHeader?.payload ?? new Uint8Array()),
      readMediaPacket("audio", 0, audioHeader?.payload ?? new Uint8Array()),
    ];
    expect(headers.map(({ frames }) => frames[0]?.role)).toEqual([
      "sequence-start",
      "sequence-start",
    ]);
  });

  test("fills each frame of video with NAL units to the last byte", () => {
    for (const { payload } of video) {
      const view = new DataView(payload.buffer);
      let at = 5;
      const types: number[] = [];
      while (at < payload.length) {
        types.push((payload[at + 4] ?? 0) & 0x1f);
        at += 4 + view.getUint32(at);
      }
      expect(at).toBe(payload.length);
      expect(types).toEqual([6, payload[0] === 0x17 ? 5 : 1]);
    }
  });

  test.each([
    ["video", video],
    ["audio", audio],
  ] as const)("numbers its frames of %s", (kind, frames) => {
    const offset = stampOffset[kind];
    expect(frames.every(({ payload }) => hasStamp(payload, offset))).toBe(true);
    expect(frames.map(({ payload }) => stampedSequence(payload, offset))).toEqual(
      frames.map((_, index) => index),
    );
  });
});
