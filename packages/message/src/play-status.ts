/**
 * Statuses that come as data messages, in order with the media they speak of.
 *
 *   onPlayStatus | { code, level, duration?, bytes? }      onStatus | { code }
 *
 * RTMP §7.1.2, §7.2.2
 */

import type { AmfObject } from "@rtmp/amf";
import type { DataMessage } from "./data.ts";
import { StatusCode, statusLevel, type StatusLevel } from "./on-status.ts";

/** What onPlayStatus says besides its code; what is not given is left out. */
export interface PlayStatusOptions {
  /** How long what was played is, in seconds; sent as `duration`. */
  readonly durationSeconds?: number | undefined;
  /** How many bytes what was played has. */
  readonly bytes?: number | undefined;
  /** @default statusLevel(code) */
  readonly level?: StatusLevel | undefined;
  /** More properties, such as `details` with the stream name; they come last. */
  readonly properties?: AmfObject | undefined;
}

/**
 * Builds onPlayStatus: what happened to a recording or a list that plays.
 *
 * @param code  `StatusCode.PlayComplete`, `PlaySwitch` or `PlayTransitionComplete`; librtmp leaves on PlayComplete
 */
export function onPlayStatus(code: string, options: PlayStatusOptions = {}): DataMessage {
  const info: AmfObject = { code, level: options.level ?? statusLevel(code) };
  if (options.durationSeconds !== undefined) info["duration"] = options.durationSeconds;
  if (options.bytes !== undefined) info["bytes"] = options.bytes;
  return { handler: "onPlayStatus", args: [{ ...info, ...options.properties }] };
}

/** Builds the data message that Flash Media Server and nginx-rtmp send before a stream's metadata. */
export function onDataStart(): DataMessage {
  return { handler: "onStatus", args: [{ code: StatusCode.DataStart }] };
}
