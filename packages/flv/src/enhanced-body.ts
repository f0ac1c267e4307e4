/**
 * What the enhanced headers of audio and video have in common: everything behind their first byte.
 *
 *   ModEx blocks, then one of
 *     Multitrack and its tracks
 *     FourCC, data to the end
 *
 * E-RTMP "Enhanced Audio", "Enhanced Video"
 */

import { type ByteReader, ByteWriter } from "@rtmp/wire";
import { reservedPacketType } from "./errors.ts";
import { decodeFourCc, encodeFourCc } from "./fourcc.ts";
import type { FlvLimits } from "./limits.ts";
import { type ModExBlock, modExBytes, writeModEx } from "./mod-ex.ts";
import {
  type AvMultitrackType,
  type EnhancedTrack,
  readMultitrackHeader,
  readTracks,
  type WireTrack,
  writeTracks,
} from "./multitrack.ts";

/** An audio or video message with an enhanced header, of which video adds the frame type. */
export interface EnhancedBody<Track extends EnhancedTrack> {
  readonly form: "enhanced";
  /** What every track holds: an `AudioPacketType` or a `VideoPacketType`, but neither Multitrack nor ModEx. */
  readonly packetType: number;
  /** The ModEx blocks in wire order. */
  readonly modEx: readonly ModExBlock[];
  /** The layout of a Multitrack message; undefined where the one track has no track id on the wire. */
  readonly multitrackType: AvMultitrackType | undefined;
  /** The tracks in wire order, at least one; their ids need not be unique. */
  readonly tracks: readonly Track[];
  /** Bytes behind the last whole track of a Multitrack message, which no reader understands; empty when all is well. */
  readonly rest: Uint8Array;
}

/** An {@link EnhancedBody} to encode. */
export interface EnhancedBodyInput<Track> {
  readonly form: "enhanced";
  /** What every track holds: an `AudioPacketType` or a `VideoPacketType`, but neither Multitrack nor ModEx. */
  readonly packetType: number;
  /**
   * The ModEx blocks in wire order.
   *
   * @default none
   */
  readonly modEx?: readonly ModExBlock[];
  /**
   * The layout of a Multitrack message; undefined for one track with the id 0 and no Multitrack.
   *
   * @default undefined
   */
  readonly multitrackType?: AvMultitrackType | undefined;
  /** The tracks in wire order: one, or more in ManyTracks (all with one FourCC) and ManyTracksManyCodecs. */
  readonly tracks: readonly Track[];
  /**
   * Bytes behind the last track of ManyTracks and ManyTracksManyCodecs; only for what was read so.
   *
   * @default none
   */
  readonly rest?: Uint8Array;
}

/** What audio and video number differently. */
export interface PacketTypes {
  /** Whose numbers these are. */
  readonly kind: "audio" | "video";
  /** The number of Multitrack. */
  readonly multitrack: number;
  /** Whether a track can be of this packet type. */
  isDefined(packetType: number): boolean;
}

/** No bytes at all. */
export const noBytes: Uint8Array = new Uint8Array();

/**
 * Reads what stands behind the first byte, to the end of the message.
 *
 * @param packetType  what the ModEx blocks ended in
 * @param modEx       the ModEx blocks
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_RESERVED_PACKET_TYPE`, `RTMP_ERR_FLV_NESTED_MULTITRACK`,
 *   `RTMP_ERR_FLV_RESERVED_MULTITRACK_TYPE`, `RTMP_ERR_FLV_TOO_MANY_TRACKS`
 */
export function readEnhancedBody(
  reader: ByteReader,
  packetType: number,
  modEx: readonly ModExBlock[],
  types: PacketTypes,
  limits: FlvLimits,
): EnhancedBody<EnhancedTrack> {
  if (packetType === types.multitrack) return readMultitrack(reader, modEx, types, limits);

  checkPacketType(packetType, types, reader.offset - 1);
  const fourCc = decodeFourCc(reader.u32());
  return {
    form: "enhanced",
    packetType,
    modEx,
    multitrackType: undefined,
    tracks: [{ trackId: 0, fourCc, data: reader.view(reader.left) }],
    rest: noBytes,
  };
}

function readMultitrack(
  reader: ByteReader,
  modEx: readonly ModExBlock[],
  types: PacketTypes,
  limits: FlvLimits,
): EnhancedBody<EnhancedTrack> {
  const { multitrackType, packetType } = readMultitrackHeader(reader, types.multitrack);
  checkPacketType(packetType, types, reader.offset - 1);
  return {
    form: "enhanced",
    packetType,
    modEx,
    multitrackType,
    tracks: readTracks(reader, multitrackType, limits),
    rest: reader.left === 0 ? noBytes : reader.view(reader.left),
  };
}

function checkPacketType(packetType: number, types: PacketTypes, offset: number): void {
  if (!types.isDefined(packetType)) throw reservedPacketType(types.kind, packetType, offset);
}

/**
 * Writes a whole message.
 *
 * @param firstBits  the high half of the first byte, in place
 * @param tracks     the tracks of `body` as they go on the wire
 * @throws RangeError when a field does not fit, or the tracks do not suit the layout
 * @throws TypeError when a FourCC is not four characters
 */
export function encodeEnhancedBody(
  firstBits: number,
  body: EnhancedBodyInput<unknown>,
  tracks: readonly WireTrack[],
  types: PacketTypes,
): Uint8Array<ArrayBuffer> {
  const { packetType, modEx = [], multitrackType, rest = noBytes } = body;
  if (!types.isDefined(packetType)) {
    throw new RangeError(`no track holds ${types.kind} packet type ${packetType}`);
  }

  const trackBytes = tracks.reduce((sum, { data }) => sum + maxTrackHeaderBytes + data.length, 0);
  const writer = new ByteWriter(2 + modExBytes(modEx) + trackBytes + rest.length);
  if (multitrackType === undefined) {
    writeModEx(writer, firstBits, packetType, modEx);
    writeOnlyTrack(writer, tracks, rest);
  } else {
    writeModEx(writer, firstBits, types.multitrack, modEx);
    writeTracks(writer, multitrackType, packetType, tracks, rest);
  }
  return writer.take();
}

// FourCC, track id, size, composition time offset.
const maxTrackHeaderBytes = 11;

function writeOnlyTrack(writer: ByteWriter, tracks: readonly WireTrack[], rest: Uint8Array): void {
  const [track] = tracks;
  if (track === undefined || tracks.length > 1 || track.trackId !== 0 || rest.length > 0) {
    throw new RangeError("without a multitrackType there is one track, its id is 0, and no rest");
  }
  writer.u32(encodeFourCc(track.fourCc));
  if (track.compositionTimeOffset !== undefined) writer.u24(track.compositionTimeOffset);
  writer.bytes(track.data);
}
