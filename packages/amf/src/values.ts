/**
 * AMF values as JavaScript values.
 *
 * | AMF0 type | JavaScript |
 * |---|---|
 * | number, boolean, string, long string, null, undefined | the same; both string forms give a string |
 * | object | {@link AmfObject} |
 * | ECMA array | {@link EcmaArray} |
 * | strict array | array |
 * | typed object | {@link TypedObject} |
 * | date | {@link AmfDate} |
 * | XML document | {@link AmfXml} |
 * | unsupported | {@link Unsupported} |
 *
 * AMF0 §2
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
  | typeof Unsupported;

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

/** Named values written as an associative array; the wire form of `onMetaData` (AMF0 §2.10). */
export class EcmaArray {
  /** The members; read like those of an object. */
  readonly properties: AmfObject;

  /** @param properties kept, not copied */
  constructor(properties: AmfObject) {
    this.properties = properties;
  }
}

/** An object that carries the name of its class (AMF0 §2.18). */
export class TypedObject {
  /** Class name as the peer registered it; not interpreted. */
  readonly className: string;
  /** The members. */
  readonly properties: AmfObject;

  /**
   * @param className   at most 65535 bytes of UTF-8
   * @param properties  kept, not copied
   */
  constructor(className: string, properties: AmfObject) {
    this.className = className;
    this.properties = properties;
  }
}

/** A point in time (AMF0 §2.13). */
export class AmfDate {
  /** Milliseconds since 1970-01-01 UTC; a peer can send any double, NaN too. */
  readonly time: number;
  /** Minutes, -32768..32767, as on the wire; AMF0 reserves the field: write 0 and ignore it on reading. */
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

/** An XML document as text; not parsed (AMF0 §2.17). */
export class AmfXml {
  /** The document's source. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Stands where a peer could not express a value (AMF0 §2.15). */
export const Unsupported: unique symbol = Symbol("AMF unsupported");
