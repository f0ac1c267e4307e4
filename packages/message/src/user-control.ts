/**
 * User control messages (type 4): an event type and its data.
 *
 *   +-----------------+-------------------------------+
 *   | event type (16) | event data (mostly 32 bits)   |
 *   +-----------------+-------------------------------+
 *
 * RTMP §6.2, §7.1.7
 */

import { ByteReader, ByteWriter } from "@rtmp/wire";
import { MessageError } from "./errors.ts";

/** The event types that are in use. */
export const UserControlEvent = {
  StreamBegin: 0,
  StreamEof: 1,
  StreamDry: 2,
  SetBufferLength: 3,
  StreamIsRecorded: 4,
  PingRequest: 6,
  PingResponse: 7,
  SwfVerifyRequest: 26,
  SwfVerifyResponse: 27,
  BufferEmpty: 31,
  BufferReady: 32,
} as const;
/** One of the event types that are in use. */
export type UserControlEvent = (typeof UserControlEvent)[keyof typeof UserControlEvent];

/** Says something about one message stream; the server sends it. */
export interface StreamEvent {
  /** Never set: the event type is in use. */
  readonly kind?: undefined;
  /** What happened to the stream. */
  readonly event:
    | typeof UserControlEvent.StreamBegin
    | typeof UserControlEvent.StreamEof
    | typeof UserControlEvent.StreamDry
    | typeof UserControlEvent.StreamIsRecorded
    | typeof UserControlEvent.BufferEmpty
    | typeof UserControlEvent.BufferReady;
  /** u32; 0 is the NetConnection, also where the peer left it out. */
  readonly messageStreamId: number;
}

/** Says how much media the player buffers; the client sends it. */
export interface SetBufferLength {
  /** Never set: the event type is in use. */
  readonly kind?: undefined;
  /** Always 3. */
  readonly event: typeof UserControlEvent.SetBufferLength;
  /** u32; librtmp and GStreamer also send 0, before there is a stream. */
  readonly messageStreamId: number;
  /** u32, milliseconds; 0 where the peer left it out. */
  readonly bufferLengthMs: number;
}

/** Asks for life, or shows it; the answer repeats the timestamp. */
export interface Ping {
  /** Never set: the event type is in use. */
  readonly kind?: undefined;
  /** Whether it asks or answers. */
  readonly event: typeof UserControlEvent.PingRequest | typeof UserControlEvent.PingResponse;
  /** u32, milliseconds of the asking side's clock; 0 where the peer left it out. */
  readonly timestamp: number;
}

/** Asks for, or answers with, the hash of the player's SWF file. */
export interface SwfVerify {
  /** Never set: the event type is in use. */
  readonly kind?: undefined;
  /** Whether it asks or answers. */
  readonly event:
    | typeof UserControlEvent.SwfVerifyRequest
    | typeof UserControlEvent.SwfVerifyResponse;
  /** One byte in a request, 42 in a response; a view of the payload. */
  readonly data: Uint8Array;
}

/** An event type that is not in use; ignore it. */
export interface UnknownUserControl {
  /** Tells this from the event types that are in use. */
  readonly kind: "unknown";
  /** u16 */
  readonly event: number;
  /** What follows the event type; a view of the payload. */
  readonly data: Uint8Array;
}

/**
 * A user control message.
 *
 * Leave out `kind === "unknown"` first: then `event` tells the others apart.
 */
export type UserControl = StreamEvent | SetBufferLength | Ping | SwfVerify | UnknownUserControl;

/** Whether an event type speaks of one message stream and nothing else: those that a server sends about a play. */
export function isStreamEvent(event: number): event is StreamEvent["event"] {
  switch (event) {
    case UserControlEvent.StreamBegin:
    case UserControlEvent.StreamEof:
    case UserControlEvent.StreamDry:
    case UserControlEvent.StreamIsRecorded:
    case UserControlEvent.BufferEmpty:
    case UserControlEvent.BufferReady:
      return true;
    default:
      return false;
  }
}

/**
 * Decodes the payload of a user control message.
 *
 * Data that is missing counts as 0, surplus data is ignored: Flash Media Server sends bare events 31 and 32.
 *
 * @throws MessageError `RTMP_ERR_BAD_USER_CONTROL` when there are not even two bytes
 */
export function decodeUserControl(payload: Uint8Array): UserControl {
  const reader = new ByteReader(payload, (offset) => {
    return new MessageError(
      "RTMP_ERR_BAD_USER_CONTROL",
      "user control message without event type",
      {
        offset,
      },
    );
  });
  const event = reader.u16();
  const word = () => (reader.left < 4 ? 0 : reader.u32());

  if (isStreamEvent(event)) return { event, messageStreamId: word() };
  switch (event) {
    case UserControlEvent.SetBufferLength:
      return { event, messageStreamId: word(), bufferLengthMs: word() };
    case UserControlEvent.PingRequest:
    case UserControlEvent.PingResponse:
      return { event, timestamp: word() };
    case UserControlEvent.SwfVerifyRequest:
    case UserControlEvent.SwfVerifyResponse:
      return { event, data: reader.view(reader.left) };
    default:
      return { kind: "unknown", event, data: reader.view(reader.left) };
  }
}

/**
 * Encodes the payload of a user control message.
 *
 * @throws RangeError when a number does not fit its field
 */
export function encodeUserControl(control: UserControl): Uint8Array {
  const writer = new ByteWriter(16);
  writer.u16(inRange(control.event, 0xffff, "event"));
  if ("messageStreamId" in control) {
    writer.u32(inRange(control.messageStreamId, 0xffffffff, "messageStreamId"));
  }
  if ("bufferLengthMs" in control) {
    writer.u32(inRange(control.bufferLengthMs, 0xffffffff, "bufferLengthMs"));
  }
  if ("timestamp" in control) writer.u32(inRange(control.timestamp, 0xffffffff, "timestamp"));
  if ("data" in control) writer.bytes(control.data);
  return writer.take();
}

function inRange(value: number, max: number, field: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`${field} must be an integer from 0 to ${max}, not ${value}`);
}
