import { createHash } from "node:crypto";

import {
  ChunkError,
  ChunkReader,
  type ChunkReaderState,
  type DroppedMessageReason,
  type Message,
} from "@rtmp/chunk";
import { byteByByte, everySplit, hex, randomSplit, seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { expectSame, hexOf, readAll, readPieces } from "./reading.ts";
import { chunkVectors, counting, ffmpegConnect, obsPublisher, received } from "./vectors.ts";

const allVectors = [...chunkVectors, ffmpegConnect, obsPublisher];
const ignore = () => {};
const setChunkSize = (size: string) => hex(`02 00 00 00 00 00 04 01 00 00 00 00 ${size}`);

function statesOf(bytes: Uint8Array): string[] {
  const reader = new ChunkReader();
  const visited: string[] = [];
  let state: ChunkReaderState = reader.state;
  let count = 0;
  for (const piece of byteByByte(bytes)) {
    if (reader.state !== state) {
      visited.push(`${state} ${count}`);
      count = 0;
      state = reader.state;
    }
    count++;
    reader.push(piece, ignore);
  }
  return [...visited, `${state} ${count}`];
}

describe("RTMP §5.3.1 chunk format", () => {
  test.each(allVectors)("$name", ({ bytes, messages }) => {
    expect(readAll([bytes])).toEqual(messages);
  });

  test.each(allVectors)("every split: $name", ({ bytes, messages }) => {
    for (const pieces of everySplit(bytes)) expectSame(readAll(pieces), messages);
    expect(readAll(byteByByte(bytes))).toEqual(messages);
  });

  test.each(allVectors)("random pieces: $name", ({ bytes, messages }) => {
    const random = seededRandom(1111);
    for (let i = 0; i < 15; i++) {
      expect(readAll(randomSplit(bytes, random, 1 + i * 5))).toEqual(messages);
    }
  });

  test.each(allVectors)("no message before its last byte: $name", ({ bytes, messages }) => {
    for (let end = 0; end < bytes.length; end++) {
      const begun = readPieces([bytes.subarray(0, end)]).messages;
      expectSame(begun, messages.slice(0, begun.length));
      if (begun.length === messages.length) throw new Error(`complete after ${end} bytes`);
    }
    expect(readPieces([bytes]).messages.length).toBe(messages.length);
  });

  test("the transcript of the publisher is the published one", () => {
    expect(createHash("sha256").update(obsPublisher.bytes).digest("hex")).toBe(
      "585d523817a277ddf4864aa5076f6446ea4f43fa9f148fd818cceaceae82f16b",
    );
    expect(ffmpegConnect.bytes.length).toBe(151);
    expect(ffmpegConnect.bytes[140]).toBe(0xc3);
  });

  test("all vectors one behind the other, on one connection with large chunks", () => {
    const large = hex("02 00 00 00 00 00 04 01 00 00 00 00 00 00 10 00");
    const whole = [obsPublisher, obsPublisher];
    const bytes = Buffer.concat([large, ...whole.map((vector) => vector.bytes)]);
    const messages = whole.flatMap((vector) => vector.messages);
    expect(readAll([bytes])).toEqual([received(2, 0, 1, 0, "00001000"), ...messages]);
  });

  test("an empty input changes nothing", () => {
    const [first, second] = [ffmpegConnect.bytes.subarray(0, 77), ffmpegConnect.bytes.subarray(77)];
    const nothing = new Uint8Array(0);
    expect(readAll([nothing, first, nothing, nothing, second, nothing])).toEqual(
      ffmpegConnect.messages,
    );
  });

  test("a Buffer is read as plain bytes", () => {
    const input = Buffer.concat([Buffer.alloc(5), obsPublisher.bytes]).subarray(5);
    new ChunkReader().push(input, (message) => {
      expect(Object.getPrototypeOf(message.payload)).toBe(Uint8Array.prototype);
    });
    expect(readAll([input])).toEqual(obsPublisher.messages);
  });
});

describe("parser states, byte by byte", () => {
  test("type 0 with a 3-byte chunk stream id and an extended timestamp, then its continuation", () => {
    const bytes = hex(`01 00 01 ff ff ff 00 00 81 09 01 00 00 00 01 00 00 00 ${counting(128)}
      c1 00 01 01 00 00 00 ff`);
    expect(statesOf(bytes)).toEqual([
      "basic-header 3",
      "message-header 11",
      "extended-timestamp 4",
      "payload 128",
      "basic-header 3",
      "extended-timestamp 4",
      "payload 1",
    ]);
  });

  test("types 0 to 3 on a chunk stream of the 1-byte and of the 2-byte form", () => {
    const bytes = hex(`04 00 00 1a 00 00 01 08 01 00 00 00 a1
      44 00 00 00 00 00 02 08 a2 a3
      84 00 00 14 a4 a5
      c4 a6 a7
      00 07 00 00 1a 00 00 00 08 01 00 00 00
      c0 07`);
    expect(statesOf(bytes)).toEqual([
      "basic-header 1",
      "message-header 11",
      "payload 1",
      "basic-header 1",
      "message-header 7",
      "payload 2",
      "basic-header 1",
      "message-header 3",
      "payload 2",
      "basic-header 1",
      "payload 2",
      "basic-header 2",
      "message-header 11",
      "basic-header 2",
    ]);
  });
});

describe("RTMP §5.3.1.2.3–4 headers that lean on a previous one", () => {
  test.each([
    ["type 2", "85 00 00 14 aa"],
    ["type 3", "c5 aa"],
    ["type 3 in the 3-byte form", "c1 ff ff aa"],
  ])("%s on a fresh chunk stream is refused", (_, text) => {
    for (const pieces of everySplit(hex(text))) {
      expect(readPieces(pieces).error).toMatchObject({
        code: "RTMP_ERR_MISSING_PREVIOUS_HEADER",
        fault: "malformed",
        name: "ChunkError",
      });
    }
  });

  test("a chunk stream that only Abort has named is still fresh", () => {
    const bytes = hex("02 00 00 00 00 00 04 02 00 00 00 00 00 00 00 05 c5 aa");
    const { messages, dropped, error } = readPieces([bytes]);
    expect(messages.length).toBe(1);
    expect(dropped).toEqual([]);
    expect(error).toMatchObject({ code: "RTMP_ERR_MISSING_PREVIOUS_HEADER", offset: 16 });
  });

  test("type 1 on a fresh chunk stream is refused where type 0 is required", () => {
    const reader = new ChunkReader({ requireType0: true });
    const bytes = hex("05 00 00 0b 00 00 01 08 01 00 00 00 aa 45 00 00 0b 00 00 01 08 bb 46");
    let messages = 0;
    const push = () => reader.push(bytes, () => messages++);
    expect(push).not.toThrow();
    expect(messages).toBe(2);
    expect(() => reader.push(hex("00 00 0b 00 00 01 08 cc"), () => messages++)).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_MISSING_PREVIOUS_HEADER" }),
    );
    expect(messages).toBe(2);
  });

  test("type 1 starts a fresh chunk stream with zero values", () => {
    expect(readAll([hex("45 00 00 0b 00 00 01 08 aa c5 bb")])).toEqual([
      received(5, 11, 8, 0, "aa"),
      received(5, 22, 8, 0, "bb"),
    ]);
  });
});

