import { type ChunkLimits, ChunkReader, defaultChunkLimits } from "@rtmp/chunk";
import { everySplit, hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { resolveLimits } from "../src/limits.ts";
import { expectSame, readAll, readPieces } from "./reading.ts";
import { counting } from "./vectors.ts";

/** The error that the bytes end in; the same for every split, after the same messages. */
function faultOf(text: string, limits: Partial<ChunkLimits>): unknown {
  const bytes = hex(text);
  const whole = readPieces([bytes], "view", limits);
  for (const pieces of everySplit(bytes)) {
    for (const consumption of ["view", "reuse"] as const) {
      const other = readPieces(pieces, consumption, limits);
      expectSame(other.messages, whole.messages);
      expectSame(String(other.error), String(whole.error));
    }
  }
  return whole.error;
}

const type0 = (chunkStreamId: string, length: string) =>
  `${chunkStreamId} 00 00 00 ${length} 09 01 00 00 00`;
const limit = (code: string) => expect.objectContaining({ code, fault: "limit" });

describe("limits of the reader", () => {
  test("maxMessageBytes is checked when the header is complete, before any payload", () => {
    const limits = { maxMessageBytes: 130 };
    expect(faultOf(type0("06", "00 00 83"), limits)).toEqual(limit("RTMP_ERR_MESSAGE_TOO_LARGE"));
    expect(faultOf(`${type0("06", "00 00 00")} 46 00 00 00 ff ff ff 09`, limits)).toEqual(
      limit("RTMP_ERR_MESSAGE_TOO_LARGE"),
    );
    const most = `${type0("06", "00 00 82")} ${counting(128)} c6 80 81`;
    expect(readAll([hex(most)], limits).length).toBe(1);
  });

  test("maxChunkStreams counts the remembered ids of all forms", () => {
    const limits = { maxChunkStreams: 3 };
    const three = `${type0("06", "00 00 00")} ${type0("00 01", "00 00 00")} ${type0("01 00 01", "00 00 00")}`;
    expect(readAll([hex(three + three)], limits).length).toBe(6);
    for (const id of ["07", "00 02", "01 00 02"]) {
      expect(faultOf(`${three} ${type0(id, "00 00 00")}`, limits)).toEqual(
        limit("RTMP_ERR_TOO_MANY_CHUNK_STREAMS"),
      );
    }
  });

  test("maxPartialMessages counts messages that wait for further chunks", () => {
    const limits = { maxPartialMessages: 2 };
    const begin = (id: string) => `${type0(id, "00 00 81")} ${counting(128)}`;
    const two = `${begin("06")} ${begin("07")}`;
    const whole = `${type0("08", "00 00 01")} aa`;
    expect(readAll([hex(`${two} ${whole} c6 aa ${begin("08")} c7 bb c8 cc`)], limits).length).toBe(
      4,
    );
    expect(faultOf(`${two} ${type0("08", "00 00 81")}`, limits)).toEqual(
      limit("RTMP_ERR_TOO_MANY_PARTIAL_MESSAGES"),
    );
    // Aborted and replaced messages do not count any more.
    const abort = "02 00 00 00 00 00 04 02 00 00 00 00 00 00 00 06";
    expect(readAll([hex(`${two} ${abort} ${begin("08")} ${begin("07")}`)], limits).length).toBe(1);
  });

  test("maxPartialBytes counts the bytes of unfinished messages and of the present chunk", () => {
    const limits = { maxPartialBytes: 300 };
    const begin = (id: string) => `${type0(id, "00 01 2c")} ${counting(128)}`;
    const two = `${begin("06")} ${begin("07")}`;
    expect(faultOf(`${two} c6`, limits)).toEqual(limit("RTMP_ERR_TOO_MANY_PARTIAL_BYTES"));
    expect(faultOf(`${two} ${type0("08", "00 00 2d")}`, limits)).toEqual(
      limit("RTMP_ERR_TOO_MANY_PARTIAL_BYTES"),
    );
    const small = `${type0("08", "00 00 2c")} ${counting(44)}`;
    expect(readAll([hex(`${two} ${small} ${small}`)], limits).length).toBe(2);
    const abort = "02 00 00 00 00 00 04 02 00 00 00 00 00 00 00 07";
    const rest = `c6 ${counting(128)} c6 ${counting(44)}`;
    expect(readAll([hex(`${two} ${abort} ${rest}`)], limits).length).toBe(2);
  });

  test("maxPartialBytes holds for many small chunks of one message, in any split", () => {
    const chunks = `02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 04 ${type0("06", "00 00 40")}
      ${counting(4)} ${"c6 01 02 03 04 ".repeat(15)}`;
    expect(readAll([hex(chunks)], { maxPartialBytes: 64 }).length).toBe(2);
    expect(faultOf(chunks, { maxPartialBytes: 63 })).toEqual(
      limit("RTMP_ERR_TOO_MANY_PARTIAL_BYTES"),
    );
    expect(faultOf(chunks, { maxPartialBytes: 21 })).toEqual(
      limit("RTMP_ERR_TOO_MANY_PARTIAL_BYTES"),
    );
  });

  test("minChunkSize and maxChunkSize bound what the peer may set", () => {
    const limits = { minChunkSize: 100, maxChunkSize: 5000 };
    const set = "02 00 00 00 00 00 04 01 00 00 00 00 00 00";
    for (const size of ["00 63", "13 89"]) {
      expect(faultOf(`${set} ${size}`, limits)).toEqual(limit("RTMP_ERR_CHUNK_SIZE_OUT_OF_LIMITS"));
    }
    expect(readAll([hex(`${set} 00 64 ${set} 13 88`)], limits).length).toBe(2);
  });

  test("64 partial messages and 4096 chunk streams are allowed by default", () => {
    const begin = (id: number) =>
      `${type0(id.toString(16).padStart(2, "0"), "00 00 81")} ${counting(128)}`;
    let text = "";
    for (let id = 3; id < 64; id++) text += begin(id);
    for (const id of ["00 00", "00 01", "00 02"])
      text += `${type0(id, "00 00 81")} ${counting(128)}`;
    expect(readPieces([hex(text)]).error).toBeUndefined();
    expect(readPieces([hex(`${text} ${type0("00 03", "00 00 81")}`)]).error).toEqual(
      limit("RTMP_ERR_TOO_MANY_PARTIAL_MESSAGES"),
    );

    const bytes = new Uint8Array(4097 * 14);
    for (let i = 0; i < 4097; i++) bytes.set([1, i & 0xff, i >> 8], i * 14);
    const { messages, error } = readPieces([bytes]);
    expect(messages.length).toBe(4096);
    expect(error).toEqual(limit("RTMP_ERR_TOO_MANY_CHUNK_STREAMS"));
  });
});

describe("resolveLimits", () => {
  test("fills in the defaults, which nobody can change", () => {
    expect(resolveLimits()).toEqual({
      maxMessageBytes: 16_777_215,
      maxChunkStreams: 4096,
      maxPartialMessages: 64,
      maxPartialBytes: 33_554_432,
      minChunkSize: 1,
      maxChunkSize: 2_147_483_647,
    });
    expect(resolveLimits({ maxChunkStreams: 1111 }).maxChunkStreams).toBe(1111);
    expect(Object.isFrozen(defaultChunkLimits)).toBe(true);
  });

  test.each<Partial<ChunkLimits>>([
    { maxMessageBytes: 0 },
    { maxMessageBytes: 0x1000000 },
    { maxChunkStreams: 65_599 },
    { maxPartialMessages: -1 },
    { maxPartialBytes: Number.NaN },
    { maxPartialBytes: Number.POSITIVE_INFINITY },
    { minChunkSize: 0.5 },
    { maxChunkSize: 0x80000000 },
    { minChunkSize: 200, maxChunkSize: 199 },
  ])("%o is a mistake of the caller", (limits) => {
    expect(() => resolveLimits(limits)).toThrow(RangeError);
    expect(() => new ChunkReader({ limits })).toThrow(RangeError);
  });
});
