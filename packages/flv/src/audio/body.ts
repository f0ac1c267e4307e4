/**
 * The body of an audio message, every field of its header: what is read can be written again, byte for byte.
 *
 * FLV E.4.2.1; E-RTMP "Enhanced Audio"
 */

import { type EmptyBody, emptyBody } from "../empty-body.ts";
import { defaultFlvLimits, type FlvLimits } from "../limits.ts";
import {
  decodeEnhancedAudio,
  encodeEnhancedAudio,
  type EnhancedAudioBody,
  type EnhancedAudioInput,
} from "./enhanced.ts";
import {
  decodeLegacyAudio,
  encodeLegacyAudio,
  type LegacyAudioBody,
  type LegacyAudioInput,
} from "./legacy.ts";
import { SoundFormat } from "./sound-format.ts";

/** What stands in an audio message; `form` tells which header it has. */
export type AudioBody = EmptyBody | LegacyAudioBody | EnhancedAudioBody;

/** An {@link AudioBody} to encode: what has a default may be left out. */
export type AudioBodyInput = EmptyBody | LegacyAudioInput | EnhancedAudioInput;

/**
 * Reads every field of an audio message, legacy or enhanced.
 *
 * `encodeAudioBody` makes the same bytes of the result again.
 *
 * @param body    payload of an RTMP message of type 8 or of an FLV audio tag; kept as views, so it must not change
 * @param limits  as {@link resolveFlvLimits} gives them
 * @throws FlvError  fault `unsupported`: drop the message; `malformed` or `limit`: the peer is at fault
 */
export function decodeAudioBody(body: Uint8Array, limits: FlvLimits = defaultFlvLimits): AudioBody {
  const first = body[0];
  if (first === undefined) return emptyBody;
  return first >> 4 === SoundFormat.ExHeader
    ? decodeEnhancedAudio(body, limits)
    : decodeLegacyAudio(body);
}

/**
 * Writes an audio message: the payload of an RTMP message of type 8 or of an FLV audio tag.
 *
 * @returns bytes that the caller owns
 * @throws RangeError when a field does not fit, does not exist in this form, or the tracks do not suit the layout
 * @throws TypeError when a FourCC is not four characters
 */
export function encodeAudioBody(body: AudioBodyInput): Uint8Array<ArrayBuffer> {
  if (body.form === "empty") return new Uint8Array();
  if (body.form === "legacy") return encodeLegacyAudio(body);
  return encodeEnhancedAudio(body);
}
