/**
 * Uncompressed header of a VP9 key frame.
 *
 *   UB2 frame marker (2), UB1 profile low, UB1 profile high, profile 3: UB1 0, UB1 show existing frame
 *   UB1 inter frame, UB1 shown, UB1 error resilient, 49 83 42
 *   profiles 2 and 3: UB1 twelve bits, UB3 color space, UB1 full range, profiles 1 and 3: UB1 x, UB1 y, UB1 0
 *   UI16 width - 1, UI16 height - 1
 *
 * VP9 §6.2, §7.2
 */

import { BitReader } from "./bit-reader.ts";
import { invalidConfiguration } from "./configuration-error.ts";
import { type VpConfiguration, vpCodec } from "./vp-configuration.ts";

/** What the header of a VP9 key frame says. */
export interface Vp9KeyFrame {
  /** The name with the level 0, which is not said: such as "vp09.00.00.08". */
  readonly codec: string;
  /** 0 to 3. */
  readonly profile: number;
  /** Luma samples of a row, 1 to 65536. */
  readonly width: number;
  /** Rows of luma samples, 1 to 65536. */
  readonly height: number;
  /** Bits of a sample: 8, 10 or 12. */
  readonly bitDepth: number;
}

type Color = Pick<VpConfiguration, "chromaSubsampling" | "fullRange"> & Partial<VpConfiguration>;

const frameMarker = 2;
const syncCode = 0x498342;
const colorSpaceRgb = 7;

/**
 * Decodes the uncompressed header of a VP9 frame or superframe.
 *
 * @returns `undefined` when it is not a key frame
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function decodeVp9KeyFrame(frame: Uint8Array): Vp9KeyFrame | undefined {
  const bits = new BitReader(frame);
  if (bits.u(2) !== frameMarker) throw invalidConfiguration("no frame marker of VP9", 0);

  const profile = bits.u(1) + 2 * bits.u(1);
  if (profile === 3 && bits.flag()) throw invalidConfiguration("a reserved VP9 profile", 0);
  const showsExistingFrame = bits.flag();
  if (showsExistingFrame) return undefined;
  const isInterFrame = bits.flag();
  if (isInterFrame) return undefined;

  bits.skip(2);
  const at = bits.offset;
  if (bits.u(24) !== syncCode) throw invalidConfiguration("no sync code of VP9", at);
  const bitDepth = readBitDepth(bits, profile);
  const color = readColor(bits, profile);
  return {
    codec: vpCodec("vp09", { profile, level: 0, bitDepth, ...color }),
    profile,
    width: bits.u(16) + 1,
    height: bits.u(16) + 1,
    bitDepth,
  };
}

function readBitDepth(bits: BitReader, profile: number): number {
  if (profile < 2) return 8;
  return bits.flag() ? 12 : 10;
}

function readColor(bits: BitReader, profile: number): Color {
  const hasSubsampling = profile === 1 || profile === 3;
  const at = bits.offset;
  if (bits.u(3) === colorSpaceRgb) {
    if (!hasSubsampling) throw invalidConfiguration(`RGB in VP9 profile ${profile}`, at);
    bits.skip(1);
    return { chromaSubsampling: 3, fullRange: true, matrixCoefficients: 0 };
  }

  const fullRange = bits.flag();
  if (!hasSubsampling) return { chromaSubsampling: 1, fullRange };
  const isHalvedX = bits.flag();
  bits.skip(2); // 4:4:0 has no number in the names of codecs, and nothing but 4:2:2 is halved in x alone
  return { chromaSubsampling: isHalvedX ? 2 : 3, fullRange };
}
