/**
 * Bytes put together by hand: chunk headers written out in hex, AMF0 values one by one.
 *
 * Nothing here comes from the packages under test, so that a mistake in their encoders cannot hide one in their readers.
 *
 * RTMP §5.3.1; AMF0 §2
 */

import { hex } from "@rtmp/testing";

/** How a message is cut into chunks. */
export interface Cut {
  /** Most payload bytes per chunk. @default 128 */
  readonly chunkSize?: number;
  /** Header of each chunk behind the first, in hex. @default type 3 on the chunk stream of the first byte */
  readonly again?: string;
}

/** Puts bytes one behind the other. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/**
 * Puts a header in front of a payload and cuts the payload into chunks.
 *
 * @param header  hex; the word `length` in it stands for the three bytes of the message length
 */
export function message(header: string, payload: Uint8Array, cut: Cut = {}): Uint8Array {
  const length = payload.length.toString(16).padStart(6, "0");
  const first = hex(header.replace("length", length));
  const { chunkSize = 128, again } = cut;
  const between = again === undefined ? Uint8Array.of(0xc0 | (first[0] ?? 0)) : hex(again);

  const parts = [first, payload.subarray(0, chunkSize)];
  for (let offset = chunkSize; offset < payload.length; offset += chunkSize) {
    parts.push(between, payload.subarray(offset, offset + chunkSize));
  }
  return join(...parts);
}

/** Bytes 00, 01, …, ff, 00, … behind a head given in hex: a payload in which a lost byte shows. */
export function counting(head: string, length: number): Uint8Array {
  const start = hex(head);
  return Uint8Array.from({ length }, (_, index) => start[index] ?? index & 0xff);
}

/** AMF0 null. */
export const nothing = Uint8Array.of(0x05);

/** AMF0 number. */
export function number(value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  new DataView(bytes.buffer).setFloat64(1, value);
  return bytes;
}

/** AMF0 boolean. */
export function boolean(value: boolean): Uint8Array {
  return Uint8Array.of(0x01, value ? 1 : 0);
}

/** AMF0 string of ASCII characters. */
export function text(value: string): Uint8Array {
  return join(Uint8Array.of(0x02), key(value));
}

/** AMF0 object. */
export function object(properties: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return join(Uint8Array.of(0x03), members(properties));
}

/** AMF0 ECMA array whose header says `count`, whatever it holds. */
export function ecmaArray(
  count: number,
  properties: Readonly<Record<string, Uint8Array>>,
): Uint8Array {
  return join(Uint8Array.of(0x08), u32(count), members(properties));
}

/** AMF0 strict array. */
export function strictArray(...values: readonly Uint8Array[]): Uint8Array {
  return join(Uint8Array.of(0x0a), u32(values.length), ...values);
}

/** Body of a command message. */
export function command(
  name: string,
  transactionId: number,
  commandObject: Uint8Array,
  ...args: readonly Uint8Array[]
): Uint8Array {
  return join(text(name), number(transactionId), commandObject, ...args);
}

/** Body of a data message `@setDataFrame`, and what players get of it. */
export function setDataFrame(values: Uint8Array): { sent: Uint8Array; played: Uint8Array } {
  const played = join(text("onMetaData"), values);
  return { sent: join(text("@setDataFrame"), played), played };
}

/** Four bytes, the highest first. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function members(properties: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const entries = Object.entries(properties).flatMap(([name, value]) => [key(name), value]);
  return join(...entries, hex("00 00 09"));
}

function key(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name);
  return join(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
}
