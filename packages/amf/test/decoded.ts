/** Decoding with the type that a test expects, or with the error as a value. */
import {
  type Amf0DecoderOptions,
  AmfError,
  type AmfObject,
  type AmfValue,
  decodeAmf0,
  decodeAmf0Sequence,
} from "@rtmp/amf";
import { hex } from "@rtmp/testing";

function isObject(value: AmfValue): value is AmfObject {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
}

/** Decodes a value that has to be an object. */
export function decodeObject(text: string): AmfObject {
  const value = decodeAmf0(hex(text));
  if (!isObject(value)) throw new TypeError(`not an object: ${text}`);
  return value;
}

/** Decodes a value that has to be a strict array. */
export function decodeArray(text: string): AmfValue[] {
  const value = decodeAmf0(hex(text));
  if (!Array.isArray(value)) throw new TypeError(`not a strict array: ${text}`);
  return value;
}

/** Decodes a value that has to be an instance of one of the classes of values. */
export function decodeInstance<T>(type: new (...args: never[]) => T, text: string): T {
  const value: unknown = decodeAmf0(hex(text));
  if (!(value instanceof type)) throw new TypeError(`not a ${type.name}: ${text}`);
  return value;
}

/** Decodes all values, or gives the AmfError; any other error is thrown on. */
export function tryDecode(bytes: Uint8Array, options?: Amf0DecoderOptions): AmfValue[] | AmfError {
  try {
    return decodeAmf0Sequence(bytes, options);
  } catch (error) {
    if (error instanceof AmfError) return error;
    throw error;
  }
}