describe("a new header within a message", () => {
  const begun = `06 00 00 0a 00 00 82 09 01 00 00 00 ${counting(128)}`;

  test.each([
    ["type 1 with the same length and type", "46 00 00 0a 00 00 82 09"],
    ["type 2", "86 00 00 0a"],
    ["type 1 with an extended timestamp", "46 ff ff ff 00 00 82 09 00 00 00 0a"],
  ])("%s continues the message", (_, header) => {
    const bytes = hex(`${begun} ${header} ${counting(2, 128)}`);
    for (const pieces of everySplit(bytes)) {
      expect(readAll(pieces)).toEqual([received(6, 10, 9, 1, counting(130))]);
    }
  });

  test.each([
    ["type 0, even with the same values", "06 00 00 0a 00 00 82 09 01 00 00 00", 10, 130, 9],
    ["type 1 with another length", "46 00 00 05 00 00 81 09", 15, 129, 9],
    ["type 1 with another type", "46 00 00 05 00 00 82 08", 15, 130, 8],
  ])("%s drops it and starts another", (_, header, timestamp, length, typeId) => {
    const payload = counting(length, 77);
    const bytes = hex(`${begun} ${header} ${payload.slice(0, 256)} c6 ${payload.slice(256)}`);
    for (const pieces of everySplit(bytes)) {
      const { messages, dropped, pool } = readPieces(pieces);
      expect(messages).toEqual([received(6, timestamp, typeId, 1, payload)]);
      expect(dropped).toEqual(["6 replaced"]);
      expect(pool.lentBuffers).toBe(0);
    }
  });
});

