/**
 * The frames of a video message: what its header means, whatever its form.
 *
 * FLV E.4.3.1; E-RTMP "Enhanced Video"
 */

import { printableFourCc } from "../fourcc.ts";
import { bareFrame, type FrameRole, type MediaFrame } from "../media-frame.ts";
import { decodeTimestampOffsetNano } from "../mod-ex.ts";
import type { VideoBody } from "./body.ts";
import { videoCodecName } from "./codec-id.ts";
import { type EnhancedVideoBody, VideoPacketType, type VideoTrack } from "./enhanced.ts";
import { isKeyFrameType } from "./frame-type.ts";
import { AvcPacketType, type LegacyVideoBody } from "./legacy.ts";

/**
 * Makes one frame for each track of a video message, in wire order; at least one.
 *
 * @param message  the bytes that `body` was read from
 */
export function videoFrames(message: Uint8Array, body: VideoBody): MediaFrame[] {
  if (body.form === "empty") return [bareFrame("empty", message)];
  if (body.form === "legacy") return [legacyFrame(body)];
  if (body.form === "legacy-command")
    return [commandFrame(message, body.rest, videoCodecName(body.codecId), 0)];
  if (body.form === "enhanced") return enhancedFrames(body);
  return [commandFrame(message, body.rest, "", decodeTimestampOffsetNano(body.modEx))];
}

function legacyFrame(body: LegacyVideoBody): MediaFrame {
  const role = legacyRole(body.packetType);
  const isCoded = role === "coded-frames";
  return {
    track: 0,
    role,
    keyframe: isCoded && isKeyFrameType(body.frameType),
    codec: videoCodecName(body.codecId),
    compositionTimeOffset: isCoded ? body.compositionTimeOffset : 0,
    nanosecondOffset: 0,
    view: body.data,
  };
}

function legacyRole(packetType: number | undefined): FrameRole {
  if (packetType === AvcPacketType.SequenceHeader) return "sequence-start";
  return packetType === AvcPacketType.EndOfSequence ? "sequence-end" : "coded-frames";
}

function enhancedFrames(body: EnhancedVideoBody): MediaFrame[] {
  const { tracks } = body;
  const [first] = tracks;
  const role = enhancedRole(body.packetType);
  const nanosecondOffset = decodeTimestampOffsetNano(body.modEx);
  const keyframe = role === "coded-frames" && isKeyFrameType(body.frameType);
  // A literal is several times as fast as map, and nearly every message has one track.
  if (first !== undefined && tracks.length === 1) {
    return [trackFrame(first, role, keyframe, nanosecondOffset)];
  }
  return tracks.map((track) => trackFrame(track, role, keyframe, nanosecondOffset));
}

function trackFrame(
  { trackId, fourCc, compositionTimeOffset, data }: VideoTrack,
  role: FrameRole,
  keyframe: boolean,
  nanosecondOffset: number,
): MediaFrame {
  return {
    track: trackId,
    role,
    keyframe,
    codec: printableFourCc(fourCc),
    compositionTimeOffset,
    nanosecondOffset,
    view: data,
  };
}

function enhancedRole(packetType: number): FrameRole {
  switch (packetType) {
    case VideoPacketType.SequenceStart:
    case VideoPacketType.Mpeg2TsSequenceStart:
      return "sequence-start";
    case VideoPacketType.SequenceEnd:
      return "sequence-end";
    case VideoPacketType.Metadata:
      return "metadata";
    default:
      return "coded-frames";
  }
}

function commandFrame(
  message: Uint8Array,
  rest: Uint8Array,
  codec: string,
  nanosecondOffset: number,
): MediaFrame {
  const at = message.length - rest.length - 1;
  const view = message.subarray(at, at + 1);
  return { ...bareFrame("command", view), codec, nanosecondOffset };
}
