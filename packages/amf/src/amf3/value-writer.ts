import type { ExternalizableOutput, ExternalizableRegistry } from "../externalizable.ts";
import { defaultAmfLimits } from "../limits.ts";
import { isPlain, type Properties } from "../plain-object.ts";
import {
  AmfDate,
  AmfDictionary,
  AmfExternalizable,
  type AmfInput,
  AmfObjectVector,
  type AmfTraits,
  AmfVector,
  AmfXml,
  EcmaArray,
  TypedObject,
} from "../values.ts";
import type { BodyWriter } from "./body-writer.ts";
import { Amf3Marker } from "./markers.ts";
import { maxInteger, minInteger, writeU29 } from "./u29.ts";

const anonymous: AmfTraits = { sealed: [], dynamic: true };

/** Writes the values of one body. */
export class Amf3ValueWriter {
  readonly #body: BodyWriter;
  readonly #externalizables: ExternalizableRegistry;

  constructor(body: BodyWriter, externalizables: ExternalizableRegistry) {
    this.#body = body;
    this.#externalizables = externalizables;
  }

  /**
   * Writes one value.
   *
   * @param depth containers around it
   */
  write(value: AmfInput, depth: number): void {
    const { bytes } = this.#body;
    switch (typeof value) {
      case "number":
        this.#writeNumber(value);
        return;
      case "boolean":
        bytes.u8(value ? Amf3Marker.True : Amf3Marker.False);
        return;
      case "string":
        bytes.u8(Amf3Marker.String);
        this.#body.writeString(value);
        return;
      case "undefined":
        bytes.u8(Amf3Marker.Undefined);
        return;
      case "object":
        if (value === null) bytes.u8(Amf3Marker.Null);
        else this.#writeReferable(value, depth);
        return;
      case "symbol":
      case "bigint":
      case "function":
        throw new TypeError(`a ${typeof value} has no AMF3 form`);
    }
  }

