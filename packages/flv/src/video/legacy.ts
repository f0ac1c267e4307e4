/**
 * Legacy video header: one byte, or five where the codec has sequence headers.
 *
 *   UB4 FrameType (bit 7 is 0), UB4 CodecID
 *   AVC, HEVC, AV1: UI8 packet type (0 sequence header, 1 frame, 2 end of sequence), SI24 composition time offset
 *
 * CodecIDs 8, 9, 12 and 13 stand in no specification; CDNs and encoders use them.
 *
 * FLV E.4.3.1
 */

import { reservedPacketType, truncatedMessage } from "../errors.ts";
import { VideoFourCc } from "../fourcc.ts";
import type { FrameRole, MediaFrame } from "../media-frame.ts";
import { readCompositionTime } from "./composition-time.ts";

/** The frame type, the same in legacy and enhanced headers; other values count as inter frames. */
export const VideoFrameType = {
  KeyFrame: 1,
  InterFrame: 2,
  DisposableInterFrame: 3,
  /** A key frame that a server made. */
  GeneratedKeyFrame: 4,
  /** Not a frame: one byte says what the player is to do. */
  Command: 5,
} as const;
export type VideoFrameType = (typeof VideoFrameType)[keyof typeof VideoFrameType];

/** The CodecID of a legacy video header. */
export const VideoCodecId = {
  SorensonH263: 2,
  Screen: 3,
  Vp6: 4,
  Vp6Alpha: 5,
  Screen2: 6,
  Avc: 7,
  H263: 8,
  Mpeg4Visual: 9,
  Hevc: 12,
  Av1: 13,
} as const;
export type VideoCodecId = (typeof VideoCodecId)[keyof typeof VideoCodecId];

const codecNames: readonly string[] = Array.from({ length: 16 }, (_, id) => codecName(id));

function codecName(codecId: number): string {
  switch (codecId) {
    case VideoCodecId.SorensonH263:
      return "sorenson-h263";
    case VideoCodecId.Screen:
      return "screen-video";
    case VideoCodecId.Vp6:
      return "vp6";
    case VideoCodecId.Vp6Alpha:
      return "vp6-alpha";
    case VideoCodecId.Screen2:
      return "screen-video-2";
    case VideoCodecId.Avc:
      return VideoFourCc.Avc;
    case VideoCodecId.H263:
      return "h263";
    case VideoCodecId.Mpeg4Visual:
      return "mpeg4-visual";
    case VideoCodecId.Hevc:
      return VideoFourCc.Hevc;
    case VideoCodecId.Av1:
      return VideoFourCc.Av1;
    default:
      return "";
  }
}

/** Tells whether frames of this type are key frames. */
export function isKeyFrameType(frameType: number): boolean {
  return frameType === VideoFrameType.KeyFrame || frameType === VideoFrameType.GeneratedKeyFrame;
}

function hasSequenceHeader(codecId: number): boolean {
  return (
    codecId === VideoCodecId.Avc || codecId === VideoCodecId.Hevc || codecId === VideoCodecId.Av1
  );
}

/**
 * Reads a video message whose first bit is 0; codecs without a name here pass as `coded-frames` of codec "".
 *
 * @param body  at least one byte
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_RESERVED_PACKET_TYPE`
 */
export function readLegacyVideoFrame(body: Uint8Array): MediaFrame {
  const first = body[0];
  if (first === undefined) throw truncatedMessage(0, 1, 0);

  const frameType = first >> 4;
  const codecId = first & 0x0f;
  if (frameType === VideoFrameType.Command) return readCommand(body, codecId);
  if (hasSequenceHeader(codecId)) return readPacketised(body, frameType, codecId);
  return {
    track: 0,
    role: "coded-frames",
    keyframe: isKeyFrameType(frameType),
    codec: codecNames[codecId] ?? "",
    compositionTimeOffset: 0,
    nanosecondOffset: 0,
    view: body.subarray(1),
  };
}

function readPacketised(body: Uint8Array, frameType: number, codecId: number): MediaFrame {
  const packetType = body[1];
  if (packetType === undefined) throw truncatedMessage(1, 1, 0);

  const role = packetRole(packetType);
  const compositionTime = readCompositionTime(body, 2);
  const isCoded = role === "coded-frames";
  return {
    track: 0,
    role,
    keyframe: isCoded && isKeyFrameType(frameType),
    codec: codecNames[codecId] ?? "",
    compositionTimeOffset: isCoded ? compositionTime : 0,
    nanosecondOffset: 0,
    view: body.subarray(5),
  };
}

function packetRole(packetType: number): FrameRole {
  switch (packetType) {
    case 0:
      return "sequence-start";
    case 1:
      return "coded-frames";
    case 2:
      return "sequence-end";
    default:
      throw reservedPacketType("video", packetType, 1);
  }
}

function readCommand(body: Uint8Array, codecId: number): MediaFrame {
  // Some writers put the packet type and the composition time of AVC in front of the command.
  const at = hasSequenceHeader(codecId) && body.length > 5 ? 5 : 1;
  if (body.length <= at) throw truncatedMessage(at, 1, 0);
  return {
    track: 0,
    role: "command",
    keyframe: false,
    codec: codecNames[codecId] ?? "",
    compositionTimeOffset: 0,
    nanosecondOffset: 0,
    view: body.subarray(at, at + 1),
  };
}
