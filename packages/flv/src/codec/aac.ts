/**
 * AudioSpecificConfig: what a decoder of AAC needs before the first frame.
 *
 *   UB5 audioObjectType (31: UB6 + 32), UB4 samplingFrequencyIndex (15: UB24 in Hz), UB4 channelConfiguration
 *   object types 5 (SBR) and 29 (SBR and PS): the rate of the output again, then the object type of the core
 *   the configuration of the core, which begins with frame length and core coder
 *   compatible SBR: UB11 2b7, UB5 object type 5, UB1 SBR, the rate of the output, UB11 548, UB1 PS
 *
 * ISO/IEC 14496-3 §1.6.2.1, §1.6.5, §4.4.1
 */

import { readGeneralAudio } from "./aac-general-audio.ts";
import { BitReader } from "./bit-reader.ts";
import { invalidConfiguration } from "./configuration-error.ts";

/** The configuration of AAC and of the other codecs of MPEG-4 Audio. */
export interface AacConfiguration {
  /**
   * "mp4a.40." and the object type that stands first: 2 AAC-LC, 5 HE-AAC, 29 HE-AAC v2, 42 xHE-AAC …
   *
   * With compatible SBR the first one is that of the core, 2: see `sbr` and `ps`.
   */
  readonly codec: string;
  /** `audioObjectType` of the core, without SBR and PS: 1 to 95. */
  readonly objectType: number;
  /** Hz, of what comes out of the decoder; with SBR mostly twice that of the core. */
  readonly sampleRate: number;
  /** Hz, of the core. */
  readonly coreSampleRate: number;
  /** `channelConfiguration`, 0 to 15; 0 means that a program config element tells. */
  readonly channelConfiguration: number;
  /** Channels that come out of the decoder, 1 to 24; `undefined` where the configuration does not say. */
  readonly channels: number | undefined;
  /** Whether there is spectral band replication; `undefined` where the configuration does not say. */
  readonly sbr: boolean | undefined;
  /** Whether there is parametric stereo; `undefined` where the configuration does not say. */
  readonly ps: boolean | undefined;
}

/** What a configuration says of SBR and PS. */
interface Extension {
  readonly sbr?: boolean;
  readonly ps?: boolean | undefined;
  readonly sampleRate?: number;
}

const sampleRates: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
  7_350,
];
// 0 is told by a program config element, -1 is reserved.
const channelCounts: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 8, -1, -1, -1, 7, 8, 24, 8, -1];

const explicitRate = 15;
const escapedObjectType = 31;
const sbrObjectType = 5;
const psObjectType = 29;
const bsacObjectType = 22;
const sbrSync = 0x2b7;
const sbrSyncBits = 16;
const psSync = 0x548;
const psSyncBits = 12;

/**
 * Decodes an AudioSpecificConfig.
 *
 * @param bytes  a whole configuration, such as the view of a `sequence-start` frame of codec "mp4a"; more may follow
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function decodeAacConfiguration(bytes: Uint8Array): AacConfiguration {
  const bits = new BitReader(bytes);
  const first = readObjectType(bits);
  const coreSampleRate = readSampleRate(bits);
  const channelConfiguration = bits.u(4);
  const isExplicit = first === sbrObjectType || first === psObjectType;
  const explicit: Extension = isExplicit
    ? { sbr: true, ps: first === psObjectType || undefined, sampleRate: readSampleRate(bits) }
    : {};
  const objectType = isExplicit ? readObjectType(bits) : first;
  if (isExplicit && objectType === bsacObjectType) bits.skip(4);

  const core = readGeneralAudio(bits, objectType, channelConfiguration);
  const extension = isExplicit || !core.isKnown ? explicit : readCompatibleExtension(bits);
  const channels = core.channels ?? channelCount(channelConfiguration);
  return {
    codec: `mp4a.40.${first}`,
    objectType,
    sampleRate: extension.sampleRate ?? coreSampleRate,
    coreSampleRate,
    channelConfiguration,
    // Parametric stereo makes two channels of one.
    channels: extension.ps === true && channels === 1 ? 2 : channels,
    sbr: extension.sbr,
    ps: extension.ps,
  };
}

function readObjectType(bits: BitReader): number {
  const at = bits.offset;
  const short = bits.u(5);
  const objectType = short === escapedObjectType ? 32 + bits.u(6) : short;
  if (objectType === 0) throw invalidConfiguration("audio object type 0", at);
  return objectType;
}

function readSampleRate(bits: BitReader): number {
  const at = bits.offset;
  const index = bits.u(4);
  const rate = index === explicitRate ? bits.u(24) : sampleRates[index];
  if (rate === undefined) throw invalidConfiguration(`sampling frequency index ${index}`, at);
  if (rate === 0) throw invalidConfiguration("a sampling frequency of 0", at);
  return rate;
}

function channelCount(channelConfiguration: number): number | undefined {
  const count = channelCounts[channelConfiguration] ?? 0;
  return count > 0 ? count : undefined;
}

/** Reads SBR and PS from behind the core's configuration, where older decoders do not look. */
function readCompatibleExtension(bits: BitReader): Extension {
  if (bits.bitsLeft < sbrSyncBits || bits.u(11) !== sbrSync) return {};
  if (readObjectType(bits) !== sbrObjectType || bits.bitsLeft < 1) return {};
  if (!bits.flag()) return { sbr: false, ps: false };

  const sampleRate = readSampleRate(bits);
  if (bits.bitsLeft < psSyncBits || bits.u(11) !== psSync) return { sbr: true, sampleRate };
  return { sbr: true, ps: bits.flag(), sampleRate };
}
