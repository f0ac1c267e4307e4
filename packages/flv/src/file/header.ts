/**
 * FLV file header, and the PreviousTagSize of 0 behind it.
 *
 *   "FLV", UI8 version (1)
 *   UB5 0, UB1 hasAudio, UB1 0, UB1 hasVideo
 *   UI32 where the tags begin (9), counted from the start of the file
 *   UI32 PreviousTagSize0 (0)
 *
 * FLV E.2, E.3
 */

import { ByteReader, ByteWriter } from "@rtmp/wire";
import { FlvError, truncatedMessage } from "../errors.ts";

/** Bytes of the header without what a later version may add. */
export const fileHeaderBytes = 9;
/** Bytes of a PreviousTagSize. */
export const previousTagSizeBytes = 4;

const signature = 0x46_4c_56;
const version = 1;
const audioFlag = 0x04;
const videoFlag = 0x01;

/** The first bytes of an FLV file. */
export interface FlvFileHeader {
  /** Whether audio tags are to be expected; encoders get it wrong. */
  readonly hasAudio: boolean;
  /** Whether video tags are to be expected; encoders get it wrong. */
  readonly hasVideo: boolean;
  /** Where PreviousTagSize0 stands, bytes from the start of the file, at least 9. */
  readonly dataOffset: number;
}

/**
 * Reads the header of a file.
 *
 * @param bytes  from the start of the file, 9 bytes or more
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_FILE_HEADER`, `RTMP_ERR_FLV_UNKNOWN_FILE_VERSION`
 */
export function decodeFlvFileHeader(bytes: Uint8Array): FlvFileHeader {
  const reader = new ByteReader(bytes, truncatedMessage);
  reader.need(fileHeaderBytes);
  if (reader.u24() !== signature) {
    throw new FlvError("RTMP_ERR_FLV_INVALID_FILE_HEADER", "the file does not begin with FLV", {
      offset: 0,
    });
  }
  const found = reader.u8();
  if (found !== version) {
    const message = `version ${found} of FLV is not known`;
    throw new FlvError("RTMP_ERR_FLV_UNKNOWN_FILE_VERSION", message, { offset: 3 });
  }

  const flags = reader.u8();
  const dataOffset = reader.u32();
  if (dataOffset < fileHeaderBytes) {
    const message = `the tags cannot begin at byte ${dataOffset}, within the file header`;
    throw new FlvError("RTMP_ERR_FLV_INVALID_FILE_HEADER", message, { offset: 5 });
  }
  return {
    hasAudio: (flags & audioFlag) !== 0,
    hasVideo: (flags & videoFlag) !== 0,
    dataOffset,
  };
}

/**
 * Writes what goes in front of the first tag: header and PreviousTagSize0, 13 bytes.
 *
 * @param header  players wait for a kind that is promised and never comes
 */
export function encodeFlvFileHeader(
  header: Pick<FlvFileHeader, "hasAudio" | "hasVideo">,
): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(fileHeaderBytes + previousTagSizeBytes);
  writer.u24(signature);
  writer.u8(version);
  writer.u8((header.hasAudio ? audioFlag : 0) | (header.hasVideo ? videoFlag : 0));
  writer.u32(fileHeaderBytes);
  writer.u32(0);
  return writer.take();
}
