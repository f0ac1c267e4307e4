/**
 * AMF values as JavaScript values, the same ones for both versions.
 *
 * | JavaScript | AMF0 type | AMF3 type |
 * |---|---|---|
 * | number | number | integer, double |
 * | boolean, null, undefined | the same | the same |
 * | string | string, long string | string |
 * | {@link AmfObject} | object | object: no class name, dynamic, nothing sealed |
 * | {@link TypedObject} | typed object | every other object |
 * | array | strict array | array without names |
 * | {@link EcmaArray} | ECMA array | array with names |
 * | {@link AmfDate} | date | date |
 * | {@link AmfXml} | XML document | XMLDocument, XML |
 * | {@link Unsupported} | unsupported | |
 * | `Uint8Array` | | ByteArray |
 * | {@link AmfVector} | | vector of int, uint or double |
 * | {@link AmfObjectVector} | | vector of object |
 * | {@link AmfDictionary} | | dictionary |
 * | {@link AmfExternalizable} | | object that is externalizable |
 *
 * What AMF0 lacks it carries as AMF3 behind its avmplus marker.
 *
 * AMF0 §2, AMF3 §3
 */

/** A value that decoding gives. */
export type AmfValue =
  | number
  | boolean
  | string
  | null
  | undefined
  | AmfObject
  | AmfValue[]
  | EcmaArray
  | TypedObject
  | AmfDate
  | AmfXml
  | typeof Unsupported
  | Uint8Array
  | AmfVector
  | AmfObjectVector
  | AmfDictionary
  | AmfExternalizable;

/** A value that encoding takes: every {@link AmfValue}, and read-only arrays and objects. */
export type AmfInput =
  | AmfValue
  | readonly AmfInput[]
  | {
      readonly [name: string]: AmfInput;
    };

/**
 * Named values in wire order; names that look like array indices come first, as in every JavaScript object.
 *
 * A decoded object has no prototype, so the names `__proto__` and `constructor` are properties like any other. Of two
 * properties with the same name the last one counts. With references on the wire an object can contain itself.
 */
export interface AmfObject {
  [name: string]: AmfValue;
}

const noValues: readonly AmfValue[] = Object.freeze([]);

/** An array with named members; the wire form of `onMetaData` (AMF0 §2.10, AMF3 §3.11). */
export class EcmaArray {
  /** The named members; read like those of an object. */
  readonly properties: AmfObject;
  /** The values at 0 and up in AMF3; AMF0 has none apart from `properties`. */
  readonly dense: readonly AmfValue[];

  /**
   * AMF3 cannot tell one without names from an array: it is read as such.
   *
   * @param properties  kept, not copied
   * @param dense       kept, not copied
   */
  constructor(properties: AmfObject, dense: readonly AmfValue[] = noValues) {
    this.properties = properties;
    this.dense = dense;
  }
}

/** What a class says of the members of its instances (AMF3 §3.12). */
export interface AmfTraits {
  /** Names of the members that every instance has, in wire order. */
  readonly sealed: readonly string[];
  /** Whether an instance can have other members too. */
  readonly dynamic: boolean;
}

const dynamicTraits: AmfTraits = Object.freeze({ sealed: Object.freeze([]), dynamic: true });

/** An object that carries the name or the traits of its class (AMF0 §2.18, AMF3 §3.12). */
export class TypedObject {
  /** Class name as the peer registered it; not interpreted. Empty for the traits of an anonymous class. */
  readonly className: string;
  /** The members, sealed and dynamic. */
  readonly properties: AmfObject;
  /** Which members are sealed; in AMF0 none are. */
  readonly traits: AmfTraits;

  /**
   * @param className   at most 65535 bytes of UTF-8 in AMF0
   * @param properties  kept, not copied
   * @param traits      kept, not copied; unless given every member is dynamic
   */
  constructor(className: string, properties: AmfObject, traits: AmfTraits = dynamicTraits) {
    this.className = className;
    this.properties = properties;
    this.traits = traits;
  }
}

/** A point in time (AMF0 §2.13, AMF3 §3.10). */
export class AmfDate {
  /** Milliseconds since 1970-01-01 UTC; a peer can send any double, NaN too. */
  readonly time: number;
  /** Minutes, -32768..32767, as on the wire; AMF0 reserves the field: write 0 and ignore it on reading. AMF3 has none. */
  readonly timeZone: number;

  /** @throws RangeError when `timeZone` is not a signed 16-bit integer */
  constructor(time: number, timeZone = 0) {
    if ((timeZone << 16) >> 16 !== timeZone) {
      throw new RangeError(`timeZone must be an integer from -32768 to 32767, not ${timeZone}`);
    }
    this.time = time;
    this.timeZone = timeZone;
  }
}

/** The two classes of XML in ActionScript: `XMLDocument` is the older one, `XML` that of E4X. */
export type AmfXmlKind = "XMLDocument" | "XML";

/** An XML document as text; not parsed (AMF0 §2.17, AMF3 §3.9, §3.13). */
export class AmfXml {
  /** The document's source. */
  readonly text: string;
  /** Its class; AMF0 knows `XMLDocument` alone. */
  readonly kind: AmfXmlKind;

  constructor(text: string, kind: AmfXmlKind = "XMLDocument") {
    this.text = text;
    this.kind = kind;
  }
}

/** A vector of int, uint or double: the type of array says which (AMF3 §3.15). */
export class AmfVector {
  /** The numbers. */
  readonly values: Int32Array | Uint32Array | Float64Array;
  /** Whether the length of the vector cannot be changed. */
  readonly fixed: boolean;

  /** @param values kept, not copied */
  constructor(values: Int32Array | Uint32Array | Float64Array, fixed = false) {
    this.values = values;
    this.fixed = fixed;
  }
}

/** A vector of instances of one class, or of any values (AMF3 §3.15). */
export class AmfObjectVector {
  /** Name of the class; `*` or empty for values of any type. Not interpreted. */
  readonly typeName: string;
  /** The values. */
  readonly values: readonly AmfValue[];
  /** Whether the length of the vector cannot be changed. */
  readonly fixed: boolean;

  /** @param values kept, not copied */
  constructor(values: readonly AmfValue[], typeName = "*", fixed = false) {
    this.values = values;
    this.typeName = typeName;
    this.fixed = fixed;
  }
}

/** Values by keys of any type (AMF3 §3.16). */
export class AmfDictionary {
  /** Keys with their values, in wire order; a key can occur more than once. */
  readonly entries: readonly (readonly [key: AmfValue, value: AmfValue])[];
  /** Whether the keys are held weakly in ActionScript; they are not here. */
  readonly weakKeys: boolean;

  /** @param entries kept, not copied */
  constructor(entries: readonly (readonly [key: AmfValue, value: AmfValue])[], weakKeys = false) {
    this.entries = entries;
    this.weakKeys = weakKeys;
  }
}

/** An instance of a class that has a wire form of its own (AMF3 §3.12). */
export class AmfExternalizable {
  /** Name of the class, by which its codec is found. */
  readonly className: string;
  /** What the codec of the class reads and writes; not readonly, because it can contain this very object. */
  content: AmfValue;

  constructor(className: string, content: AmfValue) {
    this.className = className;
    this.content = content;
  }
}

/** Stands where a peer could not express a value (AMF0 §2.15). */
export const Unsupported: unique symbol = Symbol("AMF unsupported");
