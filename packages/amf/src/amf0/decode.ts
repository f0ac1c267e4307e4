/**
 * AMF0 decoder.
 *
 *   value      = marker (UI8), then what the marker says
 *   property   = name length (UI16), name (UTF-8), value
 *   object     = 03, properties, 00 00 09
 *   ECMA array = 08, count (UI32, a hint), properties, 00 00 09
 *   typed      = 10, class name length (UI16), class name, properties, 00 00 09
 *   strict     = 0a, count (UI32), that many values
 *   reference  = 07, index (UI16) of a complex value (object, typed object, ECMA array, strict array) of the same body,
 *                counted in the order of their markers
 *   avmplus    = 11, an AMF3 value, which takes no index in the table of AMF0
 *
 * AMF0 §2
 */
import type { ByteReader } from "@rtmp/wire";
import { AmfError, type AmfErrorCode } from "../errors.ts";
import { type AmfLimits, resolveLimits } from "../limits.ts";
import { type AmfDecoderOptions, openBody, trailingBytes } from "../options.ts";
import { decodeUtf8 } from "../utf8.ts";
import {
  AmfDate,
  type AmfObject,
  type AmfValue,
  AmfXml,
  EcmaArray,
  TypedObject,
  Unsupported,
} from "../values.ts";
import { AvmPlusReader } from "./avm-plus-reader.ts";
import { Amf0Marker } from "./markers.ts";

/**
 * Reads the values of one message body, one after the other.
 *
 * The body has one reference table and one budget of values (`maxValues`). Read no further once `read` has thrown.
 *
 * An object, typed object or ECMA array without its end marker is accepted where the body ends right behind a property:
 * some encoders leave the end marker out. References can make values that contain themselves.
 */
export class Amf0Decoder {
  readonly #reader: ByteReader;
  readonly #limits: Readonly<AmfLimits>;
  readonly #options: AmfDecoderOptions | undefined;
  readonly #references: AmfValue[] = [];
  #avmPlus: AvmPlusReader | undefined;
  #values = 0;

  /**
   * @param bytes  one whole message body; not changed, and not kept by any value
   * @throws AmfError `RTMP_ERR_AMF_BODY_TOO_LONG`
   * @throws RangeError when a limit or the offset is out of range
   */
  constructor(bytes: Uint8Array, options?: AmfDecoderOptions) {
    this.#limits = resolveLimits(options?.limits);
    this.#reader = openBody(bytes, options?.offset ?? 0, this.#limits);
    this.#options = options;
  }

  /** Offset of the next value in the bytes given. */
  get offset(): number {
    return this.#reader.offset;
  }

  /** Whether every byte has been read. */
  get done(): boolean {
    return this.#reader.left === 0;
  }

  /**
   * Reads the next value.
   *
   * Invalid UTF-8 becomes U+FFFD.
   *
   * @throws AmfError with the offset of the fault: the body is malformed, over a limit, or of a class without a codec
   */
  read(): AmfValue {
    return this.#readValue(0);
  }

