/**
 * What an Enhanced RTMP peer says of itself in connect and its answer.
 *
 * E-RTMP "Enhancing NetConnection connect Command"
 */

import type { AmfObject, AmfValue } from "@rtmp/amf";
import { numberOf, numberProperty, propertiesOf, property } from "./properties.ts";

/** Codecs and features that a peer announces; most publishers announce none and use them all the same. */
export interface Capabilities {
  /** Four characters each, case-sensitive, or `*` for any. */
  readonly fourCcList: readonly string[];
  /** FourCC or `*` to the bits of {@link FourCcInfoMask}; without a prototype. */
  readonly videoFourCcInfoMap: Readonly<Record<string, number>>;
  /** As {@link videoFourCcInfoMap}. */
  readonly audioFourCcInfoMap: Readonly<Record<string, number>>;
  /** Bits of {@link CapsExMask}. */
  readonly capsEx: number;
  /** Bits of {@link VideoFunctionMask}. */
  readonly videoFunction: number;
}

/** Reads capabilities out of one or two objects; where both have a key, the later object counts. */
export function readCapabilities(...objects: readonly AmfObject[]): Capabilities {
  const merged: AmfObject = Object.create(null);
  for (const name of capabilityNames) {
    for (const object of objects) merged[name] = property(object, name) ?? merged[name];
  }
  return {
    fourCcList: fourCcs(merged["fourCcList"]),
    videoFourCcInfoMap: infoMap(merged["videoFourCcInfoMap"]),
    audioFourCcInfoMap: infoMap(merged["audioFourCcInfoMap"]),
    capsEx: bits(merged, "capsEx"),
    videoFunction: bits(merged, "videoFunction"),
  };
}

const capabilityNames = [
  "fourCcList",
  "videoFourCcInfoMap",
  "audioFourCcInfoMap",
  "capsEx",
  "videoFunction",
] as const satisfies readonly (keyof Capabilities)[];

function isFourCc(text: string): boolean {
  return text.length === 4 || text === "*";
}

function fourCcs(value: AmfValue): string[] {
  const values = Array.isArray(value) ? value : Object.values(propertiesOf(value));
  return values.filter((entry) => typeof entry === "string").filter(isFourCc);
}

function infoMap(value: AmfValue): Record<string, number> {
  const map: Record<string, number> = Object.create(null);
  for (const [fourCc, flags] of Object.entries(propertiesOf(value))) {
    const number = numberOf(flags);
    if (isFourCc(fourCc) && number !== undefined) map[fourCc] = number >>> 0;
  }
  return map;
}

function bits(properties: AmfObject, name: string): number {
  return numberProperty(properties, name) >>> 0;
}

/** Builds the properties that announce what is given, and nothing else. */
export function capabilityProperties(capabilities: Partial<Capabilities>): AmfObject {
  const properties: AmfObject = {};
  const { fourCcList, videoFourCcInfoMap, audioFourCcInfoMap, capsEx, videoFunction } =
    capabilities;
  if (fourCcList !== undefined) properties["fourCcList"] = [...fourCcList];
  if (videoFourCcInfoMap !== undefined) {
    properties["videoFourCcInfoMap"] = { ...videoFourCcInfoMap };
  }
  if (audioFourCcInfoMap !== undefined) {
    properties["audioFourCcInfoMap"] = { ...audioFourCcInfoMap };
  }
  if (capsEx !== undefined) properties["capsEx"] = capsEx;
  if (videoFunction !== undefined) properties["videoFunction"] = videoFunction;
  return properties;
}
