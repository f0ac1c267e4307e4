/**
 * VvcDecoderConfigurationRecord: what a decoder of H.266 needs before the first frame.
 *
 *   UB5 1s, UB2 lengthSizeMinusOne, UB1 profile present
 *   profile: UB9 output layer set, UB3 sub-layers, UB2 constant frame rate, UB2 chroma format, UB3 bit depth - 8, UB5 1s,
 *   VvcPTLRecord, UI16 width, UI16 height, UI16 average frame rate
 *   UI8 array count, { UB1 complete, UB2 0, UB5 NAL unit type, UI16 count (not for DCI and OPI), { UI16 length, NAL unit } }
 *
 * In MP4 files version and flags stand in front of it, here they do not.
 *
 * ISO/IEC 14496-15 §11.2.4.2, codec names in its Annex E
 */

import { ByteReader } from "@rtmp/wire";
import { truncatedMessage } from "../errors.ts";
import { defaultFlvLimits, type FlvLimits } from "../limits.ts";
import { invalidConfiguration } from "./configuration-error.ts";
import { type ParameterSetArray, ParameterSetReader } from "./parameter-sets.ts";
import { readVvcProfile, type VvcProfile, vvcCodec } from "./vvc-profile.ts";

/** What the record of H.266 says of the stream, in front of the parameter sets. */
export interface VvcStreamInfo extends VvcProfile {
  /** The output layer set, 0 to 511, that the rest is about. */
  readonly outputLayerSet: number;
  /** Temporal sub-layers, 1 to 7; 0 is not said. */
  readonly subLayers: number;
  /** `chroma_format_idc`: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  /** Bits of a luma sample, 8 to 15. */
  readonly bitDepth: number;
  /** Luma samples of the largest picture, u16. */
  readonly maxWidth: number;
  /** Luma samples of the largest picture, u16. */
  readonly maxHeight: number;
  /** Frames in 256 seconds, u16; 0 is not said. */
  readonly averageFrameRate: number;
}

/** The record of H.266. */
export interface VvcConfiguration {
  /** Profile, tier and level, constraints: such as "vvc1.1.L51.CQA"; "vvc1" where the record has no profile. */
  readonly codec: string;
  /** Bytes of the length in front of each NAL unit of a frame: 1, 2 or 4; 3 is forbidden but passes. */
  readonly nalLengthBytes: number;
  /** `undefined` where the record has parameter sets only. */
  readonly stream: VvcStreamInfo | undefined;
  /** Parameter sets and SEI, sorted by type. */
  readonly arrays: readonly ParameterSetArray[];
}

const operatingPointInformation = 12;
const decodingCapabilityInformation = 13;

/**
 * Decodes the record of H.266; the parameter sets are not looked into.
 *
 * @param bytes  a whole record, such as the view of a `sequence-start` frame of codec "vvc1"; kept as views
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`,
 *   `RTMP_ERR_FLV_TOO_MANY_PARAMETER_SETS`
 */
export function decodeVvcConfiguration(
  bytes: Uint8Array,
  limits: FlvLimits = defaultFlvLimits,
): VvcConfiguration {
  const reader = new ByteReader(bytes, truncatedMessage);
  const first = reader.u8();
  // The version of an MP4 box, or of another codec's record, has zeros here.
  if (first < 0xf8) throw invalidConfiguration("not a VvcDecoderConfigurationRecord", 0);

  const stream = (first & 0x01) === 1 ? readStreamInfo(reader) : undefined;
  return {
    codec: stream === undefined ? "vvc1" : vvcCodec(stream),
    nalLengthBytes: ((first >> 1) & 0x03) + 1,
    stream,
    arrays: readArrays(reader, limits),
  };
}

function readStreamInfo(reader: ByteReader): VvcStreamInfo {
  const layers = reader.u16();
  const subLayers = (layers >> 4) & 0x07;
  const bitDepth = 8 + (reader.u8() >> 5);
  return {
    outputLayerSet: layers >> 7,
    subLayers,
    chromaFormat: layers & 0x03,
    bitDepth,
    ...readVvcProfile(reader, subLayers),
    maxWidth: reader.u16(),
    maxHeight: reader.u16(),
    averageFrameRate: reader.u16(),
  };
}

function readArrays(reader: ByteReader, limits: FlvLimits): ParameterSetArray[] {
  const sets = new ParameterSetReader(reader, limits);
  const count = reader.u8();
  const arrays: ParameterSetArray[] = [];
  for (let i = 0; i < count; i++) {
    const header = reader.u8();
    const type = header & 0x1f;
    arrays.push({
      type,
      complete: header >= 0x80,
      sets: sets.read(isSingle(type) ? 1 : reader.u16()),
    });
  }
  return arrays;
}

/** Tells whether there is one of a type, without a count. */
function isSingle(type: number): boolean {
  return type === operatingPointInformation || type === decodingCapabilityInformation;
}
