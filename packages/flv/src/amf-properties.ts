import { type AmfObject, type AmfValue, EcmaArray, TypedObject } from "@rtmp/amf";

/** The named members of an object, an ECMA array or a typed object; undefined for every other value. */
export function propertiesOf(value: AmfValue): AmfObject | undefined {
  if (value instanceof EcmaArray || value instanceof TypedObject) return value.properties;
  return isPlainObject(value) ? value : undefined;
}

function isPlainObject(value: AmfValue): value is AmfObject {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The member of a name; undefined when there is none of its own. */
export function property(properties: AmfObject, name: string): AmfValue {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}
