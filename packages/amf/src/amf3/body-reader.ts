/**
 * The parts of AMF3 values: strings, counts, and what the three reference tables hold.
 *
 *   string body = U29, low bit 0: index in the string table << 1
 *                 low bit 1: byte length << 1, then UTF-8; enters the string table unless it is empty
 *
 * AMF3 §1.3.2, §2.2
 */
import type { ByteReader } from "@rtmp/wire";
import { AmfError, type AmfErrorCode } from "../errors.ts";
import type { AmfLimits } from "../limits.ts";
import { decodeUtf8 } from "../utf8.ts";
import type { AmfTraits, AmfValue } from "../values.ts";
import { readU29 } from "./u29.ts";

/** A class as the traits table holds it. */
export interface ClassTraits {
  readonly className: string;
  /** What its instances have; undefined when they read themselves. */
  readonly members: AmfTraits | undefined;
}

/** Reads a body whose values share the three reference tables. */
export class BodyReader {
  /** The body. */
  readonly bytes: ByteReader;
  /** What it may ask for. */
  readonly limits: Readonly<AmfLimits>;
  #strings: string[] = [];
  /** UTF-8 bytes of each of the strings. */
  #stringBytes: number[] = [];
  #objects: AmfValue[] = [];
  /** Marker of each of the objects. */
  #markers: number[] = [];
  #traits: ClassTraits[] = [];

  constructor(bytes: ByteReader, limits: Readonly<AmfLimits>) {
    this.bytes = bytes;
    this.limits = limits;
  }

  /** Empties the reference tables. */
  forget(): void {
    this.#strings = [];
    this.#stringBytes = [];
    this.#objects = [];
    this.#markers = [];
    this.#traits = [];
  }

  /** Gives a value the next index of the object table; before its members, which can refer to it. */
  addObject<T extends AmfValue>(marker: number, value: T): T {
    this.#objects.push(value);
    this.#markers.push(marker);
    return value;
  }

  /** Returns an earlier value, which began with the same marker. */
  object(index: number, marker: number, offset: number): AmfValue {
    this.#checkReference(index, this.#objects.length, "object", offset);
    if (this.#markers[index] !== marker) {
      const message = `object reference ${index} to a value of another type`;
      this.refuse("RTMP_ERR_AMF_INVALID_REFERENCE", message, offset);
    }
    return this.#objects[index];
  }

  /** Gives a class the next index of the traits table. */
  addTraits(traits: ClassTraits): ClassTraits {
    this.#traits.push(traits);
    return traits;
  }

  /** Returns an earlier class. */
  traits(index: number, offset: number): ClassTraits {
    this.#checkReference(index, this.#traits.length, "traits", offset);
    return this.#traits[index]!;
  }

  /** Reads a string body that is a value. */
  readString(): string {
    return this.#readText(this.limits.maxStringBytes, "RTMP_ERR_AMF_STRING_TOO_LONG");
  }

  /** Reads a string body that names a property, a class or a type. */
  readName(): string {
    return this.#readText(this.limits.maxNameBytes, "RTMP_ERR_AMF_NAME_TOO_LONG");
  }

  /** Reads text of a known length, which enters no string table. */
  readUtf8(length: number): string {
    return this.#readUtf8(length, this.limits.maxStringBytes, "RTMP_ERR_AMF_STRING_TOO_LONG");
  }

  /**
   * Refuses a count that the bytes left cannot hold.
   *
   * @param count   items that the body claims
   * @param size    bytes that each takes at least
   * @param offset  where the count is
   */
  checkCount(count: number, size: number, offset: number): void {
    const { left } = this.bytes;
    if (count * size > left) {
      this.refuse("RTMP_ERR_AMF_INVALID_COUNT", `${count} items in ${left} bytes`, offset);
    }
  }

  /** Refuses more named members than the limit. */
  checkProperties(count: number, offset: number): void {
    const { maxProperties } = this.limits;
    if (count > maxProperties) {
      const message = `more than ${maxProperties} properties`;
      this.refuse("RTMP_ERR_AMF_TOO_MANY_PROPERTIES", message, offset);
    }
  }

  /** Throws an AmfError. */
  refuse(code: AmfErrorCode, message: string, offset: number): never {
    throw new AmfError(code, message, { offset });
  }

  #readText(limit: number, code: AmfErrorCode): string {
    const start = this.bytes.offset;
    const head = readU29(this.bytes);
    const rest = head >> 1;
    if ((head & 1) === 0) return this.#referredText(rest, limit, code, start);
    if (rest === 0) return "";

    const text = this.#readUtf8(rest, limit, code);
    this.#strings.push(text);
    this.#stringBytes.push(rest);
    return text;
  }

  #referredText(index: number, limit: number, code: AmfErrorCode, start: number): string {
    this.#checkReference(index, this.#strings.length, "string", start);
    // What is short enough for a value can be too long for a name.
    this.#checkText(this.#stringBytes[index]!, limit, code, start);
    return this.#strings[index]!;
  }

  #readUtf8(length: number, limit: number, code: AmfErrorCode): string {
    const { bytes } = this;
    const start = bytes.offset;
    bytes.need(length);
    this.#checkText(length, limit, code, start);
    bytes.offset += length;
    return decodeUtf8(bytes.bytes, start, bytes.offset);
  }

  #checkText(length: number, limit: number, code: AmfErrorCode, offset: number): void {
    if (length > limit) this.refuse(code, `${length} bytes of text, at most ${limit}`, offset);
  }

  #checkReference(index: number, known: number, table: string, offset: number): void {
    if (index >= known) {
      const message = `${table} reference ${index} of ${known}`;
      this.refuse("RTMP_ERR_AMF_INVALID_REFERENCE", message, offset);
    }
  }
}
