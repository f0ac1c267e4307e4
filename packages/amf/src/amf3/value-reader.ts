/**
 * AMF3 values.
 *
 *   value       = marker (UI8), then what the marker says
 *   referable   = marker (07 to 11), U29: low bit 0: index in the object table << 1; low bit 1: head of the value
 *   array       = 09, dense count << 1 | 1, (name, value)..., empty name, dense values
 *   object      = 0a, traits, sealed values, and where the class is dynamic (name, value)..., empty name
 *   traits      = ...01: index in the traits table << 2
 *                 ...0011, ...1011 (dynamic): sealed count << 4, class name, sealed names
 *                 ...111: class name, then what the class writes itself
 *   vector      = 0d, 0e, 0f, 10: count << 1 | 1, fixed (UI8), type name (10 only), items
 *   dictionary  = 11, entry count << 1 | 1, weak keys (UI8), (key, value)...
 *
 * AMF3 §3
 */
import type { ExternalizableInput, ExternalizableRegistry } from "../externalizable.ts";
import {
  AmfDate,
  AmfDictionary,
  AmfExternalizable,
  type AmfObject,
  AmfObjectVector,
  type AmfValue,
  AmfVector,
  AmfXml,
  EcmaArray,
  TypedObject,
} from "../values.ts";
import type { BodyReader, ClassTraits } from "./body-reader.ts";
import { Amf3Marker } from "./markers.ts";
import { readU29, toInteger } from "./u29.ts";

/** Reads the values of one body. */
export class Amf3ValueReader {
  /** Values read so far, of the budget of the body. */
  values = 0;
  readonly #body: BodyReader;
  readonly #externalizables: ExternalizableRegistry;

  constructor(body: BodyReader, externalizables: ExternalizableRegistry) {
    this.#body = body;
    this.#externalizables = externalizables;
  }

  /**
   * Reads the next value.
   *
   * @param depth containers around it
   */
  read(depth: number): AmfValue {
    const { bytes, limits } = this.#body;
    const start = bytes.offset;
    const marker = bytes.u8();
    if (++this.values > limits.maxValues) {
      const message = `more than ${limits.maxValues} values`;
      this.#body.refuse("RTMP_ERR_AMF_TOO_MANY_VALUES", message, start);
    }

    switch (marker) {
      case Amf3Marker.Undefined:
        return undefined;
      case Amf3Marker.Null:
        return null;
      case Amf3Marker.False:
        return false;
      case Amf3Marker.True:
        return true;
      case Amf3Marker.Integer:
        return toInteger(readU29(bytes));
      case Amf3Marker.Double:
        return bytes.f64();
      case Amf3Marker.String:
        return this.#body.readString();
      default:
        if (marker > Amf3Marker.Dictionary) this.#refuseMarker(marker, start);
        return this.#readReferable(marker, start, depth);
    }
  }

  #readReferable(marker: number, start: number, depth: number): AmfValue {
    const body = this.#body;
    const { bytes } = body;
    const headStart = bytes.offset;
    const head = readU29(bytes);
    const rest = head >> 1;
    if ((head & 1) === 0) return body.object(rest, marker, headStart);

