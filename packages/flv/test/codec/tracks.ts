import { readFileSync } from "node:fs";
import { FlvError, type TrackDescription } from "@rtmp/flv";
import { hex } from "@rtmp/testing";

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
function readTracks(list: string): EncodedTrack[] {
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

/** The lengths at which cut input is not told to be truncated, at an offset within; none when all is well. */
export function notTruncated(bytes: Uint8Array, decode: (cut: Uint8Array) => unknown): number[] {
  return Array.from(bytes.keys()).filter((length) => {
    const error = errorOf(() => decode(bytes.subarray(0, length)));
    return error?.code !== "RTMP_ERR_FLV_TRUNCATED" || (error.offset ?? Infinity) > length;
  });
}

/**
 * Where a byte of another value gives an error outside of the input; none when all is well.
 *
 * @throws what `decode` throws and is no FlvError
 */
export function faultsOutside(
  bytes: Uint8Array,
  decode: (changed: Uint8Array) => unknown,
): string[] {
  const faults: string[] = [];
  for (const [at, byte] of bytes.entries()) {
    for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff, byte ^ 0x10]) {
      const error = errorOf(() => decode(bytes.with(at, value)));
      if ((error?.offset ?? 0) > bytes.length) faults.push(`byte ${at} is ${value}`);
    }
  }
  return faults;
}

/** The bytes that `decode` needs: the first so many without an error; all of them are tried. */
export function neededBytes(bytes: Uint8Array, decode: (cut: Uint8Array) => unknown): Uint8Array {
  const lengths = Array.from({ length: bytes.length + 1 }, (_, length) => length);
  const needed = lengths.find((at) => errorOf(() => decode(bytes.subarray(0, at))) === undefined);
  return bytes.subarray(0, needed);
}

/** Packs bits written as 0 and 1, with spaces between fields; zeros fill the last byte. */
export function bits(text: string): Uint8Array {
  const digits = text.replaceAll(/\s+/g, "");
  return Uint8Array.from({ length: Math.ceil(digits.length / 8) }, (_, i) =>
    Number.parseInt(digits.slice(i * 8, i * 8 + 8).padEnd(8, "0"), 2),
  );
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

/** Code and offset of the FlvError that `decode` throws; `undefined` both where it throws none. */
export function faultOf(decode: () => unknown): [string | undefined, number | undefined] {
  const error = errorOf(decode);
  return [error?.code, error?.offset];
}
