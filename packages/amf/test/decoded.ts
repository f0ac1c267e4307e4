/** Decoding with the type that a test expects, or with the error as a value. */
import {
  type AmfDecoderOptions,
  AmfError,
  type AmfObject,
  type AmfValue,
  decodeAmf0,
  decodeAmf0Sequence,
  decodeAmf3,
  decodeAmf3Sequence,
} from "@rtmp/amf";
import { hex } from "@rtmp/testing";

/** Decodes exactly one value. */
type Decode = (bytes: Uint8Array) => AmfValue;

function isObject(value: AmfValue): value is AmfObject {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
}

/** Gives a decoded value that has to be an object. */
export function asObject(value: AmfValue): AmfObject {
  if (!isObject(value)) throw new TypeError("not an object");
  return value;
}

/** Gives a decoded value that has to be an array. */
export function asArray(value: AmfValue): AmfValue[] {
  if (!Array.isArray(value)) throw new TypeError("not an array");
  return value;
}

/** Decodes AMF0 that has to be an object. */
export function decodeObject(text: string): AmfObject {
  return asObject(decodeAmf0(hex(text)));
}

/** Decodes AMF0 that has to be a strict array. */
export function decodeArray(text: string): AmfValue[] {
  return asArray(decodeAmf0(hex(text)));
}

/** Decodes AMF3 that has to be an anonymous object. */
export function decodeObject3(text: string): AmfObject {
  return asObject(decodeAmf3(hex(text)));
}

/** Decodes AMF3 that has to be an array without names. */
export function decodeArray3(text: string): AmfValue[] {
  return asArray(decodeAmf3(hex(text)));
}

/** Decodes a value that has to be an instance of one of the classes of values. */
export function decodeInstance<T>(
  type: new (...args: never[]) => T,
  text: string,
  decode: Decode = decodeAmf0,
): T {
  const value: unknown = decode(hex(text));
  if (!(value instanceof type)) throw new TypeError(`not a ${type.name}: ${text}`);
  return value;
}

function orAmfError(decode: () => AmfValue[]): AmfValue[] | AmfError {
  try {
    return decode();
  } catch (error) {
    if (error instanceof AmfError) return error;
    throw error;
  }
}

/** Decodes all AMF0 values, or gives the AmfError; any other error is thrown on. */
export function tryDecode(bytes: Uint8Array, options?: AmfDecoderOptions): AmfValue[] | AmfError {
  return orAmfError(() => decodeAmf0Sequence(bytes, options));
}

/** Decodes all AMF3 values, or gives the AmfError; any other error is thrown on. */
export function tryDecode3(bytes: Uint8Array, options?: AmfDecoderOptions): AmfValue[] | AmfError {
  return orAmfError(() => decodeAmf3Sequence(bytes, options));
}