    switch (marker) {
      case Amf3Marker.XmlDocument:
        return body.addObject(marker, new AmfXml(body.readUtf8(rest), "XMLDocument"));
      case Amf3Marker.Xml:
        return body.addObject(marker, new AmfXml(body.readUtf8(rest), "XML"));
      case Amf3Marker.Date:
        return body.addObject(marker, new AmfDate(bytes.f64()));
      case Amf3Marker.ByteArray:
        // A copy, so that no value keeps the body.
        return body.addObject(marker, new Uint8Array(bytes.view(rest)));
      case Amf3Marker.VectorInt:
      case Amf3Marker.VectorUint:
      case Amf3Marker.VectorDouble:
        return this.#readVector(marker, rest, headStart);
      default:
        return this.#readContainer(marker, head, start, depth + 1);
    }
  }

  /** @param depth containers around the members, this one included */
  #readContainer(marker: number, head: number, start: number, depth: number): AmfValue {
    const { maxDepth } = this.#body.limits;
    if (depth > maxDepth) {
      this.#body.refuse("RTMP_ERR_AMF_TOO_DEEP", `nested deeper than ${maxDepth}`, start);
    }

    // Errors of the head point behind the marker.
    const headStart = start + 1;
    if (marker === Amf3Marker.Object) return this.#readObject(head, headStart, depth);
    const count = head >> 1;
    if (marker === Amf3Marker.Array) return this.#readArray(count, headStart, depth);
    if (marker === Amf3Marker.Dictionary) return this.#readDictionary(count, headStart, depth);
    return this.#readObjectVector(count, headStart, depth);
  }

  #readArray(count: number, headStart: number, depth: number): AmfValue {
    const body = this.#body;
    body.checkCount(count, 1, headStart);

    // An index in the object table is due before the members; the first name tells which object it is for.
    const start = body.bytes.offset;
    const name = body.readName();
    const dense: AmfValue[] = [];
    if (name === "") {
      body.addObject(Amf3Marker.Array, dense);
      this.#readItems(dense, count, depth);
      return dense;
    }

    const properties: AmfObject = Object.create(null);
    const value = body.addObject(Amf3Marker.Array, new EcmaArray(properties, dense));
    this.#readProperties(properties, 0, name, start, depth);
    this.#readItems(dense, count, depth);
    return value;
  }

  #readItems(items: AmfValue[], count: number, depth: number): void {
    for (let i = 0; i < count; i++) items.push(this.read(depth));
  }

  /**
   * @param count  members read before
   * @param first  the first name, which has been read
   * @param start  where it is
   */
  #readProperties(
    properties: AmfObject,
    count: number,
    first: string,
    start: number,
    depth: number,
  ): void {
    const body = this.#body;
    let name = first;
    let nameStart = start;
    for (let known = count + 1; name !== ""; known++) {
      body.checkProperties(known, nameStart);
      properties[name] = this.read(depth);
      nameStart = body.bytes.offset;
      name = body.readName();
    }
  }

  #readObject(head: number, headStart: number, depth: number): AmfValue {
    const body = this.#body;
    const { className, members } = this.#readTraits(head, headStart);
    if (members === undefined) return this.#readExternalizable(className, headStart, depth);

    const { sealed, dynamic } = members;
    // Without a prototype no name can reach a setter or a method.
    const properties: AmfObject = Object.create(null);
    const isPlain = className === "" && sealed.length === 0 && dynamic;
    const value = isPlain ? properties : new TypedObject(className, properties, members);
    body.addObject(Amf3Marker.Object, value);
    for (const name of sealed) properties[name] = this.read(depth);
    if (dynamic) {
      const start = body.bytes.offset;
      this.#readProperties(properties, sealed.length, body.readName(), start, depth);
    }
    return value;
  }

  #readTraits(head: number, headStart: number): ClassTraits {
    const body = this.#body;
    if ((head & 2) === 0) return body.traits(head >> 2, headStart);
    if ((head & 4) !== 0) {
      return body.addTraits({ className: body.readName(), members: undefined });
    }

    const count = head >> 4;
    // A name, and then a value.
    body.checkCount(count, 2, headStart);
    body.checkProperties(count, headStart);
    const className = body.readName();
    const sealed: string[] = [];
    for (let i = 0; i < count; i++) sealed.push(body.readName());
    return body.addTraits({ className, members: { sealed, dynamic: (head & 8) !== 0 } });
  }

  #readExternalizable(className: string, headStart: number, depth: number): AmfExternalizable {
    const codec = this.#externalizables.get(className);
    if (codec === undefined) {
      const message = `no codec for the class ${JSON.stringify(className)}`;
      this.#body.refuse("RTMP_ERR_AMF_UNKNOWN_EXTERNALIZABLE", message, headStart);
    }

    const value = new AmfExternalizable(className, undefined);
    this.#body.addObject(Amf3Marker.Object, value);
    const input: ExternalizableInput = {
      bytes: this.#body.bytes,
      readValue: () => this.read(depth),
    };
    value.content = codec.read(input);
    return value;
  }

  #readVector(marker: number, count: number, headStart: number): AmfVector {
    const { bytes } = this.#body;
    const fixed = bytes.u8() !== 0;
    this.#body.checkCount(count, marker === Amf3Marker.VectorDouble ? 8 : 4, headStart);

    if (marker === Amf3Marker.VectorDouble) {
      const values = new Float64Array(count);
      for (let i = 0; i < count; i++) values[i] = bytes.f64();
      return this.#body.addObject(marker, new AmfVector(values, fixed));
    }
    const values = marker === Amf3Marker.VectorInt ? new Int32Array(count) : new Uint32Array(count);
    for (let i = 0; i < count; i++) values[i] = bytes.u32();
    return this.#body.addObject(marker, new AmfVector(values, fixed));
  }

  #readObjectVector(count: number, headStart: number, depth: number): AmfObjectVector {
    const body = this.#body;
    const fixed = body.bytes.u8() !== 0;
    const typeName = body.readName();
    body.checkCount(count, 1, headStart);

    const values: AmfValue[] = [];
    const vector = new AmfObjectVector(values, typeName, fixed);
    body.addObject(Amf3Marker.VectorObject, vector);
    this.#readItems(values, count, depth);
    return vector;
  }

  #readDictionary(count: number, headStart: number, depth: number): AmfDictionary {
    const body = this.#body;
    const weakKeys = body.bytes.u8() !== 0;
    // A key and a value.
    body.checkCount(count, 2, headStart);
    body.checkProperties(count, headStart);

    const entries: [AmfValue, AmfValue][] = [];
    const dictionary = new AmfDictionary(entries, weakKeys);
    body.addObject(Amf3Marker.Dictionary, dictionary);
    for (let i = 0; i < count; i++) entries.push([this.read(depth), this.read(depth)]);
    return dictionary;
  }

  #refuseMarker(marker: number, offset: number): never {
    const code = marker.toString(16).padStart(2, "0");
    const message = `no AMF3 value begins with 0x${code}`;
    this.#body.refuse("RTMP_ERR_AMF_UNKNOWN_MARKER", message, offset);
  }
}
