/**
 * The frames of an audio message: what its header means, whatever its form.
 *
 * FLV E.4.2.1; E-RTMP "Enhanced Audio"
 */

import { printableFourCc } from "../fourcc.ts";
import { bareFrame, type FrameRole, type MediaFrame } from "../media-frame.ts";
import { decodeTimestampOffsetNano } from "../mod-ex.ts";
import type { EnhancedTrack } from "../multitrack.ts";
import type { AudioBody } from "./body.ts";
import { AudioPacketType, type EnhancedAudioBody } from "./enhanced.ts";
import { AacPacketType, type LegacyAudioBody } from "./legacy.ts";
import { audioCodecName } from "./sound-format.ts";

/**
 * Makes one frame for each track of an audio message, in wire order; at least one.
 *
 * @param message  the bytes that `body` was read from
 */
export function audioFrames(message: Uint8Array, body: AudioBody): MediaFrame[] {
  if (body.form === "empty") return [bareFrame("empty", message)];
  if (body.form === "legacy") return [legacyFrame(body)];
  return enhancedFrames(body);
}

function legacyFrame({ soundFormat, packetType, data }: LegacyAudioBody): MediaFrame {
  return {
    track: 0,
    role: packetType === AacPacketType.SequenceHeader ? "sequence-start" : "coded-frames",
    keyframe: false,
    codec: audioCodecName(soundFormat),
    compositionTimeOffset: 0,
    nanosecondOffset: 0,
    view: data,
  };
}

function enhancedFrames(body: EnhancedAudioBody): MediaFrame[] {
  const { tracks } = body;
  const [first] = tracks;
  const role = enhancedRole(body.packetType);
  const nanosecondOffset = decodeTimestampOffsetNano(body.modEx);
  // A literal is several times as fast as map, and nearly every message has one track.
  if (first !== undefined && tracks.length === 1)
    return [trackFrame(first, role, nanosecondOffset)];
  return tracks.map((track) => trackFrame(track, role, nanosecondOffset));
}

function trackFrame(
  { trackId, fourCc, data }: EnhancedTrack,
  role: FrameRole,
  nanosecondOffset: number,
): MediaFrame {
  return {
    track: trackId,
    role,
    keyframe: false,
    codec: printableFourCc(fourCc),
    compositionTimeOffset: 0,
    nanosecondOffset,
    view: data,
  };
}

function enhancedRole(packetType: number): FrameRole {
  switch (packetType) {
    case AudioPacketType.SequenceStart:
      return "sequence-start";
    case AudioPacketType.SequenceEnd:
      return "sequence-end";
    case AudioPacketType.MultichannelConfig:
      return "metadata";
    default:
      return "coded-frames";
  }
}
