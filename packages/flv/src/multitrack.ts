/**
 * Multitrack: one message that carries tracks with ids of their own.
 *
 *   UB4 AvMultitrackType, UB4 packet type of every track, then
 *   OneTrack               FourCC, UI8 trackId, body to the end
 *   ManyTracks             FourCC, { UI8 trackId, UI24 size, body[size] } to the end
 *   ManyTracksManyCodecs   { FourCC, UI8 trackId, UI24 size, body[size] } to the end
 *
 * E-RTMP "Multitrack"
 */

import type { ByteReader } from "@rtmp/wire";
import { FlvError } from "./errors.ts";
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

/** The byte in front of the tracks. */
export interface MultitrackHeader {
  readonly multitrackType: AvMultitrackType;
  /** What every track of the message holds; audio and video number it differently. */
  readonly packetType: number;
}

/** One track of a message, before its packet type is looked at. */
export interface TrackBody {
  /** trackId, 0 to 255; 0 is the default track. */
  readonly track: number;
  /** FourCC as u32. */
  readonly fourCc: number;
  /** What follows the FourCC where there is one track only; a view of the message. */
  readonly body: Uint8Array;
  /** Where `body` begins in the message. */
  readonly offset: number;
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
): TrackBody[] {
  if (multitrackType === AvMultitrackType.OneTrack) {
    const fourCc = reader.u32();
    const track = reader.u8();
    const offset = reader.offset;
    return [{ track, fourCc, body: reader.view(reader.left), offset }];
  }

  const sharedFourCc = multitrackType === AvMultitrackType.ManyTracks ? reader.u32() : undefined;
  const tracks = [readSizedTrack(reader, sharedFourCc)];
  while (reader.left > 0 && holdsSizedTrack(reader, sharedFourCc)) {
    if (tracks.length === limits.maxTracksPerMessage) throw tooManyTracks(reader.offset, limits);
    tracks.push(readSizedTrack(reader, sharedFourCc));
  }
  return tracks;
}

function readSizedTrack(reader: ByteReader, sharedFourCc: number | undefined): TrackBody {
  const fourCc = sharedFourCc ?? reader.u32();
  const track = reader.u8();
  const size = reader.u24();
  const offset = reader.offset;
  return { track, fourCc, body: reader.view(size), offset };
}

/** Tells whether the next entry ends within the message; reads nothing. */
function holdsSizedTrack(reader: ByteReader, sharedFourCc: number | undefined): boolean {
  const headerBytes = idAndSizeBytes + (sharedFourCc === undefined ? fourCcBytes : 0);
  if (reader.left < headerBytes) return false;

  const start = reader.offset;
  reader.offset = start + headerBytes - 3;
  const size = reader.u24();
  const holds = size <= reader.left;
  reader.offset = start;
  return holds;
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
