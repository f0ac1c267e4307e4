/**
 * Multitrack: one message that carries tracks with ids of their own.
 *
 *   UB4 AvMultitrackType, UB4 packet type of every track, then
 *   OneTrack               FourCC, UI8 trackId, data to the end
 *   ManyTracks             FourCC, { UI8 trackId, UI24 size, data[size] } to the end
 *   ManyTracksManyCodecs   { FourCC, UI8 trackId, UI24 size, data[size] } to the end
 *
 * E-RTMP "Multitrack"
 */

import type { ByteReader, ByteWriter } from "@rtmp/wire";
import { FlvError } from "./errors.ts";
import { checkField } from "./field-range.ts";
import { decodeFourCc, encodeFourCc } from "./fourcc.ts";
import type { FlvLimits } from "./limits.ts";

/** How the tracks of a Multitrack message are laid out. */
export const AvMultitrackType = {
  OneTrack: 0,
  ManyTracks: 1,
  ManyTracksManyCodecs: 2,
} as const;
export type AvMultitrackType = (typeof AvMultitrackType)[keyof typeof AvMultitrackType];

const fourCcBytes = 4;
const idAndSizeBytes = 4;
const compositionTimeBytes = 3;
const maxTrackBytes = 0xff_ffff;

/** The byte in front of the tracks. */
export interface MultitrackHeader {
  readonly multitrackType: AvMultitrackType;
  /** What every track of the message holds; audio and video number it differently. */
  readonly packetType: number;
}

/** One track of a message with an enhanced header. */
export interface EnhancedTrack {
  /** 0 to 255, counted for each media kind alone; 0 is the default track. */
  readonly trackId: number;
  /** The codec: four characters, one for each byte on the wire; a `VideoFourCc` or an `AudioFourCc` where known. */
  readonly fourCc: string;
  /** The track's own bytes without any header: record, NALUs, raw AAC …; a view of the message where it was read. */
  readonly data: Uint8Array;
}

/** A track to encode. */
export interface EnhancedTrackInput {
  /**
   * 0 to 255, counted for each media kind alone; 0 is the default track.
   *
   * @default 0
   */
  readonly trackId?: number;
  /** The codec: four characters, such as a `VideoFourCc` or an `AudioFourCc`. */
  readonly fourCc: string;
  /**
   * The track's own bytes without any header.
   *
   * @default none
   */
  readonly data?: Uint8Array;
}

/** A track as it goes on the wire. */
export interface WireTrack extends EnhancedTrack {
  /** SI24 in front of the data; undefined where the codec or the packet type has none. */
  readonly compositionTimeOffset: number | undefined;
}

/**
 * Reads the byte in front of the tracks.
 *
 * @param multitrackPacketType  the number of Multitrack itself, which must not appear again
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_RESERVED_MULTITRACK_TYPE`, `RTMP_ERR_FLV_NESTED_MULTITRACK`
 */
export function readMultitrackHeader(
  reader: ByteReader,
  multitrackPacketType: number,
): MultitrackHeader {
  const offset = reader.offset;
  const byte = reader.u8();
  const multitrackType = byte >> 4;
  const packetType = byte & 0x0f;
  if (!isMultitrackType(multitrackType)) {
    throw new FlvError(
      "RTMP_ERR_FLV_RESERVED_MULTITRACK_TYPE",
      `multitrack type ${multitrackType} is reserved`,
      { offset },
    );
  }
  if (packetType === multitrackPacketType) {
    throw new FlvError("RTMP_ERR_FLV_NESTED_MULTITRACK", "Multitrack inside Multitrack", {
      offset,
    });
  }
  return { multitrackType, packetType };
}

/**
 * Reads the tracks behind the multitrack byte; at least one.
 *
 * An entry that runs past the end ends the list when a track was read before it. Ids are not checked for being unique.
 *
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED` when the first entry runs past the end, `RTMP_ERR_FLV_TOO_MANY_TRACKS`
 */
