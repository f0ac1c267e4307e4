/**
 * ExVideoTagHeader: the video header of Enhanced RTMP.
 *
 *    0 1 2 3 4 5 6 7
 *   +-+-----+-------+
 *   |1|frame|packet |  then ModEx blocks, then one of
 *   | |type | type  |    UI8 VideoCommand         frame type 5, unless the packet type is Metadata
 *   +-+-----+-------+    Multitrack and its tracks
 *                        FourCC, body
 *
 * In each body CodedFrames of AVC, HEVC and VVC begins with an SI24 composition time offset.
 *
 * E-RTMP "Enhanced Video"
 */

import { ByteReader, ByteWriter } from "@rtmp/wire";
import {
  type EnhancedBody,
  type EnhancedBodyInput,
  encodeEnhancedBody,
  noBytes,
  type PacketTypes,
  readEnhancedBody,
} from "../enhanced-body.ts";
import { truncatedMessage } from "../errors.ts";
import { checkCompositionTime, checkField } from "../field-range.ts";
import { VideoFourCc } from "../fourcc.ts";
import type { FlvLimits } from "../limits.ts";
import { type ModExBlock, modExBytes, readModEx, writeModEx } from "../mod-ex.ts";
import type { EnhancedTrack, EnhancedTrackInput, WireTrack } from "../multitrack.ts";
import { compositionTimeBytes, readCompositionTime } from "./composition-time.ts";
import { VideoFrameType } from "./frame-type.ts";

/** What an enhanced video message holds. */
export const VideoPacketType = {
  SequenceStart: 0,
  CodedFrames: 1,
  SequenceEnd: 2,
  /** CodedFrames without the composition time offset, which is 0. */
  CodedFramesX: 3,
  /** Colour info as AMF; the frame type means nothing. */
  Metadata: 4,
  /** An AV1 video descriptor of MPEG-2 TS instead of the configuration record. */
  Mpeg2TsSequenceStart: 5,
  Multitrack: 6,
  ModEx: 7,
} as const;
export type VideoPacketType = (typeof VideoPacketType)[keyof typeof VideoPacketType];

/** One track of an enhanced video message. */
export interface VideoTrack extends EnhancedTrack {
  /** pts - dts in milliseconds, SI24; 0 where the packet type or the codec has no such field. */
  readonly compositionTimeOffset: number;
}

/** A {@link VideoTrack} to encode. */
export interface VideoTrackInput extends EnhancedTrackInput {
  /**
   * pts - dts in milliseconds, SI24; other than 0 only in CodedFrames of AVC, HEVC and VVC.
   *
   * @default 0
   */
  readonly compositionTimeOffset?: number;
}

/** A video message whose first bit is 1, and which is no command. */
export interface EnhancedVideoBody extends EnhancedBody<VideoTrack> {
  /** UB3, a `VideoFrameType`; reserved values too, Command only with Metadata, where it means nothing. */
  readonly frameType: number;
}

/** An {@link EnhancedVideoBody} to encode. */
export interface EnhancedVideoInput extends EnhancedBodyInput<VideoTrackInput> {
  /** UB3, a `VideoFrameType`; Command only with Metadata, as FFmpeg writes it. */
  readonly frameType: number;
}

/** A video message whose first bit is 1 and whose frame type is Command; it has no track. */
export interface EnhancedVideoCommand {
  readonly form: "enhanced-command";
  /** UB4 that the ModEx blocks ended in; means nothing here, and is neither Metadata nor ModEx. */
  readonly packetType: number;
  /** The ModEx blocks in wire order. */
  readonly modEx: readonly ModExBlock[];
  /** UI8, a `VideoCommand`. */
  readonly command: number;
  /** Bytes behind the command; empty when all is well. */
  readonly rest: Uint8Array;
}

/** An {@link EnhancedVideoCommand} to encode. */
export interface EnhancedVideoCommandInput extends Partial<
  Pick<EnhancedVideoCommand, "modEx" | "rest">
> {
  readonly form: "enhanced-command";
  /**
   * UB4, neither Metadata nor ModEx.
   *
   * @default 0
   */
  readonly packetType?: number;
  /** UI8, a `VideoCommand`. */
  readonly command: number;
}

const packetTypes: PacketTypes = {
  kind: "video",
  multitrack: VideoPacketType.Multitrack,
  isDefined: (packetType) => packetType <= VideoPacketType.Mpeg2TsSequenceStart,
};