  /** @param depth containers around the value */
  #readValue(depth: number): AmfValue {
    const reader = this.#reader;
    const start = reader.offset;
    const marker = reader.u8();
    if (++this.#values > this.#limits.maxValues) {
      this.#refuse(
        "RTMP_ERR_AMF_TOO_MANY_VALUES",
        `more than ${this.#limits.maxValues} values`,
        start,
      );
    }

    switch (marker) {
      case Amf0Marker.Number:
        return reader.f64();
      case Amf0Marker.Boolean:
        return reader.u8() !== 0;
      case Amf0Marker.String:
        return this.#readString(reader.u16());
      case Amf0Marker.Null:
        return null;
      case Amf0Marker.Undefined:
        return undefined;
      case Amf0Marker.Object:
      case Amf0Marker.EcmaArray:
      case Amf0Marker.StrictArray:
      case Amf0Marker.TypedObject:
        return this.#readContainer(marker, start, depth + 1);
      case Amf0Marker.Reference:
        return this.#readReference(start);
      case Amf0Marker.Date:
        return new AmfDate(reader.f64(), reader.i16());
      case Amf0Marker.LongString:
        return this.#readString(reader.u32());
      case Amf0Marker.Unsupported:
        return Unsupported;
      case Amf0Marker.XmlDocument:
        return new AmfXml(this.#readString(reader.u32()));
      case Amf0Marker.AvmPlus:
        return this.#readAvmPlus(depth);
      default:
        return this.#refuseMarker(marker, start);
    }
  }

  /** @param depth containers around the members, this one included */
  #readContainer(marker: number, start: number, depth: number): AmfValue {
    const { maxDepth } = this.#limits;
    if (depth > maxDepth) {
      this.#refuse("RTMP_ERR_AMF_TOO_DEEP", `nested deeper than ${maxDepth}`, start);
    }
    if (marker === Amf0Marker.StrictArray) return this.#readStrictArray(depth);

    // Without a prototype no name can reach a setter or a method.
    const properties: AmfObject = Object.create(null);
    let value: AmfValue = properties;
    if (marker === Amf0Marker.EcmaArray) {
      // The count is a hint that encoders get wrong; the end marker rules (FLV E.4.4.5).
      this.#reader.u32();
      value = new EcmaArray(properties);
    } else if (marker === Amf0Marker.TypedObject) {
      value = new TypedObject(this.#readName(this.#reader.u16()), properties);
    }

    // Before the members, which can refer to it.
    this.#references.push(value);
    this.#readProperties(properties, depth);
    return value;
  }

  #readProperties(properties: AmfObject, depth: number): void {
    const reader = this.#reader;
    const { maxProperties } = this.#limits;
    for (let count = 0; reader.left > 0; count++) {
      const start = reader.offset;
      const length = reader.u16();
      if (length === 0 && reader.bytes[reader.offset] === Amf0Marker.ObjectEnd) {
        reader.offset++;
        return;
      }
      if (count >= maxProperties) {
        this.#refuse(
          "RTMP_ERR_AMF_TOO_MANY_PROPERTIES",
          `more than ${maxProperties} properties`,
          start,
        );
      }

      const name = this.#readName(length);
      properties[name] = this.#readValue(depth);
    }
  }

  #readStrictArray(depth: number): AmfValue[] {
    const reader = this.#reader;
    const start = reader.offset;
    const count = reader.u32();
    // Each value takes a byte at least.
    if (count > reader.left) {
      this.#refuse("RTMP_ERR_AMF_INVALID_COUNT", `${count} values in ${reader.left} bytes`, start);
    }

    const values: AmfValue[] = [];
    this.#references.push(values);
    for (let i = 0; i < count; i++) values.push(this.#readValue(depth));
    return values;
  }

  #readReference(start: number): AmfValue {
    const index = this.#reader.u16();
    const known = this.#references.length;
    if (index >= known) {
      this.#refuse("RTMP_ERR_AMF_INVALID_REFERENCE", `reference ${index} of ${known}`, start);
    }
    return this.#references[index];
  }

  #readAvmPlus(depth: number): AmfValue {
    this.#avmPlus ??= new AvmPlusReader(this.#reader, this.#limits, this.#options);
    // Marker and AMF3 value count as one.
    const value = this.#avmPlus.read(depth, this.#values - 1);
    this.#values = this.#avmPlus.values;
    return value;
  }

  #readString(length: number): string {
    const { maxStringBytes } = this.#limits;
    return this.#readText(length, maxStringBytes, "RTMP_ERR_AMF_STRING_TOO_LONG");
  }

  #readName(length: number): string {
    return this.#readText(length, this.#limits.maxNameBytes, "RTMP_ERR_AMF_NAME_TOO_LONG");
  }

  #readText(length: number, limit: number, code: AmfErrorCode): string {
    const reader = this.#reader;
    const start = reader.offset;
    reader.need(length);
    if (length > limit) this.#refuse(code, `${length} bytes of text, at most ${limit}`, start);

    reader.offset += length;
    return decodeUtf8(reader.bytes, start, reader.offset);
  }

  #refuseMarker(marker: number, offset: number): never {
    if (marker === Amf0Marker.ObjectEnd) {
      this.#refuse("RTMP_ERR_AMF_UNEXPECTED_OBJECT_END", "object end in place of a value", offset);
    }
    const code = marker.toString(16).padStart(2, "0");
    this.#refuse("RTMP_ERR_AMF_UNKNOWN_MARKER", `no AMF0 value begins with 0x${code}`, offset);
  }

  #refuse(code: AmfErrorCode, message: string, offset: number): never {
    throw new AmfError(code, message, { offset });
  }
}

/**
 * Decodes exactly one value.
 *
 * @throws AmfError as {@link Amf0Decoder} does, and `RTMP_ERR_AMF_TRAILING_BYTES` when bytes are left over
 * @throws RangeError when a limit or the offset is out of range
 */
export function decodeAmf0(bytes: Uint8Array, options?: AmfDecoderOptions): AmfValue {
  const decoder = new Amf0Decoder(bytes, options);
  const value = decoder.read();
  if (!decoder.done) throw trailingBytes(decoder.offset, bytes.length - decoder.offset);
  return value;
}

/**
 * Decodes every value of a message body; none when it is empty.
 *
 * @throws AmfError as {@link Amf0Decoder} does
 * @throws RangeError when a limit or the offset is out of range
 */
export function decodeAmf0Sequence(bytes: Uint8Array, options?: AmfDecoderOptions): AmfValue[] {
  const decoder = new Amf0Decoder(bytes, options);
  const values: AmfValue[] = [];
  while (!decoder.done) values.push(decoder.read());
  return values;
}
