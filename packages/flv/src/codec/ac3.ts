/**
 * Head of an AC-3 syncframe; AC-3 has no configuration record.
 *
 *   0b 77, UI16 CRC, UB2 fscod, UB6 frmsizecod, UB5 bsid, UB3 bsmod, UB3 acmod
 *   three front channels: UB2 centre mix; surround: UB2 surround mix; stereo: UB2 Dolby Surround; UB1 LFE
 *
 * ETSI TS 102 366 §4.3, §4.4
 */

import { BitReader } from "./bit-reader.ts";
import { invalidConfiguration } from "./configuration-error.ts";

/** What the head of an AC-3 syncframe says. */
export interface Ac3Frame {
  /** Always "ac-3". */
  readonly codec: string;
  /** Hz: 48000, 44100 or 32000; with `bsid` 9 and 10 a half and a quarter of these. */
  readonly sampleRate: number;
  /** 1 to 6, the low frequency channel included. */
  readonly channels: number;
  /** `acmod`: 0 two languages, 1 mono, 2 stereo … 7 five channels. */
  readonly channelMode: number;
  /** Whether there is a low frequency channel. */
  readonly lfe: boolean;
  /** `bsid`, version of the syntax: 8, or 6 with more mixing data; up to 10. */
  readonly bitstreamId: number;
}

/** The first bytes of a syncframe of AC-3 and E-AC-3. */
export const ac3SyncWord = 0x0b77;

/** Hz by `fscod`; 3 is reserved in AC-3, and half rates in E-AC-3. */
export const ac3SampleRates: readonly number[] = [48_000, 44_100, 32_000];

/** Channels by `acmod`, without the low frequency channel. */
export const ac3ChannelCounts: readonly number[] = [2, 1, 2, 3, 3, 4, 4, 5];

const plainBitstreamId = 8;
const lastBitstreamId = 10;
const frameSizeCodes = 38;
const stereo = 2;

/**
 * Decodes the head of an AC-3 syncframe.
 *
 * @param frame  whole, or at least its first seven bytes
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function decodeAc3Frame(frame: Uint8Array): Ac3Frame {
  const bits = new BitReader(frame);
  if (bits.u(16) !== ac3SyncWord) throw invalidConfiguration("no sync word of AC-3", 0);

  bits.skip(16);
  const rate = ac3SampleRates[bits.u(2)];
  const sizeCode = bits.u(6);
  if (rate === undefined || sizeCode >= frameSizeCodes) {
    throw invalidConfiguration("a reserved sample rate or frame size of AC-3", 4);
  }
  const bitstreamId = bits.u(5);
  if (bitstreamId > lastBitstreamId) throw invalidConfiguration(`AC-3 of bsid ${bitstreamId}`, 5);

  bits.skip(3);
  const channelMode = bits.u(3);
  const hasCentreMix = (channelMode & 1) === 1 && channelMode !== 1;
  if (hasCentreMix) bits.skip(2);
  if ((channelMode & 4) !== 0) bits.skip(2);
  if (channelMode === stereo) bits.skip(2);
  const lfe = bits.flag();
  return {
    codec: "ac-3",
    sampleRate: rate / 2 ** Math.max(0, bitstreamId - plainBitstreamId),
    channels: (ac3ChannelCounts[channelMode] ?? 0) + (lfe ? 1 : 0),
    channelMode,
    lfe,
    bitstreamId,
  };
}
