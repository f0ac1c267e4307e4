/**
 * STREAMINFO of FLAC.
 *
 *   "fLaC", UB1 last, UB7 type (0), UI24 length (34)
 *   UI16 min block, UI16 max block, UI24 min frame, UI24 max frame
 *   UB20 rate, UB3 channels - 1, UB5 bits of a sample - 1, UB36 samples, MD5
 *
 * Enhanced RTMP wants all 42 bytes; FFmpeg writes the last 34 only, and what comes from MP4 has no "fLaC".
 *
 * RFC 9639 §8.1, §8.2; E-RTMP "Enhanced Audio"
 */

import { ByteReader } from "@rtmp/wire";
import { truncatedMessage } from "../errors.ts";
import { BitReader } from "./bit-reader.ts";
import { invalidConfiguration } from "./configuration-error.ts";

/** STREAMINFO of FLAC. */
export interface FlacConfiguration {
  /** Always "flac". */
  readonly codec: string;
  /** Samples of a channel in the smallest block but the last, 16 to 65535. */
  readonly minBlockSize: number;
  /** Samples of a channel in the largest block, 16 to 65535. */
  readonly maxBlockSize: number;
  /** Bytes of the smallest frame, u24; 0 is not known. */
  readonly minFrameBytes: number;
  /** Bytes of the largest frame, u24; 0 is not known. */
  readonly maxFrameBytes: number;
  /** Hz, 1 to 1048575. */
  readonly sampleRate: number;
  /** 1 to 8. */
  readonly channels: number;
  /** Bits of a sample, 4 to 32. */
  readonly bitDepth: number;
  /** Samples of a channel in the stream, 36-bit; 0 is not known, as in live streams. */
  readonly totalSamples: number;
  /** MD5 of the decoded samples, 16 bytes, a view; all zero is not known. */
  readonly md5: Uint8Array;
}

const marker = 0x664c6143;
const streamInfoBytes = 34;
const blockHeaderBytes = 4;
const minBlock = 16;
const minBitDepth = 4;

/**
 * Decodes STREAMINFO, with or without its block header and "fLaC" in front; other metadata blocks may follow.
 *
 * @param bytes  such as the view of a `sequence-start` frame of codec "fLaC"
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function decodeFlacConfiguration(bytes: Uint8Array): FlacConfiguration {
  const reader = new ByteReader(bytes, truncatedMessage);
  if (reader.u32() !== marker) reader.offset = 0;
  if (hasBlockHeader(reader)) reader.offset += blockHeaderBytes;

  const { offset } = reader;
  const info = reader.view(streamInfoBytes);
  const bits = new BitReader(info, { offset });
  const fields = {
    codec: "flac",
    minBlockSize: bits.u(16),
    maxBlockSize: bits.u(16),
    minFrameBytes: bits.u(24),
    maxFrameBytes: bits.u(24),
    sampleRate: bits.u(20),
    channels: bits.u(3) + 1,
    bitDepth: bits.u(5) + 1,
    totalSamples: bits.u(4) * 2 ** 32 + bits.u(32),
    md5: info.subarray(streamInfoBytes - 16),
  };
  checkFields(fields, offset);
  return fields;
}

/** Tells whether a header of STREAMINFO follows; as block sizes these bytes would be forbidden. */
function hasBlockHeader({ bytes, offset }: ByteReader): boolean {
  const [type = 0, ...length] = bytes.subarray(offset, offset + blockHeaderBytes);
  return (type & 0x7f) === 0 && length.join() === `0,0,${streamInfoBytes}`;
}

function checkFields(fields: FlacConfiguration, offset: number): void {
  const { minBlockSize, maxBlockSize, sampleRate, bitDepth } = fields;
  if (minBlockSize < minBlock || minBlockSize > maxBlockSize) {
    throw invalidConfiguration(`FLAC blocks from ${minBlockSize} to ${maxBlockSize}`, offset);
  }
  if (sampleRate === 0) throw invalidConfiguration("a sample rate of 0", offset + 10);
  if (bitDepth < minBitDepth) {
    throw invalidConfiguration(`${bitDepth} bits of a sample`, offset + 12);
  }
}
