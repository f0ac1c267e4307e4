/**
 * VvcPTLRecord: profile, tier and level of H.266.
 *
 *   UB2 0, UB6 constraint bytes (from 1), UB7 profile, UB1 tier, UI8 level
 *   UB1 frame only, UB1 multilayer, general constraint info in the rest of the constraint bytes
 *   more than one sub-layer: one flag for each but the highest, from high to low, padded to 8; UI8 level for each flag
 *   UI8 sub-profile count, { UI32 sub-profile }
 *
 * ISO/IEC 14496-15 §11.2.4.2, names in its Annex E
 */

import type { ByteReader } from "@rtmp/wire";
import { invalidConfiguration } from "./configuration-error.ts";

/** Profile, tier and level of H.266. */
export interface VvcProfile {
  /** `general_profile_idc`: 1 Main 10, 33 Main 10 4:4:4 … */
  readonly profile: number;
  /** Whether the level is one of the high tier. */
  readonly highTier: boolean;
  /** `general_level_idc`, sixteen times the level and three for each step: 51 is 3.1. */
  readonly level: number;
  /** Frame only flag, multilayer flag, general constraint info: 1 to 63 bytes, a view of the record. */
  readonly constraints: Uint8Array;
  /** `general_sub_profile_idc`, each u32. */
  readonly subProfiles: readonly number[];
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Reads a VvcPTLRecord.
 *
 * @param subLayers  temporal sub-layers, 0 to 7
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION` when there are no constraint bytes
 */
export function readVvcProfile(reader: ByteReader, subLayers: number): VvcProfile {
  const { offset } = reader;
  const constraintBytes = reader.u8() & 0x3f;
  if (constraintBytes === 0) throw invalidConfiguration("a profile without constraints", offset);

  const profileAndTier = reader.u8();
  const level = reader.u8();
  const constraints = reader.view(constraintBytes);
  if (subLayers > 1) skipSubLayerLevels(reader, subLayers);
  const count = reader.u8();
  reader.need(count * 4);
  return {
    profile: profileAndTier >> 1,
    highTier: (profileAndTier & 0x01) === 1,
    level,
    constraints,
    subProfiles: Array.from({ length: count }, () => reader.u32()),
  };
}

function skipSubLayerLevels(reader: ByteReader, subLayers: number): void {
  const flags = reader.u8();
  for (let i = 0; i < subLayers - 1; i++) {
    if ((flags & (0x80 >> i)) !== 0) reader.u8();
  }
}

/** Names a profile: "vvc1.", profile, tier and level, constraints in base 32; what is optional is left out. */
export function vvcCodec({ profile, highTier, level, constraints }: VvcProfile): string {
  // Zero bytes at the end are left out, but the element has one byte: parsers want it.
  const end = Math.max(1, constraints.findLastIndex((byte) => byte !== 0) + 1);
  const tierAndLevel = `${highTier ? "H" : "L"}${level}`;
  return `vvc1.${profile}.${tierAndLevel}.C${toBase32(constraints.subarray(0, end))}`;
}

/** RFC 4648 §6 without padding. */
function toBase32(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += base32.charAt((buffer >> (bits - 5)) & 0x1f);
  }
  return bits === 0 ? text : text + base32.charAt((buffer << (5 - bits)) & 0x1f);
}
