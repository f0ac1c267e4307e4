/**
 * Shared object encoder: the payload of a message of type 19.
 *
 * RTMP §7.1.3
 */

import { Amf0Encoder } from "@rtmp/amf";
import { ByteWriter } from "@rtmp/wire";
import { eventTypes, type SharedObjectEvent, type SharedObjectMessage } from "./event.ts";

// The length of a message is a UI24 (RTMP §5.3.1.2.5).
const maxMessageBytes = 16_777_215;
const maxU8 = 0xff;
const maxU16 = 0xffff;
const maxU32 = 0xffffffff;
const persistentFlag = 2;

/**
 * Encodes the payload of a shared object message of type 19.
 *
 * Behind a format byte 0 it is the payload of one of type 16. Values that a peer sent can be much longer written than
 * read, because references become copies: set `maxBytes` for these, and the work ends soon past it.
 *
 * @param options  `maxBytes`: the longest payload, 1 to 16777215 bytes, and by default that
 * @returns bytes that the caller owns
 * @throws RangeError when the version is no u32, a name exceeds 65535 bytes, a value is too deep, or the payload exceeds
 *   `maxBytes`
 * @throws TypeError when a value has no AMF form
 * @see RTMP §7.1.3
 */
export function encodeSharedObject(
  message: SharedObjectMessage,
  options: { readonly maxBytes?: number } = {},
): Uint8Array<ArrayBuffer> {
  const { maxBytes = maxMessageBytes } = options;
  const writer = new BoundedWriter(maxBytes);
  writeName(writer, message.name);
  writer.u32(inRange(message.version, maxU32, "version"));
  writer.u32(message.persistent ? persistentFlag : 0);
  // Four bytes whose meaning nobody knows; everybody sends 0.
  writer.u32(0);
  for (const event of message.events) writeEvent(writer, event);
  if (writer.length > maxBytes) throw tooLong(maxBytes);
  return writer.take();
}

/** A writer that grows no further than text of the allowed length may ask for. */
class BoundedWriter extends ByteWriter {
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    super();
    this.#maxBytes = maxBytes;
  }

  override reserve(more: number): void {
    // Text reserves three bytes for each UTF-16 unit, so the exact length is looked at in the end.
    if (this.length + more > 3 * this.#maxBytes) throw tooLong(this.#maxBytes);
    super.reserve(more);
  }
}

function tooLong(maxBytes: number): RangeError {
  return new RangeError(`the payload exceeds ${maxBytes} bytes`);
}

function writeEvent(writer: ByteWriter, event: SharedObjectEvent): void {
  const { type } = event;
  writer.u8(type === "unknown" ? inRange(event.id, maxU8, "id") : eventTypes.indexOf(type) + 1);
  const start = writer.length;
  writer.u32(0);
  writeData(writer, event);
  writer.setU32(start, writer.length - start - 4);
}

function writeData(writer: ByteWriter, event: SharedObjectEvent): void {
  switch (event.type) {
    case "use":
    case "release":
    case "clear":
    case "use-success":
      return;
    case "request-change":
    case "change":
      writeName(writer, event.name);
      new Amf0Encoder(writer).write(event.value);
      return;
    case "success":
    case "remove":
    case "request-remove":
      writeName(writer, event.name);
      return;
    case "send-message":
      writeCall(writer, event.handler, event.args);
      return;
    case "status":
      writeName(writer, event.code);
      writeName(writer, event.level);
      return;
    case "unknown":
      writer.bytes(event.data);
  }
}

function writeCall(
  writer: ByteWriter,
  handler: string,
  args: Extract<SharedObjectEvent, { type: "send-message" }>["args"],
): void {
  const encoder = new Amf0Encoder(writer);
  encoder.write(handler);
  for (const value of args) encoder.write(value);
}

function writeName(writer: ByteWriter, name: string): void {
  const start = writer.length;
  writer.u16(0);
  const length = name.length > maxU16 ? Number.POSITIVE_INFINITY : writer.utf8(name);
  if (length > maxU16) throw new RangeError(`a name is longer than ${maxU16} bytes`);
  writer.setU16(start, length);
}

function inRange(value: number, max: number, field: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`${field} must be an integer from 0 to ${max}, not ${value}`);
}
