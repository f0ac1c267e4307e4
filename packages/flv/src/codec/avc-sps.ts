/**
 * Sequence parameter set of H.264: size, bit depth and frame rate of the pictures.
 *
 *   UB1 0, UB2 nal_ref_idc, UB5 nal_unit_type (7), UI8 profile_idc, UI8 constraint flags, UI8 level_idc,
 *   ue sps id, high profiles: chroma format, bit depths, scaling lists
 *   ue log2 max frame_num, picture order count, ue reference frames
 *   ue width, ue height in macroblocks, interlacing, cropping, VUI
 *
 * H.264 §7.3.2.1.1, §E.1.1
 */

import { BitReader } from "./bit-reader.ts";
import { invalidConfiguration } from "./configuration-error.ts";
import { checkedSize, chromaUnits, maxPictureSide } from "./picture-size.ts";

/** What a sequence parameter set of H.264 says of the pictures. */
export interface AvcSps {
  /** Luma samples after cropping, 1 to 65536. */
  readonly width: number;
  /** Luma samples after cropping, 1 to 65536; a whole frame also where fields are coded. */
  readonly height: number;
  /** `chroma_format_idc`: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  /** Bits of a luma sample, 8 to 14. */
  readonly bitDepth: number;
  /** Whether every picture is a frame, not a field. */
  readonly progressive: boolean;
  /** Frames in a second; `undefined` where the VUI does not say. */
  readonly frameRate: number | undefined;
}

interface SampleFormat {
  readonly chromaFormat: number;
  readonly bitDepth: number;
  /** Whether cropping counts luma samples, whatever the chroma format. */
  readonly separatePlanes: boolean;
}

const spsType = 7;
const maxGolomb = 2 ** 32 - 2;
const extendedAspectRatio = 255;
// Those whose SPS tells the chroma format.
const highProfiles: ReadonlySet<number> = new Set([
  100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135,
]);

/**
 * Decodes a sequence parameter set of H.264.
 *
 * @param nalUnit  the whole NAL unit, as it is in the record
 * @param offset   where it begins in the caller's input; added to the offset of every error
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function decodeAvcSps(nalUnit: Uint8Array, offset = 0): AvcSps {
  const bits = new BitReader(nalUnit, { offset, isNalUnit: true });
  const type = bits.u(8) & 0x1f;
  if (type !== spsType) throw invalidConfiguration(`NAL unit type ${type} is not SPS`, offset);

  const profile = bits.u(8);
  bits.skip(16);
  bits.ue(31, "seq_parameter_set_id");
  const format = readSampleFormat(bits, profile);
  bits.ue(12, "log2_max_frame_num_minus4");
  skipPictureOrderCount(bits);
  bits.ue(maxGolomb, "max_num_ref_frames");
  bits.skip(1);

  const sizeOffset = bits.offset;
  const columns = 1 + bits.ue(maxPictureSide / 16 - 1, "pic_width_in_mbs_minus1");
  const rows = 1 + bits.ue(maxPictureSide / 16 - 1, "pic_height_in_map_units_minus1");
  const progressive = bits.flag();
  if (!progressive) bits.skip(1);
  bits.skip(1);
  const fields = progressive ? 1 : 2;
  const cropped = bits.flag() ? readCropping(bits, format, fields) : { x: 0, y: 0 };
  const size = checkedSize(columns * 16 - cropped.x, rows * fields * 16 - cropped.y, sizeOffset);
  return {
    ...size,
    chromaFormat: format.chromaFormat,
    bitDepth: format.bitDepth,
    progressive,
    frameRate: bits.flag() ? readFrameRate(bits) : undefined,
  };
}

function readSampleFormat(bits: BitReader, profile: number): SampleFormat {
  if (!highProfiles.has(profile)) {
    return { chromaFormat: 1, bitDepth: 8, separatePlanes: false };
  }
  const chromaFormat = bits.ue(3, "chroma_format_idc");
  const separatePlanes = chromaFormat === 3 && bits.flag();
  const bitDepth = 8 + bits.ue(6, "bit_depth_luma_minus8");
  bits.ue(6, "bit_depth_chroma_minus8");
  bits.skip(1);
  if (bits.flag()) skipScalingLists(bits, chromaFormat === 3 ? 12 : 8);
  return { chromaFormat, bitDepth, separatePlanes };
}

function skipScalingLists(bits: BitReader, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (bits.flag()) skipScalingList(bits, list < 6 ? 16 : 64);
  }
}

function skipScalingList(bits: BitReader, entries: number): void {
  // Each entry is a difference to the one before; a sum of 0 ends the list early.
  let scale = 8;
  for (let i = 0; i < entries && scale !== 0; i++) {
    scale = (scale + bits.se("delta_scale") + 256) & 0xff;
  }
}

function skipPictureOrderCount(bits: BitReader): void {
  const type = bits.ue(2, "pic_order_cnt_type");
  if (type === 0) bits.ue(12, "log2_max_pic_order_cnt_lsb_minus4");
  if (type !== 1) return;

  bits.skip(1);
  bits.se("offset_for_non_ref_pic");
  bits.se("offset_for_top_to_bottom_field");
  const cycle = bits.ue(255, "num_ref_frames_in_pic_order_cnt_cycle");
  for (let i = 0; i < cycle; i++) bits.se("offset_for_ref_frame");
}

/** Reads how many luma samples are cut off in all. */
function readCropping(
  bits: BitReader,
  { chromaFormat, separatePlanes }: SampleFormat,
  fields: number,
): { x: number; y: number } {
  const units = chromaUnits(separatePlanes ? 0 : chromaFormat);
  const left = bits.ue(maxPictureSide, "frame_crop_left_offset");
  const right = bits.ue(maxPictureSide, "frame_crop_right_offset");
  const top = bits.ue(maxPictureSide, "frame_crop_top_offset");
  const bottom = bits.ue(maxPictureSide, "frame_crop_bottom_offset");
  return { x: (left + right) * units.x, y: (top + bottom) * units.y * fields };
}

/** Reads the VUI up to its timing. */
function readFrameRate(bits: BitReader): number | undefined {
  if (bits.flag() && bits.u(8) === extendedAspectRatio) bits.skip(32);
  if (bits.flag()) bits.skip(1); // overscan
  if (bits.flag()) {
    bits.skip(4); // video format and range
    if (bits.flag()) bits.skip(24); // colour description
  }
  if (bits.flag()) {
    bits.ue(5, "chroma_sample_loc_type_top_field");
    bits.ue(5, "chroma_sample_loc_type_bottom_field");
  }
  if (!bits.flag()) return undefined;

  const unitsInTick = bits.u(32);
  const timeScale = bits.u(32);
  // A tick is the time of a field.
  return unitsInTick === 0 || timeScale === 0 ? undefined : timeScale / (2 * unitsInTick);
}
