/**
 * Frame types and commands, the same in legacy and enhanced headers.
 *
 * FLV E.4.3.1; E-RTMP "Enhanced Video"
 */

/** The frame type; other values count as inter frames. */
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

/** What a message of frame type Command tells the player. */
export const VideoCommand = {
  /** Frames that follow lead up to the point that a client seeks to; do not show them. */
  StartSeek: 0,
  /** The point is reached. */
  EndSeek: 1,
} as const;
export type VideoCommand = (typeof VideoCommand)[keyof typeof VideoCommand];

/** Tells whether frames of this type are key frames. */
export function isKeyFrameType(frameType: number): boolean {
  return frameType === VideoFrameType.KeyFrame || frameType === VideoFrameType.GeneratedKeyFrame;
}
