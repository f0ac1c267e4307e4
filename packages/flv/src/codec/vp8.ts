/**
 * Header of a VP8 key frame.
 *
 *   UI24, low byte first: UB1 inter frame (low bit), UB3 version, UB1 shown, UB19 bytes of the first partition
 *   9d 01 2a, UI16 low byte first: UB2 scale, UB14 width; UI16 low byte first: UB2 scale, UB14 height
 *
 * RFC 6386 §9.1
 */

import { ByteReader } from "@rtmp/wire";
import { truncatedMessage } from "../errors.ts";
import { invalidConfiguration } from "./configuration-error.ts";
import { checkedSize } from "./picture-size.ts";
import { vpCodec } from "./vp-configuration.ts";

/** What the header of a VP8 key frame says. */
export interface Vp8KeyFrame {
  /** The name with the level 0, which is not said: such as "vp08.00.00.08". */
  readonly codec: string;
  /** `version`, which the record calls profile: 0 to 3. */
  readonly profile: number;
  /** Luma samples of a row, 1 to 16383. */
  readonly width: number;
  /** Rows of luma samples, 1 to 16383. */
  readonly height: number;
  /** Always 8. */
  readonly bitDepth: number;
}

const startCode = 0x9d012a;
const lastProfile = 3;

/**
 * Decodes the header of a VP8 frame.
 *
 * @returns `undefined` when it is not a key frame
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function decodeVp8KeyFrame(frame: Uint8Array): Vp8KeyFrame | undefined {
  const reader = new ByteReader(frame, truncatedMessage);
  const first = reader.u8();
  if ((first & 0x01) === 1) return undefined;

  reader.u16();
  if (reader.u24() !== startCode) throw invalidConfiguration("no start code of VP8", 3);
  const profile = (first >> 1) & 0x07;
  if (profile > lastProfile) throw invalidConfiguration(`VP8 version ${profile}`, 0);
  // Low byte first; the high two bits ask for scaling when shown.
  const width = reader.u8() | ((reader.u8() & 0x3f) << 8);
  const height = reader.u8() | ((reader.u8() & 0x3f) << 8);
  const bitDepth = 8;
  return {
    codec: vpCodec("vp08", { profile, level: 0, bitDepth }),
    profile,
    ...checkedSize(width, height, 6),
    bitDepth,
  };
}
