/**
 * Colour info: the data of a track whose packet type is Metadata.
 *
 *   AMF0 pairs of a name and a value, of which "colorInfo" alone has a meaning yet
 *
 * It holds from the next frame on, until the next one replaces it as a whole.
 *
 * E-RTMP "Metadata Frame"
 */

import {
  type AmfObject,
  type AmfValue,
  decodeAmf0Sequence,
  encodeAmf0,
  propertiesOf,
} from "@rtmp/amf";
import { property } from "../amf-properties.ts";

/** How samples become colours. */
export interface ColorConfig {
  /** Bits of each component: 8, 10 or 12. */
  readonly bitDepth?: number;
  /** The code point of H.273 §8.1, 0 to 255. */
  readonly colorPrimaries?: number;
  /** The code point of H.273 §8.2, 0 to 255. */
  readonly transferCharacteristics?: number;
  /** The code point of H.273 §8.3, 0 to 255. */
  readonly matrixCoefficients?: number;
}

/** Content light level, in candela per square metre, 0.0001 to 10000. */
export interface HdrCll {
  /** Largest average of a frame. */
  readonly maxFall?: number;
  /** Largest of a single pixel. */
  readonly maxCLL?: number;
}

/** The display that the colours were chosen on: chromaticities of CIE 1931, luminances in candela per square metre. */
export interface HdrMdcv {
  /** 0.0001 to 0.74. */
  readonly redX?: number;
  /** 0.0001 to 0.84. */
  readonly redY?: number;
  /** 0.0001 to 0.74. */
  readonly greenX?: number;
  /** 0.0001 to 0.84. */
  readonly greenY?: number;
  /** 0.0001 to 0.74. */
  readonly blueX?: number;
  /** 0.0001 to 0.84. */
  readonly blueY?: number;
  /** 0.0001 to 0.74. */
  readonly whitePointX?: number;
  /** 0.0001 to 0.84. */
  readonly whitePointY?: number;
  /** 5 to 10000. */
  readonly maxLuminance?: number;
  /** 0.0001 to 5. */
  readonly minLuminance?: number;
}

/** What is known of the colours of a track; without any member all that was known before is withdrawn. */
export interface ColorInfo {
  /** How samples become colours. */
  readonly colorConfig?: ColorConfig;
  /** Content light level. */
  readonly hdrCll?: HdrCll;
  /** The display that the colours were chosen on. */
  readonly hdrMdcv?: HdrMdcv;
}

const colorInfoName = "colorInfo";

const members = {
  colorConfig: ["bitDepth", "colorPrimaries", "transferCharacteristics", "matrixCoefficients"],
  hdrCll: ["maxFall", "maxCLL"],
  hdrMdcv: [
    "redX",
    "redY",
    "greenX",
    "greenY",
    "blueX",
    "blueY",
    "whitePointX",
    "whitePointY",
    "maxLuminance",
    "minLuminance",
  ],
} as const;

/**
 * Reads the colour info; the last one where there are several.
 *
 * Members that are no finite numbers are left out, and so are names that nobody defined. Ranges are not checked.
 *
 * @param data  the data of a track, AMF0
 * @returns undefined when the packet says nothing of colours; an object without members when it withdraws them
 * @throws AmfError as `decodeAmf0Sequence` does
 */
export function decodeColorInfo(data: Uint8Array): ColorInfo | undefined {
  const values = decodeAmf0Sequence(data);
  let found: ColorInfo | undefined;
  for (let i = 0; i + 1 < values.length; i += 2) {
    if (values[i] === colorInfoName) found = readColorInfo(values[i + 1]);
  }
  return found;
}

function readColorInfo(value: AmfValue): ColorInfo {
  const properties = propertiesOf(value);
  if (properties === undefined) return {};
  return {
    ...pick("colorConfig", properties),
    ...pick("hdrCll", properties),
    ...pick("hdrMdcv", properties),
  };
}

/** Reads one group of numbers; nothing when it is not there. */
function pick(group: keyof typeof members, properties: AmfObject): ColorInfo {
  const given = propertiesOf(property(properties, group));
  if (given === undefined) return {};

  const numbers: Record<string, number> = {};
  for (const name of members[group]) {
    const value = property(given, name);
    if (typeof value === "number" && Number.isFinite(value)) numbers[name] = value;
  }
  return { [group]: numbers };
}

/**
 * Writes the data of a Metadata packet, AMF0.
 *
 * @param info  without any member: all that was known before is withdrawn
 * @throws RangeError when a member is not a finite number
 */
export function encodeColorInfo(info: ColorInfo): Uint8Array<ArrayBuffer> {
  const value: AmfObject = {};
  if (info.colorConfig !== undefined) value["colorConfig"] = numbersOf({ ...info.colorConfig });
  if (info.hdrCll !== undefined) value["hdrCll"] = numbersOf({ ...info.hdrCll });
  if (info.hdrMdcv !== undefined) value["hdrMdcv"] = numbersOf({ ...info.hdrMdcv });
  return encodeAmf0(colorInfoName, Object.keys(value).length === 0 ? undefined : value);
}

function numbersOf(group: Record<string, number>): AmfObject {
  for (const [name, value] of Object.entries(group)) {
    if (!Number.isFinite(value)) throw new RangeError(`${name} must be a number, not ${value}`);
  }
  return group;
}
