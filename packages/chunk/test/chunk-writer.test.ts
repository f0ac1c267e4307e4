import { ChunkWriter, encodeSetChunkSize, type OutgoingMessage } from "@rtmp/chunk";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { hexOf, readAll } from "./reading.ts";
import { counting, ffmpegConnect, obsPublisher, received, type Vector } from "./vectors.ts";

function message(
  chunkStreamId: number,
  timestamp: number,
  typeId: number,
  messageStreamId: number,
  payload: string,
): OutgoingMessage {
  return { chunkStreamId, timestamp, typeId, messageStreamId, payload: hex(payload) };
}

/** Writes audio messages of one byte on chunk stream 4 at the given times. */
function audioAt(...timestamps: number[]): string {
  const writer = new ChunkWriter();
  for (const timestamp of timestamps) writer.write(message(4, timestamp, 8, 1, "aa"));
  return hexOf(writer.take());
}

/** The messages of a vector, written by one writer. */
function rewritten({ messages }: Vector): Uint8Array {
  const writer = new ChunkWriter();
  for (const { payload, ...rest } of messages) writer.write({ ...rest, payload: hex(payload) });
  return writer.take();
}

const compact = (text: string) => text.replaceAll(/\s+/g, "");

describe("RTMP §5.3.1.2 the smallest legal header", () => {
  test("four audio messages, as in the example, but with a delta before the first type 3", () => {
    const writer = new ChunkWriter();
    for (const timestamp of [1000, 1020, 1040, 1060]) {
      writer.write(message(3, timestamp, 8, 12_345, counting(32)));
    }
    const payload = counting(32);
    expect(hexOf(writer.take())).toBe(
      compact(`03 00 03 e8 00 00 20 08 39 30 00 00 ${payload}
        83 00 00 14 ${payload} c3 ${payload} c3 ${payload}`),
    );
  });

  test("307 bytes in three chunks, as in the example", () => {
    const writer = new ChunkWriter();
    const payload = counting(307);
    writer.write(message(4, 1000, 9, 12_346, payload));
    expect(hexOf(writer.take())).toBe(
      compact(`04 00 03 e8 00 01 33 09 3a 30 00 00 ${payload.slice(0, 256)}
        c4 ${payload.slice(256, 512)} c4 ${payload.slice(512)}`),
    );
  });

  test("connect of ffmpeg, byte for byte", () => {
    expect(toHex(rewritten(ffmpegConnect))).toBe(toHex(ffmpegConnect.bytes));
  });

  test("what OBS writes, except that it repeats type 0 where type 1 is enough", () => {
    const written = rewritten(obsPublisher);
    // Twice, on chunk stream 4: for the data message and for the first audio message.
    expect(written.length).toBe(obsPublisher.bytes.length - 8);
    expect(readAll([written])).toEqual(obsPublisher.messages);
  });

  test.each<[string, OutgoingMessage, string]>([
    ["another message stream: type 0", message(4, 7, 8, 2, "bb"), "0400000700000108 02000000 bb"],
    ["another length: type 1", message(4, 7, 8, 1, "bbcc"), "44000002 00000208 bbcc"],
    ["another type: type 1", message(4, 7, 9, 1, "bb"), "44000002 00000109 bb"],
    ["another delta: type 2", message(4, 7, 8, 1, "bb"), "84000002 bb"],
    ["the same delta: type 3", message(4, 6, 8, 1, "bb"), "c4 bb"],
    ["an earlier time: type 0", message(4, 4, 8, 1, "bb"), "0400000400000108 01000000 bb"],
    ["another chunk stream: type 0", message(5, 6, 8, 1, "bb"), "0500000600000108 01000000 bb"],
  ])("%s", (_, second, expected) => {
    const writer = new ChunkWriter();
    writer.write(message(4, 4, 8, 1, "a1"));
    writer.write(message(4, 5, 8, 1, "a2"));
    writer.take();
    writer.write(second);
    expect(hexOf(writer.take())).toBe(compact(expected));
  });

  test("no type 3 starts a message right after type 0, unless all readers agree on delta 0", () => {
    expect(audioAt(26, 52)).toBe(compact("04 00001a 000001 08 01000000 aa 84 00001a aa"));
    expect(audioAt(26, 26)).toBe(compact("04 00001a 000001 08 01000000 aa 84 000000 aa"));
    expect(audioAt(0, 0)).toBe(compact("04 000000 000001 08 01000000 aa c4 aa"));
    expect(audioAt(0, 20, 40)).toBe(compact("04 000000 000001 08 01000000 aa 84 000014 aa c4 aa"));
  });

  test("a time that wraps goes on by its delta", () => {
    expect(audioAt(0xfffffff0, 0x10)).toBe(
      compact("04 ffffff 000001 08 01000000 fffffff0 aa 84 000020 aa"),
    );
  });
});

