/**
 * FLV tag, and the PreviousTagSize behind it.
 *
 *   UB2 0, UB1 filter (1: encrypted), UB5 type
 *   UI24 size, UI24 timestamp, UI8 timestamp bits 31..24, UI24 stream id (0)
 *   data[size]
 *   UI32 PreviousTagSize (11 + size)
 *
 * FLV E.3, E.4.1; E-RTMP "Enhancing onMetaData" for type 15
 */

import { type ByteReader, ByteWriter } from "@rtmp/wire";
import { FlvError } from "../errors.ts";
import { checkField } from "../field-range.ts";
import { previousTagSizeBytes } from "./header.ts";

/** What a tag holds; the numbers are those of RTMP messages. */
export const FlvTagType = {
  Audio: 8,
  Video: 9,
  /** Script data in AMF3. */
  DataAmf3: 15,
  /** Script data in AMF0: onMetaData, cue points. */
  DataAmf0: 18,
} as const;
export type FlvTagType = (typeof FlvTagType)[keyof typeof FlvTagType];

/** One tag of a file: one RTMP message. */
export interface FlvTag {
  /** What `data` is. */
  readonly type: FlvTagType;
  /** Decoding time in milliseconds, u32; the file format takes it as SI32, so players go wrong from 2^31 on. */
  readonly timestamp: number;
  /** The body of an audio, video or data message, at most 16777215 bytes. */
  readonly data: Uint8Array;
}

/** Bytes of a tag in front of its data. */
export const tagHeaderBytes = 11;

const filterBit = 0x20;
const typeBits = 0x1f;
const maxDataBytes = 0xff_ffff;

/** The first bytes of a tag. */
export interface TagHeader {
  /** UB5, also one that is no {@link FlvTagType}. */
  readonly type: number;
  /** Bytes of data, UI24. */
  readonly size: number;
  /** Milliseconds, u32. */
  readonly timestamp: number;
}

/**
 * Reads the first 11 bytes of a tag; the stream id is ignored.
 *
 * @param fileOffset  where the tag begins in its file, for the error
 * @throws FlvError `RTMP_ERR_FLV_ENCRYPTED_TAG`
 */
export function readTagHeader(reader: ByteReader, fileOffset: number): TagHeader {
  const first = reader.u8();
  if ((first & filterBit) !== 0) {
    const message = `the tag at byte ${fileOffset} is encrypted`;
    throw new FlvError("RTMP_ERR_FLV_ENCRYPTED_TAG", message, { offset: fileOffset });
  }
  const size = reader.u24();
  const low = reader.u24();
  const timestamp = reader.u8() * 0x100_0000 + low;
  reader.u24();
  return { type: first & typeBits, size, timestamp };
}

/** Tells whether a tag of this type has a meaning. */
export function isTagType(type: number): type is FlvTagType {
  return (
    type === FlvTagType.Audio ||
    type === FlvTagType.Video ||
    type === FlvTagType.DataAmf0 ||
    type === FlvTagType.DataAmf3
  );
}

/**
 * Writes a tag and the PreviousTagSize behind it: 15 bytes more than its data.
 *
 * @returns bytes that the caller owns
 * @throws RangeError when the type is none of {@link FlvTagType}, the timestamp no u32 or the data too long
 */
export function encodeFlvTag(tag: FlvTag): Uint8Array<ArrayBuffer> {
  const { type, timestamp, data } = tag;
  if (!isTagType(type)) throw new RangeError(`no tag is of type ${String(type)}`);
  checkField("timestamp", timestamp, 0xffff_ffff);
  checkField("length of the data", data.length, maxDataBytes);

  const writer = new ByteWriter(tagHeaderBytes + data.length + previousTagSizeBytes);
  writer.u8(type);
  writer.u24(data.length);
  // The low 24 bits come first, unlike in every other field (FLV E.4.1).
  writer.u24(timestamp & 0xff_ffff);
  writer.u8(timestamp >>> 24);
  writer.u24(0);
  writer.bytes(data);
  writer.u32(tagHeaderBytes + data.length);
  return writer.take();
}
