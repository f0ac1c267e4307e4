/** The same bytes read by @astronautlabs/amf 0.0.6. */
import { AmfDate, AmfDictionary, type AmfValue, AmfVector, AmfXml, TypedObject } from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import { expect, test } from "vitest";
import { vectors3 } from "../amf3/vectors.ts";

// It asks for this at its first line.
await import("reflect-metadata");
const { AMF3 } = await import("@astronautlabs/amf");

function toPlain(value: AmfValue): unknown {
  if (value instanceof AmfDate) return new Date(value.time);
  if (value instanceof AmfXml) return value.text;
  if (value instanceof AmfVector) return value.values;
  if (value instanceof AmfDictionary) return new Map(value.entries);
  if (value instanceof TypedObject) return { ...value.properties };
  return value;
}

/** The vectors that it reads; README.md says what of the others it does not. */
const readable = new Set([
  "undefined",
  "null",
  "false",
  "true",
  "integer 0",
  "integer 127",
  "integer 128",
  "integer 16383",
  "integer 16384",
  "integer 2097151",
  "double 268435456",
  "double -268435457",
  "double 0.5",
  "empty string",
  "string",
  "string of two bytes a character",
  "string of four bytes a character",
  "XMLDocument",
  "XML",
  "empty XML",
  "date 1970-01-01",
  "vector of int",
  "fixed vector of uint",
  "dictionary",
  "sealed object",
  "anonymous object with a sealed member",
]);

test.each(vectors3.filter(({ name }) => readable.has(name)))("$name", ({ values, hex: text }) => {
  const [value] = values;
  expect(AMF3.Value.deserialize(hex(text)).value).toEqual(toPlain(value));
});