/**
 * Reads a video message whose first bit is 1.
 *
 * A frame type 5 is a command whatever the packet type says, reserved ones included; only Metadata goes before it.
 *
 * @throws FlvError  `RTMP_ERR_FLV_RESERVED_PACKET_TYPE` and `RTMP_ERR_FLV_RESERVED_MULTITRACK_TYPE` (drop the message),
 *   `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_NESTED_MULTITRACK` and the limits of tracks and ModEx blocks
 */
export function decodeEnhancedVideo(
  body: Uint8Array,
  limits: FlvLimits,
): EnhancedVideoBody | EnhancedVideoCommand {
  const reader = new ByteReader(body, truncatedMessage);
  const first = reader.u8();
  const frameType = (first >> 4) & 0x07;
  const { packetType, blocks } = readModEx(reader, first & 0x0f, limits);
  if (frameType === VideoFrameType.Command && packetType !== VideoPacketType.Metadata) {
    const command = reader.u8();
    const rest = reader.view(reader.left);
    return { form: "enhanced-command", packetType, modEx: blocks, command, rest };
  }

  const common = readEnhancedBody(reader, packetType, blocks, packetTypes, limits);
  return {
    form: "enhanced",
    frameType,
    packetType: common.packetType,
    modEx: blocks,
    multitrackType: common.multitrackType,
    tracks: decodeTracks(common.tracks, common.packetType, body),
    rest: common.rest,
  };
}

function decodeTracks(
  tracks: readonly EnhancedTrack[],
  packetType: number,
  message: Uint8Array,
): VideoTrack[] {
  const [first] = tracks;
  // A literal is several times as fast as map, and nearly every message has one track.
  if (first !== undefined && tracks.length === 1) return [decodeTrack(first, packetType, message)];
  return tracks.map((track) => decodeTrack(track, packetType, message));
}

function decodeTrack(track: EnhancedTrack, packetType: number, message: Uint8Array): VideoTrack {
  const { trackId, fourCc, data } = track;
  if (!hasCompositionTime(packetType, fourCc)) {
    return { trackId, fourCc, compositionTimeOffset: 0, data };
  }
  const offset = data.byteOffset - message.byteOffset;
  return {
    trackId,
    fourCc,
    compositionTimeOffset: readCompositionTime(data, 0, offset),
    data: data.subarray(compositionTimeBytes),
  };
}

function hasCompositionTime(packetType: number, fourCc: string): boolean {
  return (
    packetType === VideoPacketType.CodedFrames &&
    (fourCc === VideoFourCc.Avc || fourCc === VideoFourCc.Hevc || fourCc === VideoFourCc.Vvc)
  );
}

/**
 * Writes a video message with an enhanced header.
 *
 * @throws RangeError when a field does not fit, or the tracks do not suit the layout
 * @throws TypeError when a FourCC is not four characters
 */
export function encodeEnhancedVideo(body: EnhancedVideoInput): Uint8Array<ArrayBuffer> {
  const { frameType, packetType } = body;
  checkField("frameType", frameType, 7);
  if (frameType === VideoFrameType.Command && packetType !== VideoPacketType.Metadata) {
    throw new RangeError("a command has a form of its own");
  }
  const tracks = body.tracks.map((track) => wireTrack(track, packetType));
  return encodeEnhancedBody(0x80 | (frameType << 4), body, tracks, packetTypes);
}

function wireTrack(track: VideoTrackInput, packetType: number): WireTrack {
  const { trackId = 0, fourCc, compositionTimeOffset = 0, data = noBytes } = track;
  checkCompositionTime(compositionTimeOffset);
  if (hasCompositionTime(packetType, fourCc)) {
    return { trackId, fourCc, compositionTimeOffset, data };
  }
  if (compositionTimeOffset !== 0) {
    throw new RangeError(`${fourCc} has no composition time offset in packet type ${packetType}`);
  }
  return { trackId, fourCc, compositionTimeOffset: undefined, data };
}

/**
 * Writes a video command with an enhanced header.
 *
 * @throws RangeError when a field does not fit
 */
export function encodeEnhancedVideoCommand(
  body: EnhancedVideoCommandInput,
): Uint8Array<ArrayBuffer> {
  const { packetType = 0, modEx = [], command, rest = noBytes } = body;
  checkField("packetType", packetType, 15);
  checkField("command", command, 0xff);
  if (packetType === VideoPacketType.Metadata || packetType === VideoPacketType.ModEx) {
    throw new RangeError(`packet type ${packetType} makes it no command`);
  }

  const writer = new ByteWriter(2 + modExBytes(modEx) + rest.length);
  writeModEx(writer, 0x80 | (VideoFrameType.Command << 4), packetType, modEx);
  writer.u8(command);
  writer.bytes(rest);
  return writer.take();
}
