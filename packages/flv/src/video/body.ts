/**
 * The body of a video message, every field of its header: what is read can be written again, byte for byte.
 *
 * FLV E.4.3.1; E-RTMP "Enhanced Video"
 */

import { type EmptyBody, emptyBody } from "../empty-body.ts";
import { defaultFlvLimits, type FlvLimits } from "../limits.ts";
import {
  decodeEnhancedVideo,
  encodeEnhancedVideo,
  encodeEnhancedVideoCommand,
  type EnhancedVideoBody,
  type EnhancedVideoCommand,
  type EnhancedVideoCommandInput,
  type EnhancedVideoInput,
} from "./enhanced.ts";
import {
  decodeLegacyVideo,
  encodeLegacyVideo,
  encodeLegacyVideoCommand,
  type LegacyVideoBody,
  type LegacyVideoCommand,
  type LegacyVideoCommandInput,
  type LegacyVideoInput,
} from "./legacy.ts";

/** What stands in a video message; `form` tells which header it has. */
export type VideoBody =
  | EmptyBody
  | LegacyVideoBody
  | LegacyVideoCommand
  | EnhancedVideoBody
  | EnhancedVideoCommand;

/** A {@link VideoBody} to encode: what has a default may be left out. */
export type VideoBodyInput =
  | EmptyBody
  | LegacyVideoInput
  | LegacyVideoCommandInput
  | EnhancedVideoInput
  | EnhancedVideoCommandInput;

/**
 * Reads every field of a video message, legacy or enhanced.
 *
 * `encodeVideoBody` makes the same bytes of the result again.
 *
 * @param body    payload of an RTMP message of type 9 or of an FLV video tag; kept as views, so it must not change
 * @param limits  as {@link resolveFlvLimits} gives them
 * @throws FlvError  fault `unsupported`: drop the message; `malformed` or `limit`: the peer is at fault
 */
export function decodeVideoBody(body: Uint8Array, limits: FlvLimits = defaultFlvLimits): VideoBody {
  const first = body[0];
  if (first === undefined) return emptyBody;
  return first >= 0x80 ? decodeEnhancedVideo(body, limits) : decodeLegacyVideo(body);
}

/**
 * Writes a video message: the payload of an RTMP message of type 9 or of an FLV video tag.
 *
 * @returns bytes that the caller owns
 * @throws RangeError when a field does not fit, does not exist in this form, or the tracks do not suit the layout
 * @throws TypeError when a FourCC is not four characters
 */
export function encodeVideoBody(body: VideoBodyInput): Uint8Array<ArrayBuffer> {
  if (body.form === "empty") return new Uint8Array();
  if (body.form === "legacy") return encodeLegacyVideo(body);
  if (body.form === "legacy-command") return encodeLegacyVideoCommand(body);
  if (body.form === "enhanced") return encodeEnhancedVideo(body);
  return encodeEnhancedVideoCommand(body);
}
