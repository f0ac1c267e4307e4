/**
 * Aggregate messages (type 22): many messages in one, each with the header of an FLV tag.
 *
 *   +--------------+----------+---------------------+----------------------+---------------+------+-------------------+
 *   | type id (8)  | size (24)| timestamp, low (24) | timestamp, high (8)  | stream id (24)| body | back pointer (32) |
 *   +--------------+----------+---------------------+----------------------+---------------+------+-------------------+
 *
 * The timestamps in it count from any zero: the first part is due at the timestamp of the aggregate message, the
 * others as much later as they say. The message stream is that of the aggregate message.
 *
 * RTMP §7.1.6; FLV E.4.1
 */

import { MessageTypeId } from "@rtmp/chunk";
import { addTimestamp, ByteReader, ByteWriter } from "@rtmp/wire";
import { MessageError, type MessageErrorCode } from "./errors.ts";
import { type MessageLimits, resolveMessageLimits } from "./limits.ts";

/** One message of an aggregate. */
export interface AggregatePart {
  /** 1 to 255, mostly 8, 9 or 18; never 22. */
  readonly typeId: number;
  /** u32, milliseconds. */
  readonly timestamp: number;
  /** The payload: a view of the aggregate's. */
  readonly body: Uint8Array;
}

/** Bytes of a part in front of its body. */
const headerBytes = 11;

/**
 * Takes an aggregate apart, in order.
 *
 * A part that is cut ends it, as does a type id 0: the parts before count. Stream ids and back pointers are not
 * looked at; the last back pointer may be missing. Of the parts only audio, video and data make sense, but that is
 * for the caller to decide.
 *
 * @param payload    the whole payload; bodies are views of it
 * @param timestamp  of the aggregate message, u32, milliseconds
 * @throws MessageError `RTMP_ERR_BAD_AGGREGATE` when not even the first part is whole, or a part is an aggregate
 *   again; `RTMP_ERR_TOO_MANY_AGGREGATE_PARTS` above `limits.maxAggregateParts`
 * @throws RangeError when a limit is not a positive integer
 * @see RTMP §7.1.6
 */
export function decodeAggregate(
  payload: Uint8Array,
  timestamp: number,
  limits?: Partial<MessageLimits>,
): AggregatePart[] {
  const { maxAggregateParts } = resolveMessageLimits(limits);
  const reader = new ByteReader(payload, (offset) => {
    return aggregateError("RTMP_ERR_BAD_AGGREGATE", "part of an aggregate is cut", offset);
  });

  const parts: AggregatePart[] = [];
  let shift: number | undefined;
  while (reader.left > 0 && payload[reader.offset] !== 0) {
    if (parts.length > 0 && !holdsPart(reader)) break;

    const { typeId, timestamp: own, body } = readPart(reader);
    if (parts.length === maxAggregateParts) {
      const message = `aggregate of more than ${maxAggregateParts} parts`;
      throw aggregateError("RTMP_ERR_TOO_MANY_AGGREGATE_PARTS", message, reader.offset);
    }
    shift ??= timestamp - own;
    parts.push({ typeId, timestamp: addTimestamp(own, shift), body });
    reader.offset += Math.min(4, reader.left);
  }
  return parts;
}

/** Tells whether a header and the body that it announces are there. */
function holdsPart({ bytes, offset, left }: ByteReader): boolean {
  if (left < headerBytes) return false;
  const [high = 0, middle = 0, low = 0] = bytes.subarray(offset + 1, offset + 4);
  return left - headerBytes >= high * 0x10000 + middle * 0x100 + low;
}

/** Reads a part as it is written: its timestamp counts from the aggregate's own zero. */
function readPart(reader: ByteReader): AggregatePart {
  const { offset } = reader;
  const typeId = reader.u8();
  if (typeId === MessageTypeId.Aggregate) {
    throw aggregateError("RTMP_ERR_BAD_AGGREGATE", "aggregate within an aggregate", offset);
  }

  const size = reader.u24();
  // FLV's order: the high byte comes last.
  const low = reader.u24();
  const timestamp = reader.u8() * 0x1000000 + low;
  reader.u24();
  return { typeId, timestamp, body: reader.view(size) };
}

function aggregateError(code: MessageErrorCode, message: string, offset: number): MessageError {
  return new MessageError(code, message, { offset });
}

/** Longest payload that a message length can tell. */
const maxBytes = 0xffffff;

/**
 * Encodes the payload of an aggregate message.
 *
 * It belongs into a message whose timestamp is that of the first part.
 *
 * @param parts  in order; none makes an empty payload
 * @returns bytes that the caller owns
 * @throws RangeError when a field does not fit, a part is an aggregate, or the whole exceeds 16777215 bytes
 * @see RTMP §7.1.6
 */
export function encodeAggregate(parts: readonly AggregatePart[]): Uint8Array {
  const length = parts.reduce((sum, { body }) => sum + headerBytes + body.length + 4, 0);
  if (length > maxBytes) {
    throw new RangeError(`aggregate of ${length} bytes, ${maxBytes} are possible`);
  }

  const writer = new ByteWriter(length);
  for (const { typeId, timestamp, body } of parts) {
    if (typeId === MessageTypeId.Aggregate) throw new RangeError("aggregate within an aggregate");
    writer.u8(inRange(typeId, 1, 0xff, "typeId"));
    writer.u24(body.length);
    inRange(timestamp, 0, 0xffffffff, "timestamp");
    writer.u24(timestamp % 0x1000000);
    writer.u8(Math.floor(timestamp / 0x1000000));
    writer.u24(0);
    writer.bytes(body);
    writer.u32(headerBytes + body.length);
  }
  return writer.take();
}

function inRange(value: number, min: number, max: number, field: string): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${field} must be an integer from ${min} to ${max}, not ${value}`);
}