export function readTracks(
  reader: ByteReader,
  multitrackType: AvMultitrackType,
  limits: FlvLimits,
): EnhancedTrack[] {
  if (multitrackType === AvMultitrackType.OneTrack) {
    const fourCc = decodeFourCc(reader.u32());
    const trackId = reader.u8();
    return [{ trackId, fourCc, data: reader.view(reader.left) }];
  }

  const sharedFourCc =
    multitrackType === AvMultitrackType.ManyTracks ? decodeFourCc(reader.u32()) : undefined;
  const tracks = [readSizedTrack(reader, sharedFourCc)];
  while (reader.left > 0 && holdsSizedTrack(reader, sharedFourCc)) {
    if (tracks.length === limits.maxTracksPerMessage) throw tooManyTracks(reader.offset, limits);
    tracks.push(readSizedTrack(reader, sharedFourCc));
  }
  return tracks;
}

function readSizedTrack(reader: ByteReader, sharedFourCc: string | undefined): EnhancedTrack {
  const fourCc = sharedFourCc ?? decodeFourCc(reader.u32());
  const trackId = reader.u8();
  return { trackId, fourCc, data: reader.view(reader.u24()) };
}

/** Tells whether the next entry ends within the message; reads nothing. */
function holdsSizedTrack(reader: ByteReader, sharedFourCc: string | undefined): boolean {
  const headerBytes = idAndSizeBytes + (sharedFourCc === undefined ? fourCcBytes : 0);
  if (reader.left < headerBytes) return false;

  const start = reader.offset;
  reader.offset = start + headerBytes - 3;
  const size = reader.u24();
  const holds = size <= reader.left;
  reader.offset = start;
  return holds;
}

/**
 * Writes the multitrack byte and the tracks.
 *
 * @param rest  bytes behind the last track; none in OneTrack
 * @throws RangeError when a field does not fit, or the tracks do not suit the layout
 * @throws TypeError when a FourCC is not four characters
 */
export function writeTracks(
  writer: ByteWriter,
  multitrackType: AvMultitrackType,
  packetType: number,
  tracks: readonly WireTrack[],
  rest: Uint8Array,
): void {
  const [first] = tracks;
  if (first === undefined) throw new RangeError("a Multitrack message has one track at least");
  checkField("multitrackType", multitrackType, AvMultitrackType.ManyTracksManyCodecs);
  writer.u8((multitrackType << 4) | packetType);

  if (multitrackType === AvMultitrackType.OneTrack) {
    if (tracks.length > 1 || rest.length > 0) throw new RangeError("OneTrack has one track alone");
    writer.u32(encodeFourCc(first.fourCc));
    writeTrackId(writer, first);
    writeData(writer, first);
    return;
  }

  const isShared = multitrackType === AvMultitrackType.ManyTracks;
  if (isShared) writer.u32(encodeFourCc(first.fourCc));
  for (const track of tracks) {
    if (!isShared) writer.u32(encodeFourCc(track.fourCc));
    else if (track.fourCc !== first.fourCc) throw new RangeError("ManyTracks have one FourCC");
    writeTrackId(writer, track);
    writeSize(writer, track);
    writeData(writer, track);
  }
  writer.bytes(rest);
}

function writeTrackId(writer: ByteWriter, { trackId }: WireTrack): void {
  checkField("trackId", trackId, 0xff);
  writer.u8(trackId);
}

function writeSize(writer: ByteWriter, { data, compositionTimeOffset }: WireTrack): void {
  const size = data.length + (compositionTimeOffset === undefined ? 0 : compositionTimeBytes);
  checkField("size of a track", size, maxTrackBytes);
  writer.u24(size);
}

function writeData(writer: ByteWriter, { data, compositionTimeOffset }: WireTrack): void {
  if (compositionTimeOffset !== undefined) writer.u24(compositionTimeOffset);
  writer.bytes(data);
}

function isMultitrackType(value: number): value is AvMultitrackType {
  return value <= AvMultitrackType.ManyTracksManyCodecs;
}

function tooManyTracks(offset: number, limits: FlvLimits): FlvError {
  return new FlvError(
    "RTMP_ERR_FLV_TOO_MANY_TRACKS",
    `more than ${limits.maxTracksPerMessage} tracks in one message`,
    { offset },
  );
}
