/**
 * Shared object encoder: the payload of a message of type 19.
 *
 * RTMP §7.1.3
 */

import { Amf0Encoder } from "@rtmp/amf";
import { ByteWriter } from "@rtmp/wire";
import { eventTypes, type SharedObjectEvent, type SharedObjectMessage } from "./event.ts";

const maxU8 = 0xff;
const maxU16 = 0xffff;
const maxU32 = 0xffffffff;
const persistentFlag = 2;

/**
 * Encodes the payload of a shared object message of type 19.
 *
 * Behind a format byte 0 it is the payload of one of type 16.
 *
 * @returns bytes that the caller owns
 * @throws RangeError when the version is no u32, a name exceeds 65535 bytes, or a value is too deep or too long
 * @throws TypeError when a value has no AMF form
 * @see RTMP §7.1.3
 */
export function encodeSharedObject(message: SharedObjectMessage): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writeName(writer, message.name);
  writer.u32(inRange(message.version, maxU32, "version"));
  writer.u32(message.persistent ? persistentFlag : 0);
  // Four bytes whose meaning nobody knows; everybody sends 0.
  writer.u32(0);
  for (const event of message.events) writeEvent(writer, event);
  return writer.take();
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
