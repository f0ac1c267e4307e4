/**
 * Sequence parameter set of H.265: size and bit depth of the pictures.
 *
 *   UB1 0, UB6 nal_unit_type (33), UB6 layer id, UB3 temporal id + 1
 *   UB4 vps id, UB3 max sub-layers - 1, UB1 nesting, profile_tier_level, ue sps id, ue chroma format,
 *   ue width, ue height, conformance window, ue luma bit depth - 8
 *
 * H.265 §7.3.2.2.1, §7.3.3
 */

import { BitReader } from "./bit-reader.ts";
import { invalidConfiguration } from "./configuration-error.ts";
import { hevcSpsType } from "./hevc.ts";
import { checkedSize, chromaUnits, maxPictureSide } from "./picture-size.ts";

/** What a sequence parameter set of H.265 says of the pictures. */
export interface HevcSps {
  /** Luma samples within the conformance window, 1 to 65536. */
  readonly width: number;
  /** Luma samples within the conformance window, 1 to 65536. */
  readonly height: number;
  /** `chroma_format_idc`: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  /** Bits of a luma sample, 8 to 16. */
  readonly bitDepth: number;
}

const generalProfileBits = 88;
const levelBits = 8;
const maxSubLayers = 8;

/**
 * Decodes a sequence parameter set of H.265.
 *
 * @param nalUnit  the whole NAL unit of the base layer, as it is in the record
 * @param offset   where it begins in the caller's input; added to the offset of every error
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`, also for an SPS of another layer,
 *   whose syntax is another
 */
export function decodeHevcSps(nalUnit: Uint8Array, offset = 0): HevcSps {
  const bits = new BitReader(nalUnit, { offset, isNalUnit: true });
  const type = bits.u(7);
  const layer = bits.u(6);
  if (type !== hevcSpsType || layer !== 0) {
    throw invalidConfiguration(`NAL unit type ${type} of layer ${layer} is not SPS`, offset);
  }

  bits.skip(3 + 4);
  skipProfileTierLevel(bits);
  bits.ue(15, "sps_seq_parameter_set_id");
  const chromaFormat = bits.ue(3, "chroma_format_idc");
  const separatePlanes = chromaFormat === 3 && bits.flag();

  const sizeOffset = bits.offset;
  const width = bits.ue(maxPictureSide, "pic_width_in_luma_samples");
  const height = bits.ue(maxPictureSide, "pic_height_in_luma_samples");
  const cut = bits.flag() ? readWindow(bits, separatePlanes ? 0 : chromaFormat) : { x: 0, y: 0 };
  const size = checkedSize(width - cut.x, height - cut.y, sizeOffset);
  return { ...size, chromaFormat, bitDepth: 8 + bits.ue(8, "bit_depth_luma_minus8") };
}

/** Passes over the profiles and levels of the stream and of its temporal sub-layers. */
function skipProfileTierLevel(bits: BitReader): void {
  const subLayers = bits.u(3);
  bits.skip(1 + generalProfileBits + levelBits);
  if (subLayers === 0) return;

  let subLayerBits = 0;
  for (let i = 0; i < subLayers; i++) {
    if (bits.flag()) subLayerBits += generalProfileBits;
    if (bits.flag()) subLayerBits += levelBits;
  }
  // The flags are padded to those of eight sub-layers.
  bits.skip((maxSubLayers - subLayers) * 2 + subLayerBits);
}

/** Reads how many luma samples are outside of the conformance window. */
function readWindow(bits: BitReader, chromaFormat: number): { x: number; y: number } {
  const units = chromaUnits(chromaFormat);
  const left = bits.ue(maxPictureSide, "conf_win_left_offset");
  const right = bits.ue(maxPictureSide, "conf_win_right_offset");
  const top = bits.ue(maxPictureSide, "conf_win_top_offset");
  const bottom = bits.ue(maxPictureSide, "conf_win_bottom_offset");
  return { x: (left + right) * units.x, y: (top + bottom) * units.y };
}
