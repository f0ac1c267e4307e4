/**
 * Data messages (types 18 and 15): a handler name and its values, such as onMetaData.
 *
 * A publisher may put `@setDataFrame` in front: the server keeps the rest and gives it to every player.
 * `@clearDataFrame` takes it back.
 *
 * RTMP §7.1.2
 */

import { Amf0Decoder, type AmfValue, encodeAmf0 } from "@rtmp/amf";
import { bodyError, bodyStart, readValues, trimNul } from "./amf-body.ts";
import type { DecodeOptions } from "./command.ts";
import { MessageError } from "./errors.ts";
import { resolveMessageLimits } from "./limits.ts";

/** One data message. */
export interface DataMessage {
  /** The first string, such as `onMetaData`, `@setDataFrame` or `|RtmpSampleAccess`. */
  readonly handler: string;
  /** What follows. */
  readonly args: readonly AmfValue[];
}

/** A data message taken apart as far as a server must, its values untouched. */
export interface SetDataFrame {
  /** What `@setDataFrame` or `@clearDataFrame` in front asks; undefined without one. */
  readonly command: "set" | "clear" | undefined;
  /** The name that players see, such as `onMetaData`; undefined when that is no string. */
  readonly handler: string | undefined;
  /** What players get: name and values; a view of the payload. */
  readonly body: Uint8Array;
}

/**
 * Decodes the payload of a data message.
 *
 * @param payload  the whole payload; the message keeps no view of it
 * @throws MessageError `RTMP_ERR_BAD_DATA` when it begins with no string, or a value is cut or broken;
 *   `RTMP_ERR_BODY_LIMIT`; `RTMP_ERR_BODY_UNSUPPORTED`
 * @throws RangeError when a limit is not a positive integer
 * @see RTMP §7.1.2
 */
export function decodeData(payload: Uint8Array, options: DecodeOptions = {}): DataMessage {
  const limits = resolveMessageLimits(options.limits);
  if (payload.length > limits.maxDataBytes) {
    const message = `data message of ${payload.length} bytes, ${limits.maxDataBytes} are allowed`;
    throw new MessageError("RTMP_ERR_BODY_LIMIT", message);
  }

  const offset = bodyStart(payload, options.amf3);
  const decoder = new Amf0Decoder(payload, { limits: limits.amf, offset });
  try {
    const handler = decoder.read();
    if (typeof handler !== "string") {
      throw new MessageError("RTMP_ERR_BAD_DATA", "data message without a name", { offset });
    }
    return { handler: trimNul(handler), args: readValues(decoder, payload) };
  } catch (error) {
    throw bodyError(error, "RTMP_ERR_BAD_DATA", "data message");
  }
}

/**
 * Encodes the payload of a data message of type 18.
 *
 * @returns bytes that the caller owns
 * @see RTMP §7.1.2
 */
export function encodeData(message: DataMessage): Uint8Array {
  return encodeAmf0(message.handler, ...message.args);
}

/**
 * Takes `@setDataFrame` or `@clearDataFrame` off without decoding any value.
 *
 * The values pass bit-identical; whether they are sound is not looked at. Never throws.
 *
 * @param payload  the whole payload
 * @param options  `amf3`: the message type is 15, whose format byte is taken off too
 */
export function splitSetDataFrame(
  payload: Uint8Array,
  options: { readonly amf3?: boolean } = {},
): SetDataFrame {
  const body = payload.subarray(bodyStart(payload, options.amf3));
  const first = readString(body);
  if (first?.text !== "@setDataFrame" && first?.text !== "@clearDataFrame") {
    return { command: undefined, handler: first?.text, body };
  }

  const rest = body.subarray(first.end);
  const command = first.text === "@setDataFrame" ? "set" : "clear";
  return { command, handler: readString(rest)?.text, body: rest };
}

// A byte order mark is a character like any other in a name.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads the AMF0 string or long string at the start, where there is a whole one. */
function readString(bytes: Uint8Array): { text: string; end: number } | undefined {
  const lengthBytes = bytes[0] === 0x02 ? 2 : bytes[0] === 0x0c ? 4 : undefined;
  if (lengthBytes === undefined || bytes.length < 1 + lengthBytes) return undefined;

  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 1 + lengthBytes;
  const end = start + (lengthBytes === 2 ? view.getUint16(1) : view.getUint32(1));
  if (end > bytes.length) return undefined;
  return { text: trimNul(utf8.decode(bytes.subarray(start, end))), end };
}
