/**
 * A media message and what its header says: the unit that a hub keeps and passes on.
 *
 * The body stays untouched, so a message goes on bit-identical whatever its header holds.
 *
 * RTMP §7.1.2, §7.1.4, §7.1.5; FLV E.4.1
 */

import { decodeAudioBody } from "./audio/body.ts";
import { audioFrames } from "./audio/frames.ts";
import { defaultFlvLimits, type FlvLimits } from "./limits.ts";
import { bareFrame, type MediaFrame, type MediaKind } from "./media-frame.ts";
import { decodeVideoBody } from "./video/body.ts";
import { videoFrames } from "./video/frames.ts";

/** One audio, video or data message. */
export interface MediaPacket {
  /** The message type: 8, 9 or 18 in RTMP. */
  readonly kind: MediaKind;
  /** Decoding time in milliseconds, u32, wraps at 2^32. */
  readonly timestamp: number;
  /** The message payload, untouched; every frame's view lies in it. */
  readonly body: Uint8Array;
  /** One frame for each track in the message, in wire order; never empty. */
  readonly frames: readonly MediaFrame[];
}

/**
 * Reads the header of a video message, legacy or enhanced.
 *
 * @param body    payload of an RTMP message of type 9 or of an FLV video tag; kept as views, so it must not change
 * @param limits  as {@link resolveFlvLimits} gives them
 * @returns one frame for each track in wire order, at least one; a body of zero bytes gives one of role `empty`
 * @throws FlvError  fault `unsupported`: drop the message; `malformed` or `limit`: the peer is at fault
 */
export function readVideoFrames(
  body: Uint8Array,
  limits: FlvLimits = defaultFlvLimits,
): MediaFrame[] {
  return videoFrames(body, decodeVideoBody(body, limits));
}

/**
 * Reads the header of an audio message, legacy or enhanced.
 *
 * @param body    payload of an RTMP message of type 8 or of an FLV audio tag; kept as views, so it must not change
 * @param limits  as {@link resolveFlvLimits} gives them
 * @returns one frame for each track in wire order, at least one; a body of zero bytes, silence, gives one of role `empty`
 * @throws FlvError  fault `unsupported`: drop the message; `malformed` or `limit`: the peer is at fault
 */
export function readAudioFrames(
  body: Uint8Array,
  limits: FlvLimits = defaultFlvLimits,
): MediaFrame[] {
  return audioFrames(body, decodeAudioBody(body, limits));
}

/**
 * Makes a packet of an audio or video message.
 *
 * @param timestamp  message timestamp in milliseconds, u32
 * @param body       message payload; becomes the packet's, so it must not change any more
 * @throws FlvError  as {@link readVideoFrames} and {@link readAudioFrames} do
 */
export function readMediaPacket(
  kind: "audio" | "video",
  timestamp: number,
  body: Uint8Array,
  limits: FlvLimits = defaultFlvLimits,
): MediaPacket {
  const frames = kind === "video" ? readVideoFrames(body, limits) : readAudioFrames(body, limits);
  return { kind, timestamp, body, frames };
}

/**
 * Makes a packet of a data message, which is not looked into.
 *
 * @param timestamp  message timestamp in milliseconds, u32
 * @param body       message payload as it is to reach players; becomes the packet's
 * @param role       `metadata` for onMetaData, which late players need too
 */
export function dataPacket(
  timestamp: number,
  body: Uint8Array,
  role: "metadata" | "coded-frames" = "coded-frames",
): MediaPacket {
  return { kind: "data", timestamp, body, frames: [bareFrame(role, body)] };
}
