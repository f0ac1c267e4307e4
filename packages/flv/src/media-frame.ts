/**
 * One track's part of a media message, as legacy and enhanced headers both describe it.
 *
 * FLV E.4.2.1, E.4.3.1; E-RTMP "Enhanced Audio", "Enhanced Video"
 */

/** What a message carries: RTMP message types 8, 9 and 18. */
export type MediaKind = "audio" | "video" | "data";

/**
 * What a frame is for.
 *
 * - `sequence-start`: a codec configuration record; a decoder needs the latest one of its track.
 * - `coded-frames`: media.
 * - `sequence-end`: no frame of this sequence follows.
 * - `metadata`: describes its track: colour info (video), MultichannelConfig (audio), onMetaData (data).
 * - `command`: a video command such as start of seek; not for the decoder.
 * - `empty`: a message without a body; for audio it means silence.
 */
export type FrameRole =
  | "sequence-start"
  | "coded-frames"
  | "sequence-end"
  | "metadata"
  | "command"
  | "empty";

/** One track's part of a media message. */
export interface MediaFrame {
  /**
   * Track id, 0 to 255, counted for each media kind alone; 0 is the default track.
   *
   * FFmpeg sends the Metadata of any video track as track 0: see whose codec it names before caching it.
   */
  readonly track: number;
  /** What the frame is for. */
  readonly role: FrameRole;
  /** True for `coded-frames` of video whose frame type is key or generated key; a GOP can start here. */
  readonly keyframe: boolean;
  /**
   * The FourCC, for legacy codecs too where one exists: "avc1", "hvc1", "mp4a", "Opus" …
   *
   * Other legacy codecs have a lower-case name such as "sorenson-h263" or "speex"; "" is unknown or not said.
   */
  readonly codec: string;
  /** pts - dts in milliseconds, SI24, also negative; 0 where the header has none. */
  readonly compositionTimeOffset: number;
  /** Nanoseconds to add to the presentation time, 0 to 999999 (ModEx TimestampOffsetNano); 0 where absent. */
  readonly nanosecondOffset: number;
  /** The frame's own bytes without any header: record, NALUs, raw AAC …; a view of the message body. */
  readonly view: Uint8Array;
}

/** Makes a frame of track 0 that has nothing but a role and bytes. */
export function bareFrame(role: FrameRole, view: Uint8Array): MediaFrame {
  return {
    track: 0,
    role,
    keyframe: false,
    codec: "",
    compositionTimeOffset: 0,
    nanosecondOffset: 0,
    view,
  };
}
