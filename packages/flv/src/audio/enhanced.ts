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
import {
  type EnhancedBody,
  type EnhancedBodyInput,
  encodeEnhancedBody,
  noBytes,
  type PacketTypes,
  readEnhancedBody,
} from "../enhanced-body.ts";
import { truncatedMessage } from "../errors.ts";
import type { FlvLimits } from "../limits.ts";
import { readModEx } from "../mod-ex.ts";
import type { EnhancedTrack, EnhancedTrackInput } from "../multitrack.ts";
import { SoundFormat } from "./sound-format.ts";

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

/** An audio message whose sound format is ExHeader. */
export type EnhancedAudioBody = EnhancedBody<EnhancedTrack>;

/** An {@link EnhancedAudioBody} to encode. */
export type EnhancedAudioInput = EnhancedBodyInput<EnhancedTrackInput>;

const packetTypes: PacketTypes = {
  kind: "audio",
  multitrack: AudioPacketType.Multitrack,
  isDefined: (packetType) =>
    packetType <= AudioPacketType.SequenceEnd || packetType === AudioPacketType.MultichannelConfig,
};

/**
 * Reads an audio message whose sound format is ExHeader.
 *
 * @throws FlvError  `RTMP_ERR_FLV_RESERVED_PACKET_TYPE` and `RTMP_ERR_FLV_RESERVED_MULTITRACK_TYPE` (drop the message),
 *   `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_NESTED_MULTITRACK` and the limits of tracks and ModEx blocks
 */
export function decodeEnhancedAudio(body: Uint8Array, limits: FlvLimits): EnhancedAudioBody {
  const reader = new ByteReader(body, truncatedMessage);
  const { packetType, blocks } = readModEx(reader, reader.u8() & 0x0f, limits);
  return readEnhancedBody(reader, packetType, blocks, packetTypes, limits);
}

/**
 * Writes an audio message with an enhanced header.
 *
 * @throws RangeError when a field does not fit, or the tracks do not suit the layout
 * @throws TypeError when a FourCC is not four characters
 */
export function encodeEnhancedAudio(body: EnhancedAudioInput): Uint8Array<ArrayBuffer> {
  const tracks = body.tracks.map(({ trackId = 0, fourCc, data = noBytes }) => {
    return { trackId, fourCc, compositionTimeOffset: undefined, data };
  });
  return encodeEnhancedBody(SoundFormat.ExHeader << 4, body, tracks, packetTypes);
}