describe("RTMP §5.4.1 Set Chunk Size", () => {
  test("is in force when the message is handed on", () => {
    const reader = new ChunkReader();
    expect(reader.chunkSize).toBe(128);
    const seen: number[] = [];
    reader.push(setChunkSize("00 00 08 ae"), () => seen.push(reader.chunkSize));
    expect(seen).toEqual([2222]);
  });

  test.each([
    ["00 00 00 01", 1],
    ["00 01 00 00", 65_536],
    ["00 ff ff ff", 0xffffff],
    ["01 00 00 00", 0xffffff],
    ["08 00 00 00", 0xffffff],
    ["7f ff ff ff", 0xffffff],
  ])("%s means chunks of up to %i bytes", (size, expected) => {
    const reader = new ChunkReader();
    reader.push(setChunkSize(size), ignore);
    expect(reader.chunkSize).toBe(expected);
  });

  test.each(["00 00 00 00", "80 00 00 00", "80 00 10 00", "ff ff ff ff"])(
    "%s is refused and not handed on",
    (size) => {
      const { messages, error } = readPieces([setChunkSize(size)]);
      expect(error).toMatchObject({ code: "RTMP_ERR_INVALID_CHUNK_SIZE", fault: "malformed" });
      expect(messages).toEqual([]);
    },
  );

  test("is taken from any chunk stream and any message stream", () => {
    const reader = new ChunkReader();
    reader.push(hex("05 00 00 00 00 00 04 01 07 00 00 00 00 00 04 57"), ignore);
    expect(reader.chunkSize).toBe(1111);
  });

  test("a longer payload is fine, a shorter one is not", () => {
    const reader = new ChunkReader();
    reader.push(hex("02 00 00 00 00 00 06 01 00 00 00 00 00 00 04 57 aa bb"), ignore);
    expect(reader.chunkSize).toBe(1111);
    for (const short of ["00 01 00 00 00 00 00", "03 01 00 00 00 00 00 10 00"]) {
      expect(readPieces([hex(`02 00 00 00 00 00 ${short}`)]).error).toMatchObject({
        code: "RTMP_ERR_PROTOCOL_CONTROL_TRUNCATED",
      });
    }
  });
});

describe("RTMP §5.4.2 Abort", () => {
  const begun = `06 00 00 0a 00 00 82 09 01 00 00 00 ${counting(128)}`;
  const abort = "02 00 00 00 00 00 04 02 00 00 00 00 00 00 00 06";

  test("drops the message, keeps the header, and is reported and handed on", () => {
    const bytes = hex(`${begun} ${abort} c6 ${counting(128, 9)} c6 ${counting(2, 137)}`);
    for (const pieces of everySplit(bytes)) {
      const { messages, dropped, pool } = readPieces(pieces);
      expect(messages).toEqual([
        received(2, 0, 2, 0, "00000006"),
        received(6, 20, 9, 1, counting(130, 9)),
      ]);
      expect(dropped).toEqual(["6 aborted"]);
      expect(pool.lentBuffers).toBe(0);
    }
  });

  test("of a chunk stream without a message under way does nothing", () => {
    expect(readPieces([hex(`${abort} ${abort}`)])).toMatchObject({ dropped: [], error: undefined });
  });

  test("a truncated one is refused", () => {
    expect(readPieces([hex("02 00 00 00 00 00 02 02 00 00 00 00 00 06")]).error).toMatchObject({
      code: "RTMP_ERR_PROTOCOL_CONTROL_TRUNCATED",
    });
  });
});

describe("a reader that failed", () => {
  test("throws the same ChunkError again", () => {
    const reader = new ChunkReader();
    const caught: unknown[] = [];
    for (const text of ["c5", "02 00 00", ""]) {
      try {
        reader.push(hex(text), ignore);
      } catch (error) {
        caught.push(error);
      }
    }
    expect(caught.length).toBe(3);
    expect(caught[0]).toBeInstanceOf(ChunkError);
    expect(new Set(caught).size).toBe(1);
  });

  test("hands on what came before the fault", () => {
    const bytes = Buffer.concat([obsPublisher.bytes, hex("c9")]);
    for (const pieces of [[bytes], byteByByte(bytes)]) {
      const { messages, error } = readPieces(pieces);
      expect(messages).toEqual(obsPublisher.messages);
      expect(error).toMatchObject({ code: "RTMP_ERR_MISSING_PREVIOUS_HEADER" });
    }
  });

  test("lets an error of onMessage through and is unusable from then on", () => {
    const reader = new ChunkReader();
    const mistake = new Error("handler");
    const fail = () => {
      throw mistake;
    };
    expect(() => reader.push(obsPublisher.bytes.slice(), fail)).toThrow(mistake);
    expect(() => reader.push(obsPublisher.bytes.slice(), ignore)).toThrow(
      expect.objectContaining({ name: "TypeError", cause: mistake }),
    );
  });

  test("lets an error of onDroppedMessage through", () => {
    const mistake = new Error("handler");
    const onDroppedMessage = (_: number, reason: DroppedMessageReason) => {
      throw new Error(reason, { cause: mistake });
    };
    const reader = new ChunkReader({ onDroppedMessage });
    const header = "06 00 00 0a 00 00 82 09 01 00 00 00";
    expect(() => reader.push(hex(`${header} ${counting(128)} ${header}`), ignore)).toThrow(
      "replaced",
    );
    expect(() => reader.push(hex("00"), ignore)).toThrow(TypeError);
  });
});

test("push from within onMessage is refused, and the reader goes on", () => {
  const reader = new ChunkReader();
  const payloads: string[] = [];
  const onMessage = (message: Message) => {
    payloads.push(hexOf(message.payload));
    expect(() => reader.push(Uint8Array.of(2), ignore)).toThrow(TypeError);
  };
  reader.push(obsPublisher.bytes.slice(), onMessage);
  expect(payloads).toEqual(obsPublisher.messages.map((message) => message.payload));
});
