/**
 * AV1CodecConfigurationRecord: what a decoder of AV1 needs before the first frame.
 *
 *   UB1 marker (1), UB7 version (1), UB3 seq_profile, UB5 seq_level_idx_0
 *   UB1 tier, UB1 high bit depth, UB1 twelve bit, UB1 monochrome, UB1 subsampling x, UB1 subsampling y, UB2 sample position
 *   UB3 0, UB1 initial presentation delay present, UB4 delay - 1
 *   configOBUs: the sequence header OBU, often left out
 *
 * The video descriptor of MPEG-2 TS, which MPEG2TSSequenceStart carries, is UI8 tag (80), UI8 length (4) and the same
 * four bytes, of which three bits have another meaning that nobody asks for here.
 *
 * AV1-ISOBMFF §2.3, codec names in its §5; AV1-MPEG2-TS "AV1 video descriptor"; E-RTMP "Enhanced Video"
 */

import { ByteReader } from "@rtmp/wire";
import { truncatedMessage } from "../errors.ts";
import type { Av1Color } from "./av1-color.ts";
import { findAv1SequenceHeader } from "./av1-obu.ts";
import type { Av1SequenceHeader } from "./av1-sequence-header.ts";
import { colorPoint, twoDigits } from "./codec-name.ts";
import { invalidConfiguration, unknownVersion } from "./configuration-error.ts";

/** The record of AV1. */
export interface Av1Configuration {
  /** Profile, level and tier, bit depth, and the colours where they are not the usual ones: such as "av01.0.04M.08". */
  readonly codec: string;
  /** `seq_profile`: 0 Main, 1 High, 2 Professional. */
  readonly profile: number;
  /** `seq_level_idx`, 0 to 31: 8 is 4.0, four for each step; 31 is without limits. */
  readonly level: number;
  /** Whether the level is one of the high tier. */
  readonly highTier: boolean;
  /** Bits of a sample: 8, 10 or 12. */
  readonly bitDepth: number;
  /** Whether there is luma only. */
  readonly monochrome: boolean;
  /** 0 or 1: whether two luma samples of a row share one of chroma. */
  readonly subsamplingX: number;
  /** 0 or 1: whether two luma rows share one of chroma. */
  readonly subsamplingY: number;
  /** `chroma_sample_position`: 0 unknown, 1 vertical, 2 colocated. */
  readonly chromaSamplePosition: number;
  /** The sequence header of the configOBUs; `undefined` where they hold none. */
  readonly sequenceHeader: Av1SequenceHeader | undefined;
}

const markerAndVersion = 0x81;
// Would be a record of version 0, which there is not.
const descriptorTag = 0x80;
const unspecified = 2;
const usualColor = "0.110.01.01.01.0";

/**
 * Decodes the record of AV1, or the video descriptor of MPEG-2 TS.
 *
 * @param bytes  a whole record or descriptor, such as the view of a `sequence-start` frame of codec "av01"
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`,
 *   `RTMP_ERR_FLV_UNKNOWN_CONFIGURATION_VERSION`
 */
export function decodeAv1Configuration(bytes: Uint8Array): Av1Configuration {
  const reader = openRecord(bytes);
  const { offset } = reader;
  const first = reader.u8();
  if (first < 0x80) throw invalidConfiguration("not an AV1CodecConfigurationRecord", offset);
  if (first !== markerAndVersion) {
    throw unknownVersion("AV1CodecConfigurationRecord", first & 0x7f, offset);
  }

  const profileAndLevel = reader.u8();
  const format = reader.u8();
  reader.u8();
  const fields = {
    profile: profileAndLevel >> 5,
    level: profileAndLevel & 0x1f,
    highTier: format >= 0x80,
    bitDepth: bitDepthOf(format),
    monochrome: (format & 0x10) !== 0,
    subsamplingX: (format >> 3) & 1,
    subsamplingY: (format >> 2) & 1,
    chromaSamplePosition: format & 0x03,
  };
  const configObus = reader.bytes.subarray(reader.offset);
  const sequenceHeader = findAv1SequenceHeader(configObus, reader.offset);
  const color = { ...unspecifiedColor, ...sequenceHeader, ...fields };
  return { codec: av1Codec(color), ...fields, sequenceHeader };
}

/** Takes tag and length of a descriptor off. */
function openRecord(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes, truncatedMessage);
  if (bytes[0] !== descriptorTag) return reader;

  reader.u8();
  const length = reader.u8();
  reader.need(length);
  const { offset } = reader;
  return new ByteReader(bytes.subarray(0, offset + length), truncatedMessage, offset);
}

const unspecifiedColor = {
  colorPrimaries: unspecified,
  transferCharacteristics: unspecified,
  matrixCoefficients: unspecified,
  fullRange: false,
};

function bitDepthOf(format: number): number {
  if ((format & 0x40) === 0) return 8;
  return (format & 0x20) === 0 ? 10 : 12;
}

/** Names a stream of AV1: profile, level and tier, bit depth, and the colours unless they are the usual ones. */
export function av1Codec(
  header: Av1Color & Pick<Av1SequenceHeader, "profile" | "level" | "highTier">,
): string {
  const level = `${twoDigits(header.level)}${header.highTier ? "H" : "M"}`;
  const codec = `av01.${header.profile}.${level}.${twoDigits(header.bitDepth)}`;
  const color = colorElements(header);
  return color === usualColor ? codec : `${codec}.${color}`;
}

function colorElements(color: Av1Color): string {
  const { subsamplingX, subsamplingY, chromaSamplePosition } = color;
  const position = subsamplingX + subsamplingY === 2 ? chromaSamplePosition : 0;
  const points = [color.colorPrimaries, color.transferCharacteristics, color.matrixCoefficients];
  return [
    color.monochrome ? 1 : 0,
    `${subsamplingX}${subsamplingY}${position}`,
    ...points.map((point) => colorPoint(point)),
    color.fullRange ? 1 : 0,
  ].join(".");
}
