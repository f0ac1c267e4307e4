import type { AmfObject, AmfValue } from "@rtmp/amf";

/** The member of a name; undefined when there is none of its own. */
export function property(properties: AmfObject, name: string): AmfValue {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}
