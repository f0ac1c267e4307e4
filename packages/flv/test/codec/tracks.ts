import { readFileSync } from "node:fs";
import { FlvError, type TrackDescription } from "@rtmp/flv";
import { hex } from "@rtmp/testing";
import { expect } from "vitest";

/** A record, or the head of a frame, of a real encoder. */
export interface EncodedTrack {
  readonly name: string;
  readonly kind: "audio" | "video";
  /** The FourCC. */
  readonly codec: string;
  readonly bytes: Uint8Array;
  /** What ffprobe says of the stream. */
  readonly told: TrackDescription;
}

type Row = Omit<EncodedTrack, "bytes"> & { readonly hex: string };

/** Reads one of the lists in `fixtures/`. */
export function readTracks(list: string): EncodedTrack[] {
  const url = new URL(`fixtures/${list}.json`, import.meta.url);
  const rows: readonly Row[] = JSON.parse(readFileSync(url, "utf8"));
  return rows.map(({ hex: text, ...row }) => ({ ...row, bytes: hex(text) }));
}

/** All lists in one. */
export const tracks: readonly EncodedTrack[] = [
  ...readTracks("ffmpeg5-records"),
  ...readTracks("ffmpeg5-frames"),
  ...readTracks("captured"),
];

/** The bytes of one row. */
export function bytesOf(name: string): Uint8Array {
  const track = tracks.find((candidate) => candidate.name === name);
  if (track === undefined) throw new Error(`no track ${name}`);
  return track.bytes;
}

/** Expects that input cut at any length from `from` on is truncated, with the offset inside of it. */
export function expectTruncatedAtEveryLength(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
): void {
  for (let length = 0; length < bytes.length; length++) {
    const error = errorOf(() => decode(bytes.subarray(0, length)));
    expect(error?.code, `cut at ${length}`).toBe("RTMP_ERR_FLV_TRUNCATED");
    expect(error?.offset).toBeLessThanOrEqual(length);
  }
}

/** Expects no error but an FlvError with an offset inside, whatever single byte is replaced by whatever value. */
export function expectNoForeignError(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => unknown,
): void {
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff, (bytes[at] ?? 0) ^ 0x10]) {
      const changed = bytes.slice();
      changed[at] = value;
      const error = errorOf(() => decode(changed));
      expect(error?.offset ?? 0, `byte ${at} is ${value}`).toBeLessThanOrEqual(bytes.length);
    }
  }
}

/** The FlvError that `decode` throws, or `undefined`; another error goes on. */
export function errorOf(decode: () => unknown): FlvError | undefined {
  try {
    decode();
    return undefined;
  } catch (error) {
    if (error instanceof FlvError) return error;
    throw error;
  }
}
