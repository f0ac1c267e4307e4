/**
 * Lenient looks into the objects that peers send.
 *
 * An ECMA array counts as an object, a number may come as text, a name in another letter case.
 */

import { type AmfObject, type AmfValue, propertiesOf as namedMembers } from "@rtmp/amf";
import { trimNul } from "./amf-body.ts";

const noProperties: AmfObject = Object.freeze(Object.create(null));

/** Returns the properties of an object, ECMA array or typed object; none for any other value. */
export function propertiesOf(value: AmfValue): AmfObject {
  return namedMembers(value) ?? noProperties;
}

/** Returns the properties of the first value that has any. */
export function firstProperties(values: readonly AmfValue[]): AmfObject {
  const found = values.find((value) => Object.keys(propertiesOf(value)).length > 0);
  return propertiesOf(found);
}

/** Returns a property by its name, and else by its name in any letter case. */
export function property(properties: AmfObject, name: string): AmfValue {
  if (Object.hasOwn(properties, name)) return properties[name];

  const folded = name.toLowerCase();
  const found = Object.keys(properties).find((key) => key.toLowerCase() === folded);
  return found === undefined ? undefined : properties[found];
}

/** Returns a property as text; empty when it is neither a string nor a number. */
export function textProperty(properties: AmfObject, name: string): string {
  const value = property(properties, name);
  if (typeof value === "string") return trimNul(value);
  return typeof value === "number" ? String(value) : "";
}

/** Returns a value as a number; undefined when it is not finite or not a number at all. */
export function numberOf(value: AmfValue): number | undefined {
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string" && value.trim() !== "") return finite(Number(value));
  return typeof value === "number" ? finite(value) : undefined;
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Returns a property as a number; 0 when there is none. */
export function numberProperty(properties: AmfObject, name: string): number {
  return numberOf(property(properties, name)) ?? 0;
}