describe("RTMP §5.3.1.3 extended timestamp", () => {
  test.each([
    [0xfffffe, "06 ff ff fe 00 00 02 09 01 00 00 00 aa bb"],
    [0xffffff, "06 ff ff ff 00 00 02 09 01 00 00 00 00 ff ff ff aa bb"],
    [0xffffffff, "06 ff ff ff 00 00 02 09 01 00 00 00 ff ff ff ff aa bb"],
  ])("time %i", (timestamp, expected) => {
    const writer = new ChunkWriter();
    writer.write(message(6, timestamp, 9, 1, "aabb"));
    expect(toHex(writer.take())).toBe(expected);
  });

  test("is repeated on every type 3 chunk", () => {
    const writer = new ChunkWriter();
    const payload = counting(300);
    writer.write(message(6, 0x01000000, 9, 1, payload));
    expect(hexOf(writer.take())).toBe(
      compact(`06 ff ff ff 00 01 2c 09 01 00 00 00 01 00 00 00 ${payload.slice(0, 256)}
        c6 01 00 00 00 ${payload.slice(256, 512)} c6 01 00 00 00 ${payload.slice(512)}`),
    );
  });

  test("a delta from 0xffffff on is written as type 0, never as an extended delta", () => {
    expect(audioAt(0, 0xfffffe)).toMatch(/84fffffeaa$/);
    expect(audioAt(0, 0xffffff)).toMatch(/04ffffff000001080100000000ffffffaa$/);
    expect(audioAt(0, 0x7fffffff)).toMatch(/04ffffff00000108010000007fffffffaa$/);
    expect(audioAt(0, 0x80000000)).toMatch(/04ffffff000001080100000080000000aa$/);
  });

  test("small deltas past 0xffffff leave no trace on the wire", () => {
    const payload = counting(130);
    const writer = new ChunkWriter();
    writer.write(message(6, 0xffffff - 10, 9, 1, payload));
    writer.write(message(6, 0xffffff + 10, 9, 1, payload));
    writer.take();
    writer.write(message(6, 0xffffff + 30, 9, 1, payload));
    expect(hexOf(writer.take())).toBe(
      compact(`c6 ${payload.slice(0, 256)} c6 ${payload.slice(256)}`),
    );
  });
});

describe("chunk stream ids", () => {
  test.each([
    [63, "3f", "ff"],
    [64, "00 00", "c0 00"],
    [319, "00 ff", "c0 ff"],
    [320, "01 00 01", "c1 00 01"],
    [65_599, "01 ff ff", "c1 ff ff"],
  ])("%i is written in full on continuations too", (chunkStreamId, first, next) => {
    const writer = new ChunkWriter();
    const payload = counting(129);
    writer.write(message(chunkStreamId, 0, 9, 1, payload));
    expect(hexOf(writer.take())).toBe(
      compact(`${first} 00 00 00 00 00 81 09 01 00 00 00 ${payload.slice(0, 256)} ${next} 80`),
    );
  });
});

