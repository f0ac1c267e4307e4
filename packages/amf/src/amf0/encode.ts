/**
 * AMF0 encoder: each value in its one canonical form.
 *
 * - A string takes the long form only above 65535 bytes.
 * - An ECMA array states its true count.
 * - A reference stands only where a value contains itself, because hardly a reader knows references. A value that
 *   occurs twice without containing itself is written twice.
 * - What only AMF3 has (byte arrays, vectors, dictionaries, externalizable objects, XML of E4X, sealed members, arrays
 *   with both names and dense values) is an AMF3 value behind the avmplus marker.
 *
 * AMF0 §2, §3
 */
import { ByteWriter } from "@rtmp/wire";
import type { TableMark } from "../amf3/body-writer.ts";
import { defaultAmfLimits } from "../limits.ts";
import type { AmfEncoderOptions } from "../options.ts";
import { isPlain, type Properties } from "../plain-object.ts";
import {
  AmfDate,
  AmfDictionary,
  AmfExternalizable,
  type AmfInput,
  AmfObjectVector,
  AmfVector,
  AmfXml,
  EcmaArray,
  TypedObject,
  Unsupported,
} from "../values.ts";
import { AvmPlusWriter } from "./avm-plus-writer.ts";
import { Amf0Marker } from "./markers.ts";

const maxU16 = 0xffff;
const { maxBodyBytes } = defaultAmfLimits;

/**
 * Writes the values of one message body, one after the other.
 *
 * The body has one reference table, so use one encoder for all values of a message.
 */
export class Amf0Encoder {
  readonly #writer: ByteWriter;
  readonly #start: number;
  readonly #options: AmfEncoderOptions | undefined;
  #avmPlus: AvmPlusWriter | undefined;
  /** Index in the reference table of each container around the value being written. */
  readonly #path = new Map<object, number>();
  /** Containers written so far: the index of the next one. */
  #containers = 0;

  /** @param writer the values go behind what it holds */
  constructor(writer: ByteWriter, options?: AmfEncoderOptions) {
    this.#writer = writer;
    this.#start = writer.length;
    this.#options = options;
  }

  /**
   * Appends one value.
   *
   * When this throws, the writer holds what it held before.
   *
   * @throws TypeError when a value has no AMF0 form: functions, bigints, symbols, instances of other classes or of
   *   externalizable classes without a codec
   * @throws RangeError when a name exceeds 65535 bytes, nesting 32 levels, a reference index 65535, or the body 2^24 - 1 bytes
   */
  write(value: AmfInput): void {
    const { length } = this.#writer;
    const containers = this.#containers;
    const mark = this.#avmPlus?.mark();
    try {
      this.#writeValue(value);
      this.#checkBody();
    } catch (error) {
      this.#takeBack(length, containers, mark);
      throw error;
    }
  }

  /**
   * Appends one value as AMF3 behind the avmplus marker, for peers whose `objectEncoding` is 3.
   *
   * When this throws, the writer holds what it held before.
   *
   * @throws TypeError, RangeError as `Amf3Encoder.write` does
   */
  writeAmf3(value: AmfInput): void {
    const { length } = this.#writer;
    const mark = this.#avmPlus?.mark();
    try {
      this.#writeAvmPlus(value);
      this.#checkBody();
    } catch (error) {
      this.#takeBack(length, this.#containers, mark);
      throw error;
    }
  }

