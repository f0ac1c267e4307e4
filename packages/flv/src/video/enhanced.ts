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

import { ByteReader } from "@rtmp/wire";
import { reservedPacketType, truncatedMessage } from "../errors.ts";
import { fourCcText, VideoFourCc } from "../fourcc.ts";
import type { FlvLimits } from "../limits.ts";
import type { FrameRole, MediaFrame } from "../media-frame.ts";
import { readModEx } from "../mod-ex.ts";
import { readMultitrackHeader, readTracks, type TrackBody } from "../multitrack.ts";
import { compositionTimeBytes, readCompositionTime } from "./composition-time.ts";
import { isKeyFrameType, VideoFrameType } from "./legacy.ts";

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

/** What the tracks of one message have in common. */
interface SharedHeader {
  readonly frameType: number;
  readonly packetType: number;
  readonly role: FrameRole;
  readonly nanosecondOffset: number;
}

/**
 * Reads a video message whose first bit is 1: one frame for each of its tracks.
 *
 * A frame type 5 is a command whatever the packet type says, reserved ones included; only Metadata goes before it.
 *
 * @throws FlvError  `RTMP_ERR_FLV_RESERVED_PACKET_TYPE` and `RTMP_ERR_FLV_RESERVED_MULTITRACK_TYPE` (drop the message),
 *   `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_NESTED_MULTITRACK` and the limits of tracks and ModEx blocks
 */
export function readEnhancedVideoFrames(body: Uint8Array, limits: FlvLimits): MediaFrame[] {
  const reader = new ByteReader(body, truncatedMessage);
  const first = reader.u8();
  const frameType = (first >> 4) & 0x07;
  const { packetType, nanosecondOffset } = readModEx(reader, first & 0x0f, limits);

  if (frameType === VideoFrameType.Command && packetType !== VideoPacketType.Metadata) {
    return [commandFrame(reader.view(1), nanosecondOffset)];
  }
  if (packetType === VideoPacketType.Multitrack) {
    return readMultitrackFrames(reader, frameType, nanosecondOffset, limits);
  }

  const role = packetRole(packetType, reader.offset - 1);
  const header: SharedHeader = { frameType, packetType, role, nanosecondOffset };
  const fourCc = reader.u32();
  const offset = reader.offset;
  return [trackFrame(header, { track: 0, fourCc, body: reader.view(reader.left), offset })];
}

function readMultitrackFrames(
  reader: ByteReader,
  frameType: number,
  nanosecondOffset: number,
  limits: FlvLimits,
): MediaFrame[] {
  const { multitrackType, packetType } = readMultitrackHeader(reader, VideoPacketType.Multitrack);
  const role = packetRole(packetType, reader.offset - 1);
  const header: SharedHeader = { frameType, packetType, role, nanosecondOffset };
  return readTracks(reader, multitrackType, limits).map((track) => trackFrame(header, track));
}

function packetRole(packetType: number, offset: number): FrameRole {
  switch (packetType) {
    case VideoPacketType.SequenceStart:
    case VideoPacketType.Mpeg2TsSequenceStart:
      return "sequence-start";
    case VideoPacketType.CodedFrames:
    case VideoPacketType.CodedFramesX:
      return "coded-frames";
    case VideoPacketType.SequenceEnd:
      return "sequence-end";
    case VideoPacketType.Metadata:
      return "metadata";
    default:
      throw reservedPacketType("video", packetType, offset);
  }
}

function trackFrame(header: SharedHeader, { track, fourCc, body, offset }: TrackBody): MediaFrame {
  const codec = fourCcText(fourCc);
  const hasOffset = header.packetType === VideoPacketType.CodedFrames && hasCompositionTime(codec);
  return {
    track,
    role: header.role,
    keyframe: header.role === "coded-frames" && isKeyFrameType(header.frameType),
    codec,
    compositionTimeOffset: hasOffset ? readCompositionTime(body, 0, offset) : 0,
    nanosecondOffset: header.nanosecondOffset,
    view: hasOffset ? body.subarray(compositionTimeBytes) : body,
  };
}

function hasCompositionTime(codec: string): boolean {
  return codec === VideoFourCc.Avc || codec === VideoFourCc.Hevc || codec === VideoFourCc.Vvc;
}

function commandFrame(view: Uint8Array, nanosecondOffset: number): MediaFrame {
  return {
    track: 0,
    role: "command",
    keyframe: false,
    codec: "",
    compositionTimeOffset: 0,
    nanosecondOffset,
    view,
  };
}
