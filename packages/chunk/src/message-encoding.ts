/**
 * Lays a message out as chunks: one header of any type, then type 3 chunks for the rest.
 *
 *   | header, type 0..3 | chunkSize bytes | type 3 | chunkSize bytes | ... | type 3 | 1..chunkSize bytes |
 *
 * RTMP §5.3.1
 */
import {
  maxChunkStreamId,
  minChunkStreamId,
  shortestBasicHeaderBytes,
  writeBasicHeader,
} from "./basic-header.ts";
import type { OutgoingMessage } from "./message.ts";
import {
  extendedTimestampBytes,
  extendedTimestampMark,
  messageHeaderBytes,
  writeU24,
  writeU32,
  writeU32le,
} from "./message-header.ts";

const maxMessageBytes = 0xffffff;

/** @throws RangeError when a field does not fit its place on the wire */
export function checkOutgoing(message: OutgoingMessage): void {
  const { chunkStreamId, timestamp, typeId, messageStreamId, payload } = message;
  checkInteger("chunkStreamId", chunkStreamId, minChunkStreamId, maxChunkStreamId);
  checkInteger("timestamp", timestamp, 0, 0xffffffff);
  checkInteger("typeId", typeId, 0, 0xff);
  checkInteger("messageStreamId", messageStreamId, 0, 0xffffffff);
  checkInteger("payload.length", payload.length, 0, maxMessageBytes);
}

/** @throws RangeError unless `value` is an integer from `min` to `max` */
export function checkInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be an integer from ${min} to ${max}, not ${value}`);
  }
}

/**
 * Returns how many bytes {@link writeMessage} writes.
 *
 * @param time  the value of the time field: a timestamp for type 0, else a delta
 */
export function encodedMessageBytes(
  fmt: number,
  chunkStreamId: number,
  time: number,
  payloadBytes: number,
  chunkSize: number,
): number {
  const extended = time >= extendedTimestampMark ? extendedTimestampBytes : 0;
  const perChunk = shortestBasicHeaderBytes(chunkStreamId) + extended;
  const chunks = Math.max(1, Math.ceil(payloadBytes / chunkSize));
  return messageHeaderBytes(fmt) + perChunk * chunks + payloadBytes;
}

/**
 * Writes a whole message from `offset` up to `end`.
 *
 * @param end   `offset` plus what {@link encodedMessageBytes} says for the same values
 * @param time  the value of the time field: a timestamp for type 0, else a delta
 */
export function writeMessage(
  target: Uint8Array,
  offset: number,
  end: number,
  fmt: number,
  message: OutgoingMessage,
  time: number,
  chunkSize: number,
): void {
  const { chunkStreamId, payload } = message;
  let at = writeBasicHeader(target, offset, fmt, chunkStreamId);
  at = writeMessageHeader(target, at, fmt, message, time);

  // Behind all headers first: only the last chunk is in its place, the others move down one by one. The gap in front of
  // what has not moved yet is as wide as the headers that are still to be written.
  let source = end - payload.length;
  target.set(payload, source);
  while (end - source > chunkSize) {
    target.copyWithin(at, source, source + chunkSize);
    source += chunkSize;
    at = writeBasicHeader(target, at + chunkSize, 3, chunkStreamId);
    // Repeated on every type 3 chunk (RTMP §5.3.1.3).
    if (time >= extendedTimestampMark) at = writeU32(target, at, time);
  }
}

function writeMessageHeader(
  target: Uint8Array,
  offset: number,
  fmt: number,
  message: OutgoingMessage,
  time: number,
): number {
  let at = offset;
  if (fmt < 3) at = writeU24(target, at, Math.min(time, extendedTimestampMark));
  if (fmt < 2) {
    at = writeU24(target, at, message.payload.length);
    target[at++] = message.typeId;
  }
  // Little-endian, unlike every other field (RTMP §5.3.1.2.1).
  if (fmt === 0) at = writeU32le(target, at, message.messageStreamId);
  return time >= extendedTimestampMark ? writeU32(target, at, time) : at;
}
