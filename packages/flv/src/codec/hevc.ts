/**
 * HEVCDecoderConfigurationRecord: what a decoder of H.265 needs before the first frame.
 *
 *   UI8 version (1), UB2 profile space, UB1 tier, UB5 profile, UI32 compatibility flags, UB48 constraint flags, UI8 level
 *   UB4 1s, UB12 min spatial segmentation, UB6 1s, UB2 parallelism, UB6 1s, UB2 chroma format
 *   UB5 1s, UB3 luma bit depth - 8, UB5 1s, UB3 chroma bit depth - 8, UI16 average frame rate
 *   UB2 constant frame rate, UB3 temporal layers, UB1 nested, UB2 lengthSizeMinusOne
 *   UI8 array count, { UB1 complete, UB1 0, UB6 NAL unit type, UI16 count, { UI16 length, NAL unit } }
 *
 * ISO/IEC 14496-15 §8.3.3.1, codec names in its Annex E
 */

import { ByteReader } from "@rtmp/wire";
import { truncatedMessage } from "../errors.ts";
import { defaultFlvLimits, type FlvLimits } from "../limits.ts";
import { unknownVersion } from "./configuration-error.ts";
import { type ParameterSetArray, ParameterSetReader } from "./parameter-sets.ts";

/** `nal_unit_type` of an HEVC sequence parameter set. */
export const hevcSpsType = 33;

/** The record of H.265. */
export interface HevcConfiguration {
  /** Profile, compatibility, tier and level, constraints: such as "hvc1.1.6.L93.B0". */
  readonly codec: string;
  /** `general_profile_space`: 0 to 3; 0 is the only one that has a meaning yet. */
  readonly profileSpace: number;
  /** `general_profile_idc`: 1 Main, 2 Main 10, 4 range extensions … */
  readonly profile: number;
  /** Compatibility flags, UI32; profile 0 is the high bit. */
  readonly compatibility: number;
  /** Constraint flags: six bytes, a view of the record. */
  readonly constraints: Uint8Array;
  /** Whether the level is one of the high tier. */
  readonly highTier: boolean;
  /** `general_level_idc`, thirty times the level: 93 is 3.1. */
  readonly level: number;
  /** `chroma_format_idc`: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  /** Bits of a luma sample, 8 to 15. */
  readonly bitDepth: number;
  /** Frames in 256 seconds, u16; 0 is not said. */
  readonly averageFrameRate: number;
  /** Temporal layers, 0 to 7; 0 is not said. */
  readonly temporalLayers: number;
  /** Bytes of the length in front of each NAL unit of a frame: 1, 2 or 4; 3 is forbidden but passes. */
  readonly nalLengthBytes: number;
  /** Parameter sets and SEI, sorted by type. */
  readonly arrays: readonly ParameterSetArray[];
}

const version = 1;

/**
 * Decodes the record of H.265; the parameter sets are not looked into.
 *
 * @param bytes  a whole record, such as the view of a `sequence-start` frame of codec "hvc1"; kept as views
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_UNKNOWN_CONFIGURATION_VERSION`,
 *   `RTMP_ERR_FLV_TOO_MANY_PARAMETER_SETS`
 */
export function decodeHevcConfiguration(
  bytes: Uint8Array,
  limits: FlvLimits = defaultFlvLimits,
): HevcConfiguration {
  const reader = new ByteReader(bytes, truncatedMessage);
  const found = reader.u8();
  // Records from before the standard was final have 0.
  if (found > version) throw unknownVersion("HEVCDecoderConfigurationRecord", found, 0);

  const general = reader.u8();
  const profile = {
    profileSpace: general >> 6,
    profile: general & 0x1f,
    compatibility: reader.u32(),
    constraints: reader.view(6),
    highTier: (general & 0x20) !== 0,
    level: reader.u8(),
  };
  reader.view(3);
  const chromaFormat = reader.u8() & 0x03;
  const bitDepth = 8 + (reader.u8() & 0x07);
  reader.u8();
  const averageFrameRate = reader.u16();
  const layers = reader.u8();
  return {
    codec: hevcCodec(profile),
    ...profile,
    chromaFormat,
    bitDepth,
    averageFrameRate,
    temporalLayers: (layers >> 3) & 0x07,
    nalLengthBytes: (layers & 0x03) + 1,
    arrays: readArrays(reader, limits),
  };
}

function readArrays(reader: ByteReader, limits: FlvLimits): ParameterSetArray[] {
  const sets = new ParameterSetReader(reader, limits);
  const count = reader.u8();
  const arrays: ParameterSetArray[] = [];
  for (let i = 0; i < count; i++) {
    const header = reader.u8();
    arrays.push({
      type: header & 0x3f,
      complete: header >= 0x80,
      sets: sets.read(reader.u16()),
    });
  }
  return arrays;
}

function hevcCodec(
  general: Pick<
    HevcConfiguration,
    "profileSpace" | "profile" | "compatibility" | "constraints" | "highTier" | "level"
  >,
): string {
  const space = ["", "A", "B", "C"][general.profileSpace] ?? "";
  const tier = general.highTier ? "H" : "L";
  // Zero bytes at the end are left out.
  const end = general.constraints.findLastIndex((byte) => byte !== 0) + 1;
  return [
    `hvc1.${space}${general.profile}`,
    reversedBits(general.compatibility).toString(16).toUpperCase(),
    `${tier}${general.level}`,
    ...Array.from(general.constraints.subarray(0, end), (byte) => byte.toString(16).toUpperCase()),
  ].join(".");
}

/** Turns 32 bits around: in the name profile 0 is the low bit. */
function reversedBits(value: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) reversed = reversed * 2 + ((value >>> bit) & 1);
  return reversed;
}
