/**
 * Sequence header of AV1: size, bit depth and colours of the pictures.
 *
 *   UB3 seq_profile, UB1 still_picture, UB1 reduced_still_picture_header
 *   timing and decoder model, operating points with level and tier
 *   UB4 width bits - 1, UB4 height bits - 1, max width - 1, max height - 1
 *   coding tools, color_config
 *
 * AV1 §5.5
 */

import { type Av1Color, readAv1Color } from "./av1-color.ts";
import { readAv1OperatingPoint } from "./av1-operating-point.ts";
import { BitReader } from "./bit-reader.ts";
import { invalidConfiguration } from "./configuration-error.ts";

/** What a sequence header of AV1 says of the pictures. */
export interface Av1SequenceHeader extends Av1Color {
  /** `seq_profile`: 0 Main, 1 High, 2 Professional. */
  readonly profile: number;
  /** `seq_level_idx` of the first operating point, 0 to 31. */
  readonly level: number;
  /** Whether the level is one of the high tier. */
  readonly highTier: boolean;
  /** Luma samples of the largest frame, 1 to 65536. */
  readonly maxWidth: number;
  /** Luma samples of the largest frame, 1 to 65536. */
  readonly maxHeight: number;
}

const lastProfile = 2;

/**
 * Decodes the payload of a sequence header OBU.
 *
 * @param payload  behind the header and the size of the OBU
 * @param offset   where it begins in the caller's input; added to the offset of every error
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function decodeAv1SequenceHeader(payload: Uint8Array, offset = 0): Av1SequenceHeader {
  const bits = new BitReader(payload, { offset });
  const profile = bits.u(3);
  if (profile > lastProfile) throw invalidConfiguration(`seq_profile is ${profile}`, offset);

  bits.skip(1);
  const isReduced = bits.flag();
  const { level, highTier } = isReduced
    ? { level: bits.u(5), highTier: false }
    : readAv1OperatingPoint(bits);

  const widthBits = bits.u(4) + 1;
  const heightBits = bits.u(4) + 1;
  const maxWidth = bits.u(widthBits) + 1;
  const maxHeight = bits.u(heightBits) + 1;
  if (!isReduced && bits.flag()) bits.skip(4 + 3); // frame ids
  bits.skip(3); // superblock size, filter intra, intra edge filter
  if (!isReduced) skipInterTools(bits);
  bits.skip(3); // superres, cdef, restoration
  return { profile, level, highTier, maxWidth, maxHeight, ...readAv1Color(bits, profile) };
}

function skipInterTools(bits: BitReader): void {
  bits.skip(4); // interintra and masked compound, warped motion, dual filter
  const hasOrderHint = bits.flag();
  if (hasOrderHint) bits.skip(2);
  // Chosen by each frame, or for all of them: then one more bit says what.
  const usesScreenContentTools = bits.flag() || bits.flag();
  if (usesScreenContentTools && !bits.flag()) bits.skip(1); // integer motion vectors
  if (hasOrderHint) bits.skip(3);
}
