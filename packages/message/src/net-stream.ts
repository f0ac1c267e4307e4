/**
 * NetStream commands: publish, play, deleteStream, and what servers say around them.
 *
 * RTMP §7.2.2
 */

import type { AmfObject, AmfValue } from "@rtmp/amf";
import { trimNul } from "./amf-body.ts";
import type { Command } from "./command.ts";
import { MessageError } from "./errors.ts";
import { StatusCode } from "./on-status.ts";
import { numberOf } from "./properties.ts";

/** What publish asks (RTMP §7.2.2.6). */
export interface PublishRequest {
  /** As sent: may hold a query, or be empty when app holds it all. */
  readonly streamName: string;
  /** `live` where the client left it out or sent another word. */
  readonly publishType: "live" | "record" | "append";
}

/**
 * Reads a publish command.
 *
 * @throws MessageError `RTMP_ERR_NO_STREAM_NAME` when the name is missing or no string
 */
export function readPublish(command: Command): PublishRequest {
  const streamName = readStreamName(command);
  const type = typeof command.args[1] === "string" ? command.args[1].toLowerCase() : "live";
  return { streamName, publishType: type === "record" || type === "append" ? type : "live" };
}

/** What play asks (RTMP §7.2.2.1). */
export interface PlayRequest {
  /** As sent: may hold a query and a prefix such as `mp4:`. */
  readonly streamName: string;
  /**
   * -2: live, and recorded when nobody publishes; -1: live only; 0 or more: recorded, from there.
   *
   * A place is in seconds by the specification, but ffmpeg and librtmp send milliseconds; it is as sent.
   */
  readonly start: number;
  /** How long, in the same unit as `start`; -1: to the end. */
  readonly duration: number;
  /** Whether to leave what was queued before; true where the client did not say. */
  readonly reset: boolean;
}

/**
 * Reads a play command.
 *
 * @throws MessageError `RTMP_ERR_NO_STREAM_NAME` when the name is missing or no string
 */
export function readPlay(command: Command): PlayRequest {
  const streamName = readStreamName(command);
  const duration = numberOf(command.args[2]) ?? -1;
  return {
    streamName,
    start: playStart(numberOf(command.args[1])),
    duration: duration < 0 ? -1 : duration,
    reset: numberOf(command.args[3]) !== 0,
  };
}

/** ffmpeg sends -2000 and librtmp -1000 where the specification has -2 and -1. */
function playStart(start = -2): number {
  if (start >= 0) return start;
  return start === -1 || start === -1000 ? -1 : -2;
}

function readStreamName(command: Command): string {
  const name = command.args[0];
  if (typeof name === "string") return trimNul(name);

  const { name: commandName, transactionId } = command;
  const message = `${commandName} without a stream name`;
  throw new MessageError("RTMP_ERR_NO_STREAM_NAME", message, { commandName, transactionId });
}

/**
 * Reads which message stream deleteStream drops (RTMP §7.2.2.3).
 *
 * @returns u32; undefined where the client sent none: GStreamer sends the stream name instead
 */
export function readDeleteStream(command: Command): number | undefined {
  const id = command.args[0];
  return typeof id === "number" && id >>> 0 === id ? id : undefined;
}

/** Builds onFCPublish; some hardware publishers wait for it. */
export function onFcPublish(description = "Started publishing stream."): Command {
  return notice("onFCPublish", { code: StatusCode.PublishStart, description });
}

/** Builds onFCUnpublish. */
export function onFcUnpublish(description = "Stop publishing stream."): Command {
  return notice("onFCUnpublish", { code: StatusCode.UnpublishSuccess, description });
}

/** Builds onFCSubscribe. */
export function onFcSubscribe(description = "Started playing stream."): Command {
  return notice("onFCSubscribe", { level: "status", code: StatusCode.PlayStart, description });
}

function notice(name: string, info: AmfObject): Command {
  const args: AmfValue[] = [info];
  return { name, transactionId: 0, commandObject: null, args };
}