describe("RTMP §5.4.1 Set Chunk Size", () => {
  test("is written, and holds from the next message on", () => {
    const writer = new ChunkWriter();
    expect(writer.chunkSize).toBe(128);
    writer.setChunkSize(4096);
    expect(writer.chunkSize).toBe(4096);
    writer.write(message(4, 0, 9, 1, counting(200)));
    expect(hexOf(writer.take())).toBe(
      compact(`02 00 00 00 00 00 04 01 00 00 00 00 00 00 10 00
        04 00 00 00 00 00 c8 09 01 00 00 00 ${counting(200)}`),
    );
  });

  test("written as an ordinary message it takes effect just so", () => {
    const writer = new ChunkWriter({ chunkSize: 2 });
    const payload = encodeSetChunkSize(1111);
    writer.write({ chunkStreamId: 5, timestamp: 7, typeId: 1, messageStreamId: 0, payload });
    expect(writer.chunkSize).toBe(1111);
    expect(toHex(writer.take())).toBe("05 00 00 07 00 00 04 01 00 00 00 00 00 00 c5 04 57");
  });

  test("above 0xffffff means the same as 0xffffff", () => {
    const writer = new ChunkWriter({ chunkSize: 0x7fffffff });
    expect(writer.chunkSize).toBe(0xffffff);
    writer.setChunkSize(0x01000000);
    expect(writer.chunkSize).toBe(0xffffff);
    expect(toHex(writer.take().subarray(12))).toBe("01 00 00 00");
  });

  test.each([0, -1, 1.5, 0x80000000, Number.NaN])("%d is a mistake of the caller", (size) => {
    const writer = new ChunkWriter();
    expect(() => writer.setChunkSize(size)).toThrow(RangeError);
    expect(() => new ChunkWriter({ chunkSize: size })).toThrow(RangeError);
    expect(writer.length).toBe(0);
    expect(writer.chunkSize).toBe(128);
  });
});

describe("take()", () => {
  test("gives nothing when nothing was written", () => {
    const writer = new ChunkWriter();
    expect(writer.take().length).toBe(0);
    writer.setChunkSize(4096);
    expect(writer.length).toBe(16);
    expect(writer.take().length).toBe(16);
    expect(writer.length).toBe(0);
    expect(writer.take().length).toBe(0);
  });

  test("what was taken never changes", () => {
    const writer = new ChunkWriter();
    writer.write(message(4, 0, 8, 1, "a1"));
    const taken = writer.take();
    const before = toHex(taken);
    writer.write(message(4, 0, 9, 1, counting(100)));
    expect(toHex(taken)).toBe(before);
  });

  test("the payload is copied", () => {
    const writer = new ChunkWriter();
    const outgoing = message(4, 0, 8, 1, "a1a2");
    writer.write(outgoing);
    outgoing.payload.fill(0);
    expect(readAll([writer.take()])).toEqual([received(4, 0, 8, 1, "a1a2")]);
  });
});

test.each<[string, Partial<OutgoingMessage>]>([
  ["chunk stream 1", { chunkStreamId: 1 }],
  ["chunk stream 65600", { chunkStreamId: 65_600 }],
  ["a negative time", { timestamp: -1 }],
  ["a time of 2^32", { timestamp: 2 ** 32 }],
  ["a fraction of a millisecond", { timestamp: 0.5 }],
  ["type 256", { typeId: 256 }],
  ["message stream 2^32", { messageStreamId: 2 ** 32 }],
  ["16777216 bytes", { payload: new Uint8Array(0x1000000) }],
])("%s is a mistake of the caller, and nothing is written", (_, wrong) => {
  const writer = new ChunkWriter();
  expect(() => writer.write({ ...message(4, 0, 8, 1, "aa"), ...wrong })).toThrow(RangeError);
  expect(writer.length).toBe(0);
});

test("the longest message goes through", () => {
  const writer = new ChunkWriter({ chunkSize: 60_000 });
  const payload = new Uint8Array(0xffffff).fill(7);
  writer.write({ ...message(4, 0, 9, 1, ""), payload });
  expect(writer.length).toBe(0xffffff + 12 + 279);
});
