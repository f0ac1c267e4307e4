/**
 * Legacy audio header: one byte, or two for AAC.
 *
 *   UB4 SoundFormat, UB2 SoundRate, UB1 SoundSize, UB1 SoundType
 *   AAC: UI8 AACPacketType (0 AudioSpecificConfig, 1 raw frame)
 *
 * FLV E.4.2.1
 */

import { reservedPacketType, truncatedMessage } from "../errors.ts";
import { AudioFourCc } from "../fourcc.ts";
import type { MediaFrame } from "../media-frame.ts";

/** The high half of the first byte of an audio message. */
export const SoundFormat = {
  /** 16-bit samples in the byte order of the sender. */
  LpcmPlatformEndian: 0,
  Adpcm: 1,
  Mp3: 2,
  LpcmLittleEndian: 3,
  Nellymoser16kMono: 4,
  Nellymoser8kMono: 5,
  Nellymoser: 6,
  G711ALaw: 7,
  G711MuLaw: 8,
  /** An enhanced header instead of this one. */
  ExHeader: 9,
  Aac: 10,
  Speex: 11,
  Mp3At8k: 14,
  DeviceSpecific: 15,
} as const;
export type SoundFormat = (typeof SoundFormat)[keyof typeof SoundFormat];

const codecNames: readonly string[] = Array.from({ length: 16 }, (_, format) => codecName(format));

function codecName(format: number): string {
  switch (format) {
    case SoundFormat.LpcmPlatformEndian:
      return "lpcm-platform-endian";
    case SoundFormat.Adpcm:
      return "adpcm";
    case SoundFormat.LpcmLittleEndian:
      return "lpcm-little-endian";
    case SoundFormat.Nellymoser16kMono:
    case SoundFormat.Nellymoser8kMono:
    case SoundFormat.Nellymoser:
      return "nellymoser";
    case SoundFormat.G711ALaw:
      return "g711-a-law";
    case SoundFormat.G711MuLaw:
      return "g711-mu-law";
    case SoundFormat.Aac:
      return AudioFourCc.Aac;
    case SoundFormat.Speex:
      return "speex";
    case SoundFormat.Mp3:
    case SoundFormat.Mp3At8k:
      return AudioFourCc.Mp3;
    case SoundFormat.DeviceSpecific:
      return "device-specific";
    default:
      return "";
  }
}

/**
 * Reads an audio message whose sound format is not ExHeader; reserved formats pass as `coded-frames` of codec "".
 *
 * @param body  at least one byte
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_RESERVED_PACKET_TYPE`
 */
export function readLegacyAudioFrame(body: Uint8Array): MediaFrame {
  const first = body[0];
  if (first === undefined) throw truncatedMessage(0, 1, 0);

  const format = first >> 4;
  const isAac = format === SoundFormat.Aac;
  return {
    track: 0,
    role: isAac && isAacSequenceHeader(body) ? "sequence-start" : "coded-frames",
    keyframe: false,
    codec: codecNames[format] ?? "",
    compositionTimeOffset: 0,
    nanosecondOffset: 0,
    view: body.subarray(isAac ? 2 : 1),
  };
}

function isAacSequenceHeader(body: Uint8Array): boolean {
  const packetType = body[1];
  if (packetType === undefined) throw truncatedMessage(1, 1, 0);
  if (packetType > 1) throw reservedPacketType("audio", packetType, 1);
  return packetType === 0;
}
