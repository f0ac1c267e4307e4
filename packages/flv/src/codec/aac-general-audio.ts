/**
 * GASpecificConfig: the core of most codecs of MPEG-4 Audio, AAC-LC among them.
 *
 *   UB1 frame length 960, UB1 core coder: UB14 delay, UB1 extension
 *   channelConfiguration 0: program_config_element, which lists the channels
 *   scalable: UB3 layer; extension: of the error resilient types; error resilient types: UB2 epConfig
 *
 * ISO/IEC 14496-3 §4.4.1, §4.4.1.1
 */

import type { BitReader } from "./bit-reader.ts";

/** What the configuration of a core says. */
export interface GeneralAudio {
  /** Whether it was read to its end, so that more can be read behind it. */
  readonly isKnown: boolean;
  /** Channels that a program config element lists; `undefined` where there is none. */
  readonly channels: number | undefined;
}

// Main, LC, SSR, LTP, scalable, TwinVQ; error resilient: LC, LTP, scalable, TwinVQ, BSAC, LD.
const generalAudioTypes: ReadonlySet<number> = new Set([1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23]);
const firstErrorResilientType = 17;
const scalableTypes: ReadonlySet<number> = new Set([6, 20]);
const bsac = 22;
const typesWithResilienceFlags: ReadonlySet<number> = new Set([17, 19, 20, 23]);

/**
 * Reads the configuration of the core where its object type is one of general audio, and nothing else.
 *
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`
 */
export function readGeneralAudio(
  bits: BitReader,
  objectType: number,
  channelConfiguration: number,
): GeneralAudio {
  if (!generalAudioTypes.has(objectType)) return { isKnown: false, channels: undefined };

  bits.skip(1);
  if (bits.flag()) bits.skip(14);
  const hasExtension = bits.flag();
  const channels = channelConfiguration === 0 ? readProgramConfig(bits) : undefined;
  if (scalableTypes.has(objectType)) bits.skip(3);
  if (hasExtension) skipExtension(bits, objectType);
  if (objectType >= firstErrorResilientType) bits.skip(2);
  return { isKnown: true, channels };
}

function skipExtension(bits: BitReader, objectType: number): void {
  if (objectType === bsac) bits.skip(5 + 11);
  if (typesWithResilienceFlags.has(objectType)) bits.skip(3);
  bits.skip(1);
}

/** Reads a program_config_element and counts its channels. */
function readProgramConfig(bits: BitReader): number {
  bits.skip(4 + 2 + 4);
  const speakers = bits.u(4) + bits.u(4) + bits.u(4);
  const lfe = bits.u(2);
  const data = bits.u(3);
  const coupling = bits.u(4);
  for (const mixdownBits of [4, 4, 3]) {
    if (bits.flag()) bits.skip(mixdownBits);
  }

  let channels = lfe;
  for (let i = 0; i < speakers; i++) {
    channels += bits.flag() ? 2 : 1;
    bits.skip(4);
  }
  bits.skip((lfe + data) * 4 + coupling * 5);
  // The comment begins with a byte of the whole configuration.
  bits.align();
  bits.skip(bits.u(8) * 8);
  return channels;
}
