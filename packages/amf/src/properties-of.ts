import { isPlain } from "./plain-object.ts";
import { type AmfObject, type AmfValue, EcmaArray, TypedObject } from "./values.ts";

/**
 * Returns the named members of an object, an ECMA array or a typed object, which writers use as they like.
 *
 * @returns the object itself or the `properties` of the array or typed object; undefined for every other value
 */
export function propertiesOf(value: AmfValue): AmfObject | undefined {
  if (value instanceof EcmaArray || value instanceof TypedObject) return value.properties;
  return isObject(value) ? value : undefined;
}

function isObject(value: AmfValue): value is AmfObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isPlain(value);
}
