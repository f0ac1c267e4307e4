/**
 * Timing and operating points in a sequence header of AV1, the first of which tells the level.
 *
 *   UB1 timing present: UI32 ticks, UI32 time scale, UB1 equal interval: uvlc; UB1 decoder model: UB5, UI32, UB5, UB5
 *   UB1 display delay present, UB5 operating points - 1
 *   { UB12 layers, UB5 level, UB1 tier above level 3.3, decoder model, display delay }
 *
 * AV1 §5.5.1, §5.5.3 to §5.5.5, §4.10.3
 */

import type { BitReader } from "./bit-reader.ts";
import { invalidConfiguration } from "./configuration-error.ts";

/** Level and tier of an operating point. */
export interface Av1OperatingPoint {
  /** `seq_level_idx`, 0 to 31. */
  readonly level: number;
  /** Whether the level is one of the high tier. */
  readonly highTier: boolean;
}

const lastLevelOfOneTier = 7;
const maxUvlcZeros = 32;

/**
 * Reads timing, decoder model and all operating points.
 *
 * @returns the first operating point, which is the whole stream
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function readAv1OperatingPoint(bits: BitReader): Av1OperatingPoint {
  const delayBits = bits.flag() ? readTiming(bits) : 0;
  const hasDisplayDelay = bits.flag();
  const points = bits.u(5) + 1;
  const first = readPoint(bits, delayBits, hasDisplayDelay);
  for (let i = 1; i < points; i++) readPoint(bits, delayBits, hasDisplayDelay);
  return first;
}

function readPoint(
  bits: BitReader,
  delayBits: number,
  hasDisplayDelay: boolean,
): Av1OperatingPoint {
  bits.skip(12);
  const level = bits.u(5);
  const highTier = level > lastLevelOfOneTier && bits.flag();
  if (delayBits > 0 && bits.flag()) bits.skip(2 * delayBits + 1);
  if (hasDisplayDelay && bits.flag()) bits.skip(4);
  return { level, highTier };
}

/** Reads how many bits the delays of the decoder model have; 0 where there is no model. */
function readTiming(bits: BitReader): number {
  bits.skip(32 + 32);
  if (bits.flag()) skipUvlc(bits);
  if (!bits.flag()) return 0;

  const delayBits = bits.u(5) + 1;
  bits.skip(32 + 5 + 5);
  return delayBits;
}

/** As an exponential Golomb code, but 32 zeros are a code of their own. */
function skipUvlc(bits: BitReader): void {
  const at = bits.offset;
  let zeros = 0;
  while (!bits.flag()) {
    if (++zeros > maxUvlcZeros) throw invalidConfiguration("num_ticks_per_picture has no end", at);
  }
  if (zeros < maxUvlcZeros) bits.skip(zeros);
}
