/**
 * Colours in a sequence header of AV1.
 *
 *   UB1 high bit depth, profile 2: UB1 twelve bit, not profile 1: UB1 monochrome
 *   UB1 description present: UI8 primaries, UI8 transfer, UI8 matrix
 *   UB1 full range, profile 2 of 12 bits: UB1 subsampling x, UB1 subsampling y, 4:2:0: UB2 sample position
 *
 * AV1 §5.5.2; code points in H.273
 */

import type { BitReader } from "./bit-reader.ts";

/** Bit depth and colours of AV1. */
export interface Av1Color {
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
  /** Code point of H.273, UI8; 2 is not specified. */
  readonly colorPrimaries: number;
  /** Code point of H.273, UI8; 2 is not specified. */
  readonly transferCharacteristics: number;
  /** Code point of H.273, UI8; 2 is not specified. */
  readonly matrixCoefficients: number;
  /** Whether samples use all values, and not only those of television. */
  readonly fullRange: boolean;
}

type ColorPoints = Pick<
  Av1Color,
  "colorPrimaries" | "transferCharacteristics" | "matrixCoefficients"
>;

/**
 * Reads color_config up to the position of the chroma samples.
 *
 * @param profile  `seq_profile`, 0 to 2
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`
 */
export function readAv1Color(bits: BitReader, profile: number): Av1Color {
  const bitDepth = readBitDepth(bits, profile);
  const monochrome = profile !== 1 && bits.flag();
  const points = readColorPoints(bits);
  if (isSrgb(points) && !monochrome) {
    const subsampling = { subsamplingX: 0, subsamplingY: 0, chromaSamplePosition: 0 };
    return { bitDepth, monochrome, ...points, fullRange: true, ...subsampling };
  }

  const fullRange = bits.flag();
  const [subsamplingX, subsamplingY] = monochrome
    ? [1, 1]
    : readSubsampling(bits, profile, bitDepth);
  const hasPosition = !monochrome && subsamplingX === 1 && subsamplingY === 1;
  return {
    bitDepth,
    monochrome,
    ...points,
    fullRange,
    subsamplingX,
    subsamplingY,
    chromaSamplePosition: hasPosition ? bits.u(2) : 0,
  };
}

function readBitDepth(bits: BitReader, profile: number): number {
  if (!bits.flag()) return 8;
  return profile === 2 && bits.flag() ? 12 : 10;
}

function readColorPoints(bits: BitReader): ColorPoints {
  const isDescribed = bits.flag();
  return {
    colorPrimaries: isDescribed ? bits.u(8) : 2,
    transferCharacteristics: isDescribed ? bits.u(8) : 2,
    matrixCoefficients: isDescribed ? bits.u(8) : 2,
  };
}

function isSrgb(points: ColorPoints): boolean {
  return (
    points.colorPrimaries === 1 &&
    points.transferCharacteristics === 13 &&
    points.matrixCoefficients === 0
  );
}

function readSubsampling(bits: BitReader, profile: number, bitDepth: number): [number, number] {
  if (profile === 0) return [1, 1];
  if (profile === 1) return [0, 0];
  if (bitDepth < 12) return [1, 0];

  const x = bits.u(1);
  return [x, x === 1 ? bits.u(1) : 0];
}
