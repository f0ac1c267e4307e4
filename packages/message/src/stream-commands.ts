/**
 * The commands by which a client gets, uses and leaves a message stream, apart from playback control.
 *
 *   createStream → publish or play → closeStream or deleteStream
 *
 * releaseStream and the FC commands are no part of the specification; FMLE, OBS, ffmpeg and librtmp send them, and
 * servers of theirs wait for them.
 *
 * RTMP §7.2.1.2, §7.2.1.3, §7.2.2
 */

import type { AmfValue } from "@rtmp/amf";
import type { Command } from "./command.ts";
import type { PlayRequest, PublishRequest } from "./net-stream.ts";
import { numberOf } from "./properties.ts";

/**
 * Builds a call of the server's application, or any other command.
 *
 * @param transactionId  the answer repeats it; 0 wants none
 * @param name           the procedure
 * @param args           its arguments
 * @param commandObject  null mostly
 * @see RTMP §7.2.1.2
 */
export function callCommand(
  transactionId: number,
  name: string,
  args: readonly AmfValue[] = [],
  commandObject: AmfValue = null,
): Command {
  return { name, transactionId, commandObject, args };
}

/** Builds createStream; {@link readCreateStreamResult} reads the answer (RTMP §7.2.1.3). */
export function createStreamCommand(transactionId: number): Command {
  return callCommand(transactionId, "createStream");
}

/**
 * Reads which message stream a `_result` of createStream names.
 *
 * @returns 1 to 4294967295; undefined where the server named none
 * @see RTMP §7.2.1.3
 */
export function readCreateStreamResult(command: Command): number | undefined {
  // The null before the number may be missing.
  const values: AmfValue[] = [...command.args, command.commandObject];
  return values.map(numberOf).find(isMessageStreamId);
}

function isMessageStreamId(id: number | undefined): id is number {
  return id !== undefined && id > 0 && id >>> 0 === id;
}

/** Builds releaseStream: frees a name that a lost publisher may still hold; before createStream. */
export function releaseStreamCommand(transactionId: number, streamName: string): Command {
  return callCommand(transactionId, "releaseStream", [streamName]);
}

/** Builds FCPublish: announces a publish; before createStream. */
export function fcPublishCommand(transactionId: number, streamName: string): Command {
  return callCommand(transactionId, "FCPublish", [streamName]);
}

/** Builds FCUnpublish: ends a publish; before deleteStream. */
export function fcUnpublishCommand(transactionId: number, streamName: string): Command {
  return callCommand(transactionId, "FCUnpublish", [streamName]);
}

/** Builds FCSubscribe: announces a play to a content network, which answers onFCSubscribe. */
export function fcSubscribeCommand(transactionId: number, streamName: string): Command {
  return callCommand(transactionId, "FCSubscribe", [streamName]);
}

/** Builds FCUnsubscribe: takes {@link fcSubscribeCommand} back. */
export function fcUnsubscribeCommand(transactionId: number, streamName: string): Command {
  return callCommand(transactionId, "FCUnsubscribe", [streamName]);
}

/** Builds getStreamLength: asks how long a recording is; the answer is in seconds, 0 for a live stream. */
export function getStreamLengthCommand(transactionId: number, streamName: string): Command {
  return callCommand(transactionId, "getStreamLength", [streamName]);
}

/**
 * Builds publish; it goes out on the message stream that shall carry the media.
 *
 * @param streamName   may hold a query
 * @param publishType  `live` for all servers; `record` and `append` where the server keeps recordings
 * @see RTMP §7.2.2.6
 */
export function publishCommand(
  transactionId: number,
  streamName: string,
  publishType: PublishRequest["publishType"] = "live",
): Command {
  return callCommand(transactionId, "publish", [streamName, publishType]);
}

/** What a client asks to play; see {@link PlayRequest} for the meaning of each. */
export type PlayOptions = Pick<PlayRequest, "streamName"> & {
  readonly [Name in "start" | "duration" | "reset"]?: PlayRequest[Name] | undefined;
};

/**
 * Builds play; it goes out on the message stream that shall carry the media.
 *
 * What is not given is left out at the end, and has its default before something that is given: start -2,
 * duration -1.
 *
 * @see RTMP §7.2.2.1
 */
export function playCommand(transactionId: number, options: PlayOptions): Command {
  const { streamName, start, duration, reset } = options;
  const args: AmfValue[] = [streamName, start ?? -2, duration ?? -1, reset];
  const last = [streamName, start, duration, reset].findLastIndex((value) => value !== undefined);
  return callCommand(transactionId, "play", args.slice(0, last + 1));
}

/** Builds closeStream: ends publish or play and keeps the message stream, on which it goes out. */
export function closeStreamCommand(transactionId: number): Command {
  return callCommand(transactionId, "closeStream");
}

/**
 * Builds deleteStream: ends publish or play and gives the message stream back; the server does not answer.
 *
 * @param messageStreamId  the stream to delete; the command itself goes out on any
 * @see RTMP §7.2.2.3
 */
export function deleteStreamCommand(transactionId: number, messageStreamId: number): Command {
  return callCommand(transactionId, "deleteStream", [messageStreamId]);
}
