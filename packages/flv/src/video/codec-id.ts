/**
 * CodecID: the codec of a legacy video header.
 *
 * 8, 9, 12 and 13 stand in no specification; CDNs and encoders use them.
 *
 * FLV E.4.3.1
 */

import { VideoFourCc } from "../fourcc.ts";

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

const names: readonly string[] = Array.from({ length: 16 }, (_, id) => nameOf(id));

function nameOf(codecId: number): string {
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

/** Names a codec as `MediaFrame.codec` does; "" when nobody defined its id. */
export function videoCodecName(codecId: number): string {
  return names[codecId] ?? "";
}

/** Tells whether a packet type and a composition time offset follow the first byte. */
export function hasPacketType(codecId: number): boolean {
  return (
    codecId === VideoCodecId.Avc || codecId === VideoCodecId.Hevc || codecId === VideoCodecId.Av1
  );
}
