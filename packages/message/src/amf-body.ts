/**
 * The body of command and data messages: AMF0 values one behind the other.
 *
 * Types 15, 16 and 17 put a format byte in front. Only 0 is defined for it: what follows is AMF0 all the same, where
 * a value may switch to AMF3 for itself.
 *
 * RTMP §7.1.1, §7.1.2; E-RTMP "Action Message Format (AMF): AMF0 and AMF3"
 */

import { type Amf0Decoder, AmfError, type AmfValue } from "@rtmp/amf";
import { MessageTypeId } from "@rtmp/chunk";
import { MessageError, type MessageErrorCode, type MessageErrorOptions } from "./errors.ts";

/** Tells whether payloads of a message type begin with a format byte: types 15, 16 and 17. */
export function isAmf3(typeId: number): boolean {
  return (
    typeId === MessageTypeId.DataAmf3 ||
    typeId === MessageTypeId.SharedObjectAmf3 ||
    typeId === MessageTypeId.CommandAmf3
  );
}

/**
 * Returns the offset of the first value.
 *
 * A sender that leaves the format byte out begins with a string marker, never with 0.
 */
export function bodyStart(payload: Uint8Array, amf3: boolean | undefined): number {
  return amf3 === true && payload[0] === 0 ? 1 : 0;
}

// Number to typed object, without movieclip (04), object end (09) and recordset (0e); 11 switches to AMF3.
const valueMarkers = new Set([0, 1, 2, 3, 5, 6, 7, 8, 0x0a, 0x0b, 0x0c, 0x0d, 0x0f, 0x10, 0x11]);

/** Tells whether a value begins at the decoder's place, and not the end or padding. */
export function hasValue(decoder: Amf0Decoder, payload: Uint8Array): boolean {
  const marker = payload[decoder.offset];
  return marker !== undefined && valueMarkers.has(marker);
}

/** Reads values up to the end or to padding that begins like no value. */
export function readValues(decoder: Amf0Decoder, payload: Uint8Array): AmfValue[] {
  const values: AmfValue[] = [];
  while (hasValue(decoder, payload)) values.push(decoder.read());
  return values;
}

/** Drops the NULs that some C encoders count as part of a name. */
export function trimNul(text: string): string {
  let end = text.length;
  while (end > 0 && text.codePointAt(end - 1) === 0) end--;
  return text.slice(0, end);
}

/** Turns a fault of an AMF value into one of the message; other errors pass. */
export function bodyError(
  error: unknown,
  malformed: MessageErrorCode,
  what: string,
  options?: MessageErrorOptions,
): unknown {
  if (!(error instanceof AmfError)) return error;

  const codes: Partial<Record<AmfError["fault"], MessageErrorCode>> = {
    limit: "RTMP_ERR_BODY_LIMIT",
    unsupported: "RTMP_ERR_BODY_UNSUPPORTED",
  };
  return new MessageError(codes[error.fault] ?? malformed, `${what}: ${error.message}`, {
    ...options,
    offset: error.offset,
    cause: error,
  });
}