  #writeNumber(value: number): void {
    const { bytes } = this.#body;
    // An integer has no negative zero.
    if (
      Number.isInteger(value) &&
      value >= minInteger &&
      value <= maxInteger &&
      !Object.is(value, -0)
    ) {
      bytes.u8(Amf3Marker.Integer);
      writeU29(bytes, value);
    } else {
      bytes.u8(Amf3Marker.Double);
      bytes.f64(value);
    }
  }

  #writeReferable(value: object, depth: number): void {
    const body = this.#body;
    const marker = markerOf(value);
    body.bytes.u8(marker);
    if (body.tryReference(value)) return;

    if (!this.#tryLeaf(value)) this.#writeContainer(value, depth + 1);
    body.leave(value);
  }

  /** Writes a value that has no members; false when it has. */
  #tryLeaf(value: object): boolean {
    const body = this.#body;
    if (value instanceof AmfDate) {
      body.writeHead(0);
      body.bytes.f64(value.time);
    } else if (value instanceof AmfXml) {
      body.writeUtf8(value.text);
    } else if (value instanceof Uint8Array) {
      body.writeHead(value.length);
      body.bytes.bytes(value);
    } else if (value instanceof AmfVector) {
      this.#writeVector(value);
    } else {
      return false;
    }
    return true;
  }

  #writeVector({ values, fixed }: AmfVector): void {
    const { bytes } = this.#body;
    this.#body.writeHead(values.length);
    bytes.u8(fixed ? 1 : 0);
    if (values instanceof Float64Array) {
      for (const value of values) bytes.f64(value);
    } else {
      for (const value of values) bytes.u32(value);
    }
  }

  /** @param depth containers around the members, this one included */
  #writeContainer(value: object, depth: number): void {
    if (depth > defaultAmfLimits.maxDepth) {
      throw new RangeError(`nested deeper than ${defaultAmfLimits.maxDepth}`);
    }

    if (Array.isArray(value)) {
      this.#writeArray(value, {}, depth);
    } else if (value instanceof EcmaArray) {
      this.#writeArray(value.dense, value.properties, depth);
    } else if (value instanceof TypedObject) {
      this.#writeTypedObject(value, depth);
    } else if (value instanceof AmfObjectVector) {
      this.#writeObjectVector(value, depth);
    } else if (value instanceof AmfDictionary) {
      this.#writeDictionary(value, depth);
    } else if (value instanceof AmfExternalizable) {
      this.#writeExternalizable(value, depth);
    } else if (isPlain(value)) {
      this.#body.writeTraits("", anonymous);
      this.#writeProperties(Object.keys(value), value, depth);
    }
  }

  #writeArray(dense: readonly AmfInput[], properties: Properties, depth: number): void {
    this.#body.writeHead(dense.length);
    this.#writeProperties(Object.keys(properties), properties, depth);
    this.#writeItems(dense, depth);
  }

  #writeItems(items: readonly AmfInput[], depth: number): void {
    // By index: a hole is undefined.
    for (let i = 0; i < items.length; i++) this.#writeMember(items[i], depth);
  }

  #writeProperties(names: readonly string[], properties: Properties, depth: number): void {
    for (const name of names) {
      this.#body.writeName(name);
      this.#writeMember(properties[name], depth);
    }
    this.#body.writeString("");
  }

  #writeTypedObject({ className, properties, traits }: TypedObject, depth: number): void {
    const { sealed, dynamic } = traits;
    const others = namesWithout(properties, sealed);
    if (!dynamic && others.length > 0) {
      throw new TypeError(`${JSON.stringify(others[0])} is no member of a class that is sealed`);
    }

    this.#body.writeTraits(className, traits);
    for (const name of sealed) {
      this.#writeMember(Object.hasOwn(properties, name) ? properties[name] : undefined, depth);
    }
    if (dynamic) this.#writeProperties(others, properties, depth);
  }

  #writeObjectVector({ typeName, values, fixed }: AmfObjectVector, depth: number): void {
    this.#body.writeHead(values.length);
    this.#body.bytes.u8(fixed ? 1 : 0);
    this.#body.writeString(typeName);
    this.#writeItems(values, depth);
  }

  #writeDictionary({ entries, weakKeys }: AmfDictionary, depth: number): void {
    this.#body.writeHead(entries.length);
    this.#body.bytes.u8(weakKeys ? 1 : 0);
    for (const [key, value] of entries) {
      this.#writeMember(key, depth);
      this.#writeMember(value, depth);
    }
  }

  #writeExternalizable({ className, content }: AmfExternalizable, depth: number): void {
    const codec = this.#externalizables.get(className);
    if (codec === undefined) {
      throw new TypeError(`the class ${JSON.stringify(className)} has no codec`);
    }

    this.#body.writeExternalizableTraits(className);
    const output: ExternalizableOutput = {
      bytes: this.#body.bytes,
      writeValue: (value) => {
        this.#writeMember(value, depth);
      },
    };
    codec.write(output, content);
  }

  #writeMember(value: AmfInput, depth: number): void {
    // Without references a small graph can make a huge body.
    this.#body.checkLength();
    this.write(value, depth);
  }
}

function namesWithout(properties: Properties, sealed: readonly string[]): string[] {
  const names = Object.keys(properties);
  if (sealed.length === 0) return names;
  const known = new Set(sealed);
  return names.filter((name) => !known.has(name));
}

/** @throws TypeError for instances of other classes */
function markerOf(value: object): number {
  if (Array.isArray(value) || value instanceof EcmaArray) return Amf3Marker.Array;
  if (isPlain(value) || value instanceof TypedObject || value instanceof AmfExternalizable) {
    return Amf3Marker.Object;
  }
  if (value instanceof AmfDate) return Amf3Marker.Date;
  if (value instanceof AmfXml) {
    return value.kind === "XML" ? Amf3Marker.Xml : Amf3Marker.XmlDocument;
  }
  if (value instanceof Uint8Array) return Amf3Marker.ByteArray;
  if (value instanceof AmfVector) return vectorMarker(value);
  if (value instanceof AmfObjectVector) return Amf3Marker.VectorObject;
  if (value instanceof AmfDictionary) return Amf3Marker.Dictionary;
  throw new TypeError("an instance of an unknown class has no AMF3 form");
}

function vectorMarker({ values }: AmfVector): number {
  if (values instanceof Int32Array) return Amf3Marker.VectorInt;
  return values instanceof Uint32Array ? Amf3Marker.VectorUint : Amf3Marker.VectorDouble;
}
