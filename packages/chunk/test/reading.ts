import { isDeepStrictEqual } from "node:util";

import { ChunkReader, type ChunkReaderOptions, PoisoningBufferPool } from "@rtmp/chunk";
import { expect } from "vitest";

/** A message as values, so that two lists can be compared. */
export interface Received {
  readonly chunkStreamId: number;
  readonly timestamp: number;
  readonly typeId: number;
  readonly messageStreamId: number;
  readonly payload: string;
}

/** What a reader made of some input. */
export interface Reading {
  readonly messages: readonly Received[];
  /** `csid reason` of each dropped message. */
  readonly dropped: readonly string[];
  readonly error: unknown;
  readonly pool: PoisoningBufferPool;
}

/**
 * How the messages are consumed.
 *
 * - `view`: in place, while `onMessage` runs; the input is overwritten afterwards.
 * - `take`: taken, and looked at when all input is read.
 * - `reuse`: in place, with one input buffer that is reused for every piece.
 */
export type Consumption = "view" | "take" | "reuse";

type Limits = NonNullable<ChunkReaderOptions["limits"]>;

const scribble = 0xa5;

/** The bytes as hex, without spaces. */
export function hexOf(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return "no bytes";
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

/** Like `toEqual`, which is too slow for every split of everything. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected);
}

/** Feeds copies of the pieces to a new reader with a poisoning pool. */
export function readPieces(
  pieces: readonly Uint8Array[],
  consumption: Consumption = "view",
  limits: Limits = {},
): Reading {
  const pool = new PoisoningBufferPool();
  const dropped: string[] = [];
  const reader = new ChunkReader({
    pool,
    limits,
    reuseInput: consumption === "reuse",
    onDroppedMessage: (chunkStreamId, reason) => dropped.push(`${chunkStreamId} ${reason}`),
  });
  const shared = new Uint8Array(Math.max(0, ...pieces.map((piece) => piece.length)));
  const messages: Received[] = [];
  const taken: Uint8Array[] = [];
  let error: unknown;
  try {
    for (const piece of pieces) {
      let input = new Uint8Array(piece);
      if (consumption === "reuse") {
        shared.set(piece);
        input = shared.subarray(0, piece.length);
      }
      reader.push(input, (message) => {
        const { chunkStreamId, timestamp, typeId, messageStreamId } = message;
        const payload = hexOf(message.payload);
        messages.push({ chunkStreamId, timestamp, typeId, messageStreamId, payload });
        if (consumption === "take") taken.push(message.take());
      });
      if (consumption === "reuse" && !isDeepStrictEqual(input, new Uint8Array(piece))) {
        throw new Error("the reader changed an input that is reused");
      }
      if (consumption !== "take") input.fill(scribble);
    }
  } catch (thrown) {
    error = thrown;
  }
  // Taken bytes never change.
  if (consumption === "take") {
    expectSame(
      taken.map(hexOf),
      messages.slice(0, taken.length).map((message) => message.payload),
    );
  }
  return { messages, dropped, error, pool };
}

/** Reads the pieces in every way of consumption, which must agree, and returns the messages. */
export function readAll(pieces: readonly Uint8Array[], limits: Limits = {}): readonly Received[] {
  const reading = readPieces(pieces, "view", limits);
  if (reading.error !== undefined) throw reading.error;
  for (const consumption of ["take", "reuse"] as const) {
    const other = readPieces(pieces, consumption, limits);
    expectSame(other.messages, reading.messages);
    expectSame(other.dropped, reading.dropped);
  }
  return reading.messages;
}
