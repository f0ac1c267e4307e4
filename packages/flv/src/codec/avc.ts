/**
 * AVCDecoderConfigurationRecord: what a decoder of H.264 needs before the first frame.
 *
 *   UI8 version (1), UI8 profile, UI8 constraint flags, UI8 level
 *   UB6 1s, UB2 lengthSizeMinusOne
 *   UB3 1s, UB5 SPS count, { UI16 length, SPS }
 *   UI8 PPS count, { UI16 length, PPS }
 *   profiles above Main, often left out: UB6 1s, UB2 chroma format, UB5 1s, UB3 luma bit depth - 8,
 *   UB5 1s, UB3 chroma bit depth - 8, UI8 SPS extension count, { UI16 length, SPS extension }
 *
 * ISO/IEC 14496-15 §5.3.3.1
 */

import { ByteReader } from "@rtmp/wire";
import { truncatedMessage } from "../errors.ts";
import { defaultFlvLimits, type FlvLimits } from "../limits.ts";
import { unknownVersion } from "./configuration-error.ts";
import { type ParameterSet, ParameterSetReader } from "./parameter-sets.ts";

/** The record of H.264. */
export interface AvcConfiguration {
  /** RFC 6381 §3.3: "avc1." and the next three fields as six hex digits, such as "avc1.64001f". */
  readonly codec: string;
  /** `profile_idc`: 66 Baseline, 77 Main, 100 High … */
  readonly profile: number;
  /** `constraint_set` flags, UI8; set 0 is the high bit. */
  readonly constraints: number;
  /** `level_idc`, ten times the level: 31 is 3.1; 9 is 1b. */
  readonly level: number;
  /** Bytes of the length in front of each NAL unit of a frame: 1, 2 or 4; 3 is forbidden but passes. */
  readonly nalLengthBytes: number;
  /** Sequence parameter sets; none where the encoder sends them in the stream. */
  readonly sps: readonly ParameterSet[];
  /** Picture parameter sets; none is tolerated. */
  readonly pps: readonly ParameterSet[];
  /** SPS extensions: none unless there is an alpha channel. */
  readonly spsExtensions: readonly ParameterSet[];
}

const version = 1;
const tailBytes = 4;
const profilesWithoutTail: ReadonlySet<number> = new Set([66, 77, 88]);

/**
 * Decodes the record of H.264; the parameter sets are not looked into.
 *
 * @param bytes  a whole record, such as the view of a `sequence-start` frame of codec "avc1"; kept as views
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_UNKNOWN_CONFIGURATION_VERSION`,
 *   `RTMP_ERR_FLV_TOO_MANY_PARAMETER_SETS`
 */
export function decodeAvcConfiguration(
  bytes: Uint8Array,
  limits: FlvLimits = defaultFlvLimits,
): AvcConfiguration {
  const reader = new ByteReader(bytes, truncatedMessage);
  const found = reader.u8();
  if (found !== version) throw unknownVersion("AVCDecoderConfigurationRecord", found, 0);

  const profile = reader.u8();
  const constraints = reader.u8();
  const level = reader.u8();
  const nalLengthBytes = (reader.u8() & 0x03) + 1;
  const sets = new ParameterSetReader(reader, limits);
  const sps = sets.read(reader.u8() & 0x1f);
  const pps = sets.read(reader.u8());
  return {
    codec: avcCodec(profile, constraints, level),
    profile,
    constraints,
    level,
    nalLengthBytes,
    sps,
    pps,
    spsExtensions: hasTail(reader, profile) ? readSpsExtensions(reader, sets) : [],
  };
}

function avcCodec(...fields: number[]): string {
  return `avc1.${fields.map((field) => field.toString(16).padStart(2, "0")).join("")}`;
}

/** Tells whether the tail follows; some writers leave it out, and some put other bytes there. */
function hasTail({ bytes, offset, left }: ByteReader, profile: number): boolean {
  if (profilesWithoutTail.has(profile) || left < tailBytes) return false;
  const [format = 0, luma = 0, chroma = 0] = bytes.subarray(offset, offset + tailBytes);
  return format >= 0xfc && luma >= 0xf8 && chroma >= 0xf8;
}

function readSpsExtensions(reader: ByteReader, sets: ParameterSetReader): ParameterSet[] {
  // Chroma format and bit depths stand in the SPS too.
  reader.offset += tailBytes - 1;
  return sets.read(reader.u8());
}