  /** Restores what was so before an attempt to write a value. */
  #takeBack(length: number, containers: number, mark: TableMark | undefined): void {
    this.#writer.truncate(length);
    this.#containers = containers;
    this.#path.clear();
    if (mark === undefined) this.#avmPlus = undefined;
    else this.#avmPlus?.restore(mark);
  }

  #writeValue(value: AmfInput): void {
    switch (typeof value) {
      case "number":
        this.#writer.u8(Amf0Marker.Number);
        this.#writer.f64(value);
        return;
      case "boolean":
        this.#writer.u8(Amf0Marker.Boolean);
        this.#writer.u8(value ? 1 : 0);
        return;
      case "string":
        this.#writeString(value);
        return;
      case "undefined":
        this.#writer.u8(Amf0Marker.Undefined);
        return;
      case "object":
        if (value === null) this.#writer.u8(Amf0Marker.Null);
        else this.#writeObject(value);
        return;
      case "symbol":
      case "bigint":
      case "function":
        if (value !== Unsupported) throw new TypeError(`a ${typeof value} has no AMF0 form`);
        this.#writer.u8(Amf0Marker.Unsupported);
    }
  }

  #writeObject(value: Extract<AmfInput, object>): void {
    if (Array.isArray(value) || isPlain(value)) {
      this.#writeContainer(value);
    } else if (isAmf3Only(value)) {
      this.#writeAvmPlus(value);
    } else if (value instanceof EcmaArray || value instanceof TypedObject) {
      this.#writeContainer(value);
    } else if (value instanceof AmfDate) {
      this.#writer.u8(Amf0Marker.Date);
      this.#writer.f64(value.time);
      this.#writer.u16(value.timeZone);
    } else if (value instanceof AmfXml) {
      this.#writer.u8(Amf0Marker.XmlDocument);
      this.#writeLongText(value.text);
    } else {
      throw new TypeError("an instance of an unknown class has no AMF0 form");
    }
  }

  #writeAvmPlus(value: AmfInput): void {
    this.#avmPlus ??= new AvmPlusWriter(this.#writer, this.#start, this.#options);
    this.#avmPlus.write(value, this.#path.size);
  }

  #writeContainer(value: Container): void {
    const index = this.#path.get(value);
    if (index !== undefined) {
      this.#writeReference(index);
      return;
    }
    if (this.#path.size === defaultAmfLimits.maxDepth) {
      throw new RangeError(`nested deeper than ${defaultAmfLimits.maxDepth}`);
    }

    this.#path.set(value, this.#containers++);
    this.#writeMembers(value);
    this.#path.delete(value);
  }

  #writeMembers(value: Container): void {
    const writer = this.#writer;
    if (isArray(value)) {
      writer.u8(Amf0Marker.StrictArray);
      writer.u32(value.length);
      // By index: a hole is undefined.
      for (let i = 0; i < value.length; i++) this.#writeMember(value[i]);
    } else if (value instanceof EcmaArray) {
      const names = Object.keys(value.properties);
      writer.u8(Amf0Marker.EcmaArray);
      writer.u32(names.length);
      this.#writeProperties(names, value.properties);
    } else if (value instanceof TypedObject) {
      writer.u8(Amf0Marker.TypedObject);
      this.#writeName(value.className);
      this.#writeProperties(Object.keys(value.properties), value.properties);
    } else {
      writer.u8(Amf0Marker.Object);
      this.#writeProperties(Object.keys(value), value);
    }
  }

  #writeProperties(names: readonly string[], properties: Properties): void {
    for (const name of names) {
      this.#writeName(name);
      this.#writeMember(properties[name]);
    }
    // An empty name and the end marker: 00 00 09.
    this.#writer.u24(Amf0Marker.ObjectEnd);
  }

  #writeMember(value: AmfInput): void {
    // Shared members are written again each time, so a small graph can make a huge body.
    this.#checkBody();
    this.#writeValue(value);
  }

  #writeReference(index: number): void {
    if (index > maxU16) throw new RangeError(`reference ${index} does not fit in 16 bits`);
    this.#writer.u8(Amf0Marker.Reference);
    this.#writer.u16(index);
  }

  #writeString(text: string): void {
    const writer = this.#writer;
    const start = writer.length;
    if (text.length <= maxU16) {
      writer.u8(Amf0Marker.String);
      if (this.#tryShortText(text)) return;
      writer.truncate(start);
    }

    writer.u8(Amf0Marker.LongString);
    this.#writeLongText(text);
  }

  #writeName(name: string): void {
    if (name.length > maxU16 || !this.#tryShortText(name)) {
      throw new RangeError("a name is longer than 65535 bytes");
    }
  }

  /** Writes a 16-bit length and the text; false when it is too long for that, and then the bytes are void. */
  #tryShortText(text: string): boolean {
    const writer = this.#writer;
    const start = writer.length;
    writer.u16(0);
    const length = writer.utf8(text);
    if (length > maxU16) return false;
    writer.setU16(start, length);
    return true;
  }

  #writeLongText(text: string): void {
    const writer = this.#writer;
    const start = writer.length;
    if (text.length > maxBodyBytes) throw new RangeError("a text exceeds the body");
    writer.u32(0);
    writer.setU32(start, writer.utf8(text));
  }

  #checkBody(): void {
    if (this.#writer.length - this.#start > maxBodyBytes) {
      throw new RangeError(`the body exceeds ${maxBodyBytes} bytes`);
    }
  }
}

type Container = readonly AmfInput[] | EcmaArray | TypedObject | Properties;

function isArray(value: Container): value is readonly AmfInput[] {
  return Array.isArray(value);
}

/** Whether AMF0 would lose what distinguishes an instance of one of the classes of values. */
function isAmf3Only(value: object): boolean {
  if (value instanceof EcmaArray) return value.dense.length > 0;
  if (value instanceof TypedObject) return value.traits.sealed.length > 0 || !value.traits.dynamic;
  if (value instanceof AmfXml) return value.kind === "XML";
  return (
    value instanceof Uint8Array ||
    value instanceof AmfVector ||
    value instanceof AmfObjectVector ||
    value instanceof AmfDictionary ||
    value instanceof AmfExternalizable
  );
}

/**
 * Encodes the values of one message body.
 *
 * For externalizable classes use an {@link Amf0Encoder}.
 *
 * @returns bytes that the caller owns
 * @throws TypeError, RangeError as {@link Amf0Encoder.write} does
 */
export function encodeAmf0(...values: AmfInput[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  const encoder = new Amf0Encoder(writer);
  for (const value of values) encoder.write(value);
  return writer.take();
}
