/**
 * VPCodecConfigurationRecord: what is known of a VP8 or VP9 stream before the first frame.
 *
 *   UI8 profile, UI8 level, UB4 bit depth, UB3 chroma subsampling, UB1 full range
 *   UI8 primaries, UI8 transfer, UI8 matrix, UI16 bytes of initialization data (0), initialization data
 *
 * FFmpeg and others put version and flags of an MP4 box (01 00 00 00) in front of it. The size of the pictures is in
 * every key frame only.
 *
 * VP Codec ISO Media File Format Binding 1.0 §2.2, codec names in its §2.4; code points in H.273
 */

import { ByteReader } from "@rtmp/wire";
import { truncatedMessage } from "../errors.ts";
import { colorPoint, twoDigits } from "./codec-name.ts";
import { invalidConfiguration } from "./configuration-error.ts";

/** The record of VP8 and VP9. */
export interface VpConfiguration {
  /** Profile, level, bit depth, and the colours where they are not the usual ones: such as "vp09.00.31.08". */
  readonly codec: string;
  /** 0 to 3. */
  readonly profile: number;
  /** Ten times the level: 31 is 3.1; 0 is not said. */
  readonly level: number;
  /** Bits of a sample: 8, 10 or 12. */
  readonly bitDepth: number;
  /** 0 4:2:0 vertical, 1 4:2:0 colocated, 2 4:2:2, 3 4:4:4. */
  readonly chromaSubsampling: number;
  /** Whether samples use all values, and not only those of television. */
  readonly fullRange: boolean;
  /** Code point of H.273, UI8; 2 is not specified. */
  readonly colorPrimaries: number;
  /** Code point of H.273, UI8; 2 is not specified. */
  readonly transferCharacteristics: number;
  /** Code point of H.273, UI8; 2 is not specified. */
  readonly matrixCoefficients: number;
}

/** What names a stream of VP8 or VP9. */
export type VpCodecFields = Pick<VpConfiguration, "profile" | "level" | "bitDepth"> &
  Partial<VpConfiguration>;

const boxHeaderBytes = 4;
const recordBytes = 8;
const lastProfile = 3;
const usualColor = "01.01.01.01.00";

/**
 * Decodes the record of VP8 or VP9, with or without the version and flags of a box in front.
 *
 * @param fourCc  "vp08" or "vp09": the record does not say
 * @param bytes   a whole record, such as the view of a `sequence-start` frame
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function decodeVpConfiguration(fourCc: "vp08" | "vp09", bytes: Uint8Array): VpConfiguration {
  const start = hasBoxHeader(bytes) ? boxHeaderBytes : 0;
  const reader = new ByteReader(bytes, truncatedMessage, start);
  reader.need(recordBytes);
  const profile = reader.u8();
  const level = reader.u8();
  const format = reader.u8();
  const bitDepth = format >> 4;
  if (profile > lastProfile) throw invalidConfiguration(`VP profile ${profile}`, start);
  if (![8, 10, 12].includes(bitDepth)) {
    throw invalidConfiguration(`${bitDepth} bits of a sample`, start + 2);
  }

  const fields = {
    profile,
    level,
    bitDepth,
    chromaSubsampling: (format >> 1) & 0x07,
    fullRange: (format & 0x01) === 1,
    colorPrimaries: reader.u8(),
    transferCharacteristics: reader.u8(),
    matrixCoefficients: reader.u8(),
  };
  reader.view(reader.u16());
  return { codec: vpCodec(fourCc, fields), ...fields };
}

/** As the first fields of a bare record these bytes would be a profile of no level and samples of no bits. */
function hasBoxHeader(bytes: Uint8Array): boolean {
  const [version = 0, ...flags] = bytes.subarray(0, boxHeaderBytes);
  return bytes.length >= boxHeaderBytes && version <= 1 && flags.every((byte) => byte === 0);
}

/** Names a stream of VP8 or VP9: profile, level, bit depth, and the colours unless they are the usual ones. */
export function vpCodec(fourCc: "vp08" | "vp09", fields: VpCodecFields): string {
  const codec = [fourCc, ...[fields.profile, fields.level, fields.bitDepth].map(twoDigits)].join(
    ".",
  );
  const color = [
    twoDigits(fields.chromaSubsampling ?? 1),
    colorPoint(fields.colorPrimaries),
    colorPoint(fields.transferCharacteristics),
    colorPoint(fields.matrixCoefficients),
    fields.fullRange === true ? "01" : "00",
  ].join(".");
  return color === usualColor ? codec : `${codec}.${color}`;
}
