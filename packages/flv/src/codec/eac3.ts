/**
 * Head of an E-AC-3 syncframe; E-AC-3 has no configuration record.
 *
 *   0b 77, UB2 strmtyp, UB3 substreamid, UB11 frmsiz, UB2 fscod, UB2 numblkscod (fscod 3: fscod2), UB3 acmod, UB1 LFE, UB5 bsid
 *
 * ETSI TS 102 366 §E.1.2, §E.1.3
 */

import { ac3ChannelCounts, ac3SampleRates, ac3SyncWord } from "./ac3.ts";
import { BitReader } from "./bit-reader.ts";
import { invalidConfiguration } from "./configuration-error.ts";

/** What the head of an E-AC-3 syncframe says. */
export interface Eac3Frame {
  /** Always "ec-3". */
  readonly codec: string;
  /** Hz: 48000, 44100, 32000, or half of these. */
  readonly sampleRate: number;
  /** 1 to 6, the low frequency channel included; dependent substreams behind this frame may add more. */
  readonly channels: number;
  /** `acmod`: 0 two languages, 1 mono, 2 stereo … 7 five channels. */
  readonly channelMode: number;
  /** Whether there is a low frequency channel. */
  readonly lfe: boolean;
  /** `bsid`, version of the syntax: 11 to 16. */
  readonly bitstreamId: number;
  /** Bytes of the frame, 2 to 4096, counted from the sync word. */
  readonly frameBytes: number;
}

const halfRate = 3;
const firstBitstreamId = 11;
const lastBitstreamId = 16;
const reservedStreamType = 3;

/**
 * Decodes the head of an E-AC-3 syncframe.
 *
 * @param frame  whole, or at least its first six bytes
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function decodeEac3Frame(frame: Uint8Array): Eac3Frame {
  const bits = new BitReader(frame);
  if (bits.u(16) !== ac3SyncWord) throw invalidConfiguration("no sync word of E-AC-3", 0);

  if (bits.u(2) === reservedStreamType) {
    throw invalidConfiguration("a reserved stream type of E-AC-3", 2);
  }
  bits.skip(3);
  const frameBytes = (bits.u(11) + 1) * 2;
  const sampleRate = readSampleRate(bits);
  const channelMode = bits.u(3);
  const lfe = bits.flag();
  const bitstreamId = bits.u(5);
  if (bitstreamId < firstBitstreamId || bitstreamId > lastBitstreamId) {
    throw invalidConfiguration(`E-AC-3 of bsid ${bitstreamId}`, 5);
  }
  return {
    codec: "ec-3",
    sampleRate,
    channels: (ac3ChannelCounts[channelMode] ?? 0) + (lfe ? 1 : 0),
    channelMode,
    lfe,
    bitstreamId,
    frameBytes,
  };
}

function readSampleRate(bits: BitReader): number {
  const code = bits.u(2);
  const second = bits.u(2);
  const rate = code === halfRate ? ac3SampleRates[second] : ac3SampleRates[code];
  if (rate === undefined) throw invalidConfiguration("a reserved sample rate of E-AC-3", 4);
  return code === halfRate ? rate / 2 : rate;
}
