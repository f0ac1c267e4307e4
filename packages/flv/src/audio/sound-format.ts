/**
 * SoundFormat: the codec of a legacy audio header.
 *
 * FLV E.4.2.1
 */

import { AudioFourCc } from "../fourcc.ts";

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

const names: readonly string[] = Array.from({ length: 16 }, (_, format) => nameOf(format));

function nameOf(format: number): string {
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

/** Names a codec as `MediaFrame.codec` does; "" when nobody defined its format. */
export function audioCodecName(soundFormat: number): string {
  return names[soundFormat] ?? "";
}
