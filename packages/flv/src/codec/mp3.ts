/**
 * Header of an MPEG audio frame; MP3 has no configuration record.
 *
 *   UB11 1s, UB2 version, UB2 layer, UB1 no CRC, UB4 bit rate, UB2 sample rate, UB1 padding, UB1 private
 *   UB2 channel mode, UB2 mode extension, UB1 copyright, UB1 original, UB2 emphasis
 *
 * ISO/IEC 11172-3 §2.4.1.3, ISO/IEC 13818-3 §2.4.2.3; version 2.5 is a custom of encoders
 */

import { BitReader } from "./bit-reader.ts";
import { invalidConfiguration } from "./configuration-error.ts";

/** What the header of an MPEG audio frame says. */
export interface Mp3Frame {
  /**
   * "mp4a.40.34" for layer III: the object type of MPEG-4 Audio, which holds for every version of MPEG audio.
   *
   * Its other names tell the versions apart, "mp4a.6B" and "mp4a.69", and have none for version 2.5.
   */
  readonly codec: string;
  /** Version of MPEG: 1, 2 or 2.5. */
  readonly version: number;
  /** 1, 2 or 3. */
  readonly layer: number;
  /** Hz: 8000 to 48000. */
  readonly sampleRate: number;
  /** 1 or 2. */
  readonly channels: number;
}

const versions: readonly (number | undefined)[] = [2.5, undefined, 2, 1];
const sampleRates: readonly number[] = [44_100, 48_000, 32_000];
const reservedBitRate = 15;
const mono = 3;
// Layers I to III are the object types 32 to 34 (ISO/IEC 14496-3 §1.5.1.1).
const objectTypeBeforeLayer1 = 31;

/**
 * Decodes the header of an MPEG audio frame of any layer.
 *
 * @param frame  whole, or at least its first four bytes
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function decodeMp3Frame(frame: Uint8Array): Mp3Frame {
  const bits = new BitReader(frame);
  if (bits.u(11) !== 0x7ff) throw invalidConfiguration("no sync word of MPEG audio", 0);

  const version = versions[bits.u(2)];
  const layer = 4 - bits.u(2);
  if (version === undefined || layer === 4) {
    throw invalidConfiguration("a reserved version or layer of MPEG audio", 1);
  }
  bits.skip(1);
  const bitRate = bits.u(4);
  const rate = sampleRates[bits.u(2)];
  if (rate === undefined || bitRate === reservedBitRate) {
    throw invalidConfiguration("a reserved bit or sample rate of MPEG audio", 2);
  }

  bits.skip(2);
  const channels = bits.u(2) === mono ? 1 : 2;
  return {
    codec: `mp4a.40.${objectTypeBeforeLayer1 + layer}`,
    version,
    layer,
    // MPEG 2 halves the rates of MPEG 1, and 2.5 halves them again.
    sampleRate: rate / (version === 1 ? 1 : version === 2 ? 2 : 4),
    channels,
  };
}
