/**
 * ExAudioTagHeader: the audio header of Enhanced RTMP.
 *
 *    0 1 2 3 4 5 6 7
 *   +-------+-------+
 *   |   9   |packet |  then ModEx blocks, then one of
 *   |       | type  |    Multitrack and its tracks
 *   +-------+-------+    FourCC, body
 *
 * Rate, sample size and channels of the legacy header do not exist here.
 *
 * E-RTMP "Enhanced Audio"
 */

import { ByteReader } from "@rtmp/wire";
import { reservedPacketType, truncatedMessage } from "../errors.ts";
import { fourCcText } from "../fourcc.ts";
import type { FlvLimits } from "../limits.ts";
import type { FrameRole, MediaFrame } from "../media-frame.ts";
import { readModEx } from "../mod-ex.ts";
import { readMultitrackHeader, readTracks, type TrackBody } from "../multitrack.ts";

/** What an enhanced audio message holds. */
export const AudioPacketType = {
  SequenceStart: 0,
  CodedFrames: 1,
  SequenceEnd: 2,
  /** Which channel is for which speaker. */
  MultichannelConfig: 4,
  /** 5 here, 6 in video. */
  Multitrack: 5,
  ModEx: 7,
} as const;
export type AudioPacketType = (typeof AudioPacketType)[keyof typeof AudioPacketType];

/**
 * Reads an audio message whose sound format is ExHeader: one frame for each of its tracks.
 *
 * @throws FlvError  `RTMP_ERR_FLV_RESERVED_PACKET_TYPE` and `RTMP_ERR_FLV_RESERVED_MULTITRACK_TYPE` (drop the message),
 *   `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_NESTED_MULTITRACK` and the limits of tracks and ModEx blocks
 */
export function readEnhancedAudioFrames(body: Uint8Array, limits: FlvLimits): MediaFrame[] {
  const reader = new ByteReader(body, truncatedMessage);
  const { packetType, nanosecondOffset } = readModEx(reader, reader.u8() & 0x0f, limits);
  if (packetType === AudioPacketType.Multitrack) {
    return readMultitrackFrames(reader, nanosecondOffset, limits);
  }

  const role = packetRole(packetType, reader.offset - 1);
  const fourCc = reader.u32();
  const offset = reader.offset;
  const body0 = { track: 0, fourCc, body: reader.view(reader.left), offset };
  return [trackFrame(role, nanosecondOffset, body0)];
}

function readMultitrackFrames(
  reader: ByteReader,
  nanosecondOffset: number,
  limits: FlvLimits,
): MediaFrame[] {
  const { multitrackType, packetType } = readMultitrackHeader(reader, AudioPacketType.Multitrack);
  const role = packetRole(packetType, reader.offset - 1);
  return readTracks(reader, multitrackType, limits).map((track) =>
    trackFrame(role, nanosecondOffset, track),
  );
}

function packetRole(packetType: number, offset: number): FrameRole {
  switch (packetType) {
    case AudioPacketType.SequenceStart:
      return "sequence-start";
    case AudioPacketType.CodedFrames:
      return "coded-frames";
    case AudioPacketType.SequenceEnd:
      return "sequence-end";
    case AudioPacketType.MultichannelConfig:
      return "metadata";
    default:
      throw reservedPacketType("audio", packetType, offset);
  }
}

function trackFrame(role: FrameRole, nanosecondOffset: number, track: TrackBody): MediaFrame {
  return {
    track: track.track,
    role,
    keyframe: false,
    codec: fourCcText(track.fourCc),
    compositionTimeOffset: 0,
    nanosecondOffset,
    view: track.body,
  };
}
