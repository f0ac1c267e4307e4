/**
 * Open bitstream units of AV1, to find the sequence header among them.
 *
 *   UB1 0, UB4 obu_type, UB1 extension, UB1 has size, UB1 0
 *   extension: UI8; has size: leb128 bytes of the payload
 *
 * AV1 §5.3
 */

import { ByteReader } from "@rtmp/wire";
import { truncatedMessage } from "../errors.ts";
import { type Av1SequenceHeader, decodeAv1SequenceHeader } from "./av1-sequence-header.ts";
import { invalidConfiguration } from "./configuration-error.ts";

const sequenceHeaderType = 1;
const maxLeb128Bytes = 8;

/**
 * Finds and decodes the first sequence header among open bitstream units.
 *
 * @param bytes   whole units, such as the configOBUs of a record or a frame of codec "av01"
 * @param offset  where they begin in the caller's input; added to the offset of every error
 * @returns `undefined` when there is none, as in a frame that is no key frame
 * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_INVALID_CONFIGURATION`
 */
export function findAv1SequenceHeader(
  bytes: Uint8Array,
  offset = 0,
): Av1SequenceHeader | undefined {
  const reader = new ByteReader(bytes, (at, wanted, left) =>
    truncatedMessage(offset + at, wanted, left),
  );
  while (reader.left > 0) {
    const header = reader.u8();
    if (header >= 0x80) throw invalidConfiguration("not an OBU", offset + reader.offset - 1);
    if ((header & 0x04) !== 0) reader.u8();
    // Only the last unit may be without a size.
    const size = (header & 0x02) === 0 ? reader.left : readLeb128(reader, offset);
    const start = offset + reader.offset;
    const payload = reader.view(size);
    if (header >> 3 === sequenceHeaderType) return decodeAv1SequenceHeader(payload, start);
  }
  return undefined;
}

/** Reads seven bits of each byte, low ones first, until a byte below 0x80. */
function readLeb128(reader: ByteReader, offset: number): number {
  const start = offset + reader.offset;
  let value = 0;
  for (let i = 0; i < maxLeb128Bytes; i++) {
    const byte = reader.u8();
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value;
  }
  throw invalidConfiguration("the size of an OBU has no end", start);
}
