import { BufferPool, ChunkReader, type Message, PoisoningBufferPool } from "@rtmp/chunk";
import { hex, randomSplit, seededBytes, seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { hexOf, readAll } from "./reading.ts";
import { counting } from "./vectors.ts";

/** Records what a reader asks of its pool. */
class RecordingPool extends BufferPool {
  readonly asked: number[] = [];
  newBuffers = 0;

  override acquire(minBytes: number): Uint8Array {
    this.asked.push(minBytes);
    if (this.retainedBytes === 0) this.newBuffers++;
    return super.acquire(minBytes);
  }
}

const ignore = () => {};
const setChunkSize4096 = "02 00 00 00 00 00 04 01 00 00 00 00 00 00 10 00";

/** Type 1 messages of 300 bytes in chunks of 128, all on one chunk stream. */
function threeChunkMessages(count: number): Uint8Array {
  const message = `45 00 00 01 00 01 2c 08 ${counting(128)} c5 ${counting(128)} c5 ${counting(44)}`;
  return hex(message.repeat(count));
}

describe("where payloads are put together", () => {
  test("a message within one input is a view of it, also in several chunks", () => {
    const pool = new RecordingPool();
    const input = threeChunkMessages(5);
    let count = 0;
    new ChunkReader({ pool }).push(input, (message) => {
      expect(message.payload.buffer).toBe(input.buffer);
      count++;
    });
    expect(count).toBe(5);
    expect(pool.asked).toEqual([]);
  });

  test("with reuseInput a message of one chunk is a view, and the input is never changed", () => {
    const input = hex(`${setChunkSize4096} 05 00 00 01 00 01 2c 08 01 00 00 00 ${counting(300)}`);
    const before = hexOf(input);
    const buffers: unknown[] = [];
    new ChunkReader({ reuseInput: true }).push(input, (m) => buffers.push(m.payload.buffer));
    expect(buffers).toEqual([input.buffer, input.buffer]);
    expect(hexOf(input)).toBe(before);
  });

  test("a message that spans two inputs is in a buffer of the pool, which gets it back", () => {
    const pool = new PoisoningBufferPool();
    const reader = new ChunkReader({ pool });
    const bytes = threeChunkMessages(1);
    reader.push(bytes.slice(0, 200), ignore);
    expect(pool.lentBuffers).toBe(1);
    let payload = "";
    let kept: Uint8Array | undefined;
    reader.push(bytes.slice(200), (message) => {
      payload = hexOf(message.payload);
      kept = message.payload;
    });
    expect(payload).toBe(counting(128) + counting(128) + counting(44));
    expect(pool.lentBuffers).toBe(0);
    // A use after onMessage returned shows.
    expect(hexOf(kept)).toBe("db".repeat(300));
  });

  test("the message object is empty after onMessage returned", () => {
    let kept: Message | undefined;
    new ChunkReader().push(threeChunkMessages(1), (message) => {
      kept = message;
    });
    expect(kept?.payload.length).toBe(0);
  });
});

describe("memory", () => {
  test("grows with the bytes that arrive, not with the length that a header declares", () => {
    const pool = new RecordingPool();
    const reader = new ChunkReader({ pool });
    reader.push(hex("02 00 00 00 00 00 04 01 00 00 00 00 00 ff ff ff"), ignore);
    reader.push(hex("06 00 00 00 ff ff ff 09 01 00 00 00"), ignore);
    expect(pool.asked).toEqual([]);
    let arrived = 0;
    for (const size of [1, 1, 10, 500, 1000, 1, 60_000, 1_000_000]) {
      reader.push(new Uint8Array(size), ignore);
      arrived += size;
      expect(Math.max(...pool.asked)).toBeLessThanOrEqual(arrived * 2);
    }
    expect(pool.lentBuffers).toBe(1);
    // Doubling, not growth by every piece.
    expect(pool.asked.length).toBeLessThan(7);
  });

  test("an interleaved message makes no room in another one's buffer", () => {
    const pool = new RecordingPool();
    const begin = `00 00 00 ff ff ff 09 01 00 00 00 ${counting(128)}`;
    const input = hex(`06 ${begin} 07 ${begin} c6 ${counting(128)}`);
    new ChunkReader({ pool }).push(input, ignore);
    expect(pool.asked).toEqual([256, 256]);
  });

  test("grows no further than the message", () => {
    const pool = new RecordingPool();
    const reader = new ChunkReader({ pool });
    reader.push(hex(`${setChunkSize4096} 06 00 00 00 00 0f ff 09 01 00 00 00`), ignore);
    for (const size of [300, 2500, 1294]) reader.push(new Uint8Array(size), ignore);
    expect(pool.asked).toEqual([600, 4095]);
  });

  test("large chunks that are there are stored in one buffer, without growth", () => {
    const pool = new RecordingPool();
    const reader = new ChunkReader({ pool });
    const chunk = new Uint8Array(4096).fill(0x11);
    const five = Array.from({ length: 5 }, (_, i) => (i === 0 ? [chunk] : [hex("c6"), chunk]));
    const header = hex(`${setChunkSize4096} 06 00 00 00 00 ea 60 09 01 00 00 00`);
    reader.push(Buffer.concat([header, ...five.flat()]), ignore);
    expect(pool.asked.length).toBe(1);
    expect(pool.asked[0]).toBeLessThanOrEqual(2 * 5 * 4097);
  });

  test("large chunks of another message make no room either", () => {
    const pool = new RecordingPool();
    const chunk = new Uint8Array(4096).fill(0x22);
    const begin = "00 00 00 00 ea 60 09 01 00 00 00";
    const other = Array.from({ length: 4 }, (_, i) => (i === 0 ? [chunk] : [hex("c7"), chunk]));
    const input = [hex(`${setChunkSize4096} 06 ${begin}`), chunk, hex(`07 ${begin}`)];
    new ChunkReader({ pool }).push(Buffer.concat([...input, ...other.flat()]), ignore);
    expect(pool.asked[0]).toBe(8192);
    expect(pool.asked.length).toBe(2);
  });

  test("64 tiny fragments of huge messages take little", () => {
    const pool = new RecordingPool();
    const reader = new ChunkReader({ pool });
    reader.push(hex("02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 01"), ignore);
    for (let id = 3; id < 64; id++) {
      reader.push(
        hex(`${id.toString(16).padStart(2, "0")} 00 00 00 ff ff ff 09 01 00 00 00 aa`),
        ignore,
      );
    }
    expect(pool.lentBuffers).toBe(61);
    expect(Math.max(...pool.asked)).toBe(2);
  });

  test.each([
    ["spanning inputs", 16_384, false],
    ["from an input that is reused", 65_536, true],
    ["in very small inputs", 100, false],
  ])("the steady state allocates no buffer for messages %s", (_, pieceBytes, reuseInput) => {
    const pool = new RecordingPool();
    const reader = new ChunkReader({ pool, reuseInput });
    const bytes = threeChunkMessages(400);
    let messages = 0;
    const feed = () => {
      for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
        reader.push(bytes.slice(offset, offset + pieceBytes), () => messages++);
      }
    };
    feed();
    const afterWarmUp = pool.newBuffers;
    for (let i = 0; i < 5; i++) feed();
    expect(messages).toBe(2400);
    expect(pool.asked.length).toBeGreaterThan(10);
    expect(pool.newBuffers).toBe(afterWarmUp);
    expect(pool.lentBuffers).toBe(0);
  });

  test("a reader holds no buffer for what is finished, aborted or replaced", () => {
    const pool = new PoisoningBufferPool();
    const reader = new ChunkReader({ pool });
    const begun = `06 00 00 0a 00 00 82 09 01 00 00 00 ${counting(128)}`;
    reader.push(hex(begun), ignore);
    expect(pool.lentBuffers).toBe(1);
    reader.push(hex("02 00 00 00 00 00 04 02 00 00 00 00 00 00 00 06"), ignore);
    expect(pool.lentBuffers).toBe(0);
    reader.push(hex(begun), ignore);
    reader.push(hex(begun), ignore);
    expect(pool.lentBuffers).toBe(1);
    reader.push(hex("c6 aa bb"), ignore);
    expect(pool.lentBuffers).toBe(0);
  });
});

test("large and small fragments mix in one message, in every way of consumption", () => {
  const random = seededRandom(3333);
  for (const chunkSize of [1, 2, 500, 1023, 1024, 1025, 3000]) {
    const payload = hexOf(seededBytes(random, 5000));
    const size = chunkSize.toString(16).padStart(8, "0");
    let text = `02 00 00 00 00 00 04 01 00 00 00 00 ${size}`;
    for (const csid of ["06", "00 20", "01 00 20"]) {
      const continuation = csid.replace(/^0/, "c");
      text += `${csid} 00 00 00 00 13 88 09 01 00 00 00`;
      for (let at = 0; at < 10_000; at += chunkSize * 2) {
        text += (at === 0 ? "" : continuation) + payload.slice(at, at + chunkSize * 2);
      }
    }
    const bytes = hex(text);
    for (const maxPieceBytes of [40_000, 9000, 2000, 300]) {
      const messages = readAll(randomSplit(bytes, random, maxPieceBytes));
      expect(messages.map((message) => message.payload)).toEqual([size, payload, payload, payload]);
    }
  }
});
