/**
 * Shared object decoder.
 *
 *   message = name length (UI16), name, version (UI32), flags (UI32: 2 persistent), 0 (UI32), events to the end
 *   event   = type (UI8), data length (UI32), data
 *
 *   data of     1 2 8 11   nothing
 *               3 4        slots to the end: name length (UI16), name, AMF value
 *               5 9 10     name length (UI16), name
 *               6          AMF values to the end, the first of them a string
 *               7          code length (UI16), code, level length (UI16), level
 *
 * Type 16 puts a format byte in front. Names have no AMF marker. Each slot is a body of AMF0 of its own, where the value
 * may switch to AMF3.
 *
 * RTMP §7.1.3
 */

import { Amf0Decoder } from "@rtmp/amf";
import { ByteReader } from "@rtmp/wire";
import { bodyError, trimNul } from "../amf-body.ts";
import type { DecodeOptions } from "../command.ts";
import { MessageError } from "../errors.ts";
import { type MessageLimits, resolveMessageLimits } from "../limits.ts";
import { eventTypes, type SharedObjectEvent, type SharedObjectMessage } from "./event.ts";

/**
 * Decodes the payload of a shared object message.
 *
 * One `change` or `request-change` that names several slots becomes one event for each. Data that an event should not
 * have is ignored.
 *
 * @param payload  the whole payload; only unknown events keep a view of it
 * @param options  `amf3`: the message type is 16, whose format byte cannot be missing
 * @throws MessageError `RTMP_ERR_BAD_SHARED_OBJECT` when a field or a value is cut or broken, or a call has no handler;
 *   `RTMP_ERR_BODY_LIMIT`; `RTMP_ERR_BODY_UNSUPPORTED`
 * @throws RangeError when a limit is not a positive integer
 * @see RTMP §7.1.3
 */
export function decodeSharedObject(
  payload: Uint8Array,
  options: DecodeOptions = {},
): SharedObjectMessage {
  const limits = resolveMessageLimits(options.limits);
  const { maxSharedObjectBytes } = limits;
  if (payload.length > maxSharedObjectBytes) {
    const { length } = payload;
    throw tooMuch(`shared object message of ${length} bytes`, maxSharedObjectBytes, 0);
  }

  const reader = new ByteReader(payload, truncated);
  if (options.amf3 === true) skipFormat(reader);
  const name = readName(reader, limits);
  const version = reader.u32();
  const persistent = (reader.u32() & persistentFlag) !== 0;
  reader.u32();
  return { name, version, persistent, events: readEvents(reader, limits) };
}

const persistentFlag = 2;

/** A name's length begins with 0 too, mostly: unlike in a command, a missing format byte could not be told. */
function skipFormat(reader: ByteReader): void {
  const { offset } = reader;
  const format = reader.u8();
  if (format === 0) return;
  const message = `shared object message in format ${format}`;
  throw new MessageError("RTMP_ERR_BODY_UNSUPPORTED", message, { offset });
}

function readEvents(reader: ByteReader, limits: MessageLimits): SharedObjectEvent[] {
  const events: SharedObjectEvent[] = [];
  while (reader.left > 0) {
    const { offset } = reader;
    const id = reader.u8();
    const length = reader.u32();
    reader.need(length);
    const end = reader.offset + length;
    // The event's own end bounds everything in it; offsets stay those of the payload.
    const body = reader.bytes.subarray(0, end);
    readEvent(events, new ByteReader(body, truncated, reader.offset), id, limits);
    if (events.length > limits.maxSharedObjectEvents) {
      throw tooMuch("more events", limits.maxSharedObjectEvents, offset);
    }
    reader.offset = end;
  }
  return events;
}

function readEvent(
  events: SharedObjectEvent[],
  reader: ByteReader,
  id: number,
  limits: MessageLimits,
): void {
  const type = eventTypes[id - 1];
  switch (type) {
    case "use":
    case "release":
    case "clear":
    case "use-success":
      events.push({ type });
      return;
    case "request-change":
    case "change":
      readSlots(events, reader, type, limits);
      return;
    case "success":
    case "remove":
    case "request-remove":
      events.push({ type, name: readName(reader, limits) });
      return;
    case "send-message":
      events.push(readCall(reader, limits));
      return;
    case "status":
      events.push({ type, code: readName(reader, limits), level: readName(reader, limits) });
      return;
    case undefined:
      events.push({ type: "unknown", id, data: reader.view(reader.left) });
  }
}

function readSlots(
  events: SharedObjectEvent[],
  reader: ByteReader,
  type: "request-change" | "change",
  limits: MessageLimits,
): void {
  while (reader.left > 0 && events.length <= limits.maxSharedObjectEvents) {
    const name = readName(reader, limits);
    const decoder = openValues(reader, limits);
    const value = readValue(decoder);
    events.push({ type, name, value });
    reader.offset = decoder.offset;
  }
}

function readCall(reader: ByteReader, limits: MessageLimits): SharedObjectEvent {
  const { offset } = reader;
  const decoder = openValues(reader, limits);
  const handler = readValue(decoder);
  if (typeof handler !== "string") {
    const message = "shared object call without a handler";
    throw new MessageError("RTMP_ERR_BAD_SHARED_OBJECT", message, { offset });
  }

  const args = [];
  while (!decoder.done) args.push(readValue(decoder));
  return { type: "send-message", handler: trimNul(handler), args };
}

function openValues(reader: ByteReader, limits: MessageLimits): Amf0Decoder {
  try {
    return new Amf0Decoder(reader.bytes, { limits: limits.amf, offset: reader.offset });
  } catch (error) {
    throw bodyError(error, "RTMP_ERR_BAD_SHARED_OBJECT", "shared object message");
  }
}

function readValue(decoder: Amf0Decoder): ReturnType<Amf0Decoder["read"]> {
  try {
    return decoder.read();
  } catch (error) {
    throw bodyError(error, "RTMP_ERR_BAD_SHARED_OBJECT", "shared object message");
  }
}

// A byte order mark is a character like any other in a name.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function readName(reader: ByteReader, { maxSharedObjectNameBytes }: MessageLimits): string {
  const { offset } = reader;
  const length = reader.u16();
  reader.need(length);
  if (length > maxSharedObjectNameBytes) {
    throw tooMuch(`name of ${length} bytes`, maxSharedObjectNameBytes, offset);
  }
  return utf8.decode(reader.view(length));
}

function truncated(offset: number, wanted: number, left: number): MessageError {
  const message = `shared object message: ${wanted} bytes wanted, ${left} left`;
  return new MessageError("RTMP_ERR_BAD_SHARED_OBJECT", message, { offset });
}

function tooMuch(what: string, allowed: number, offset: number): MessageError {
  return new MessageError("RTMP_ERR_BODY_LIMIT", `${what}, ${allowed} are allowed`, { offset });
}
