/**
 * Commands of encoders and players that ask for nothing but an answer; some clients hang without it.
 *
 *   releaseStream, FCUnsubscribe, _checkbw          _result
 *   FCPublish, FCUnpublish, FCSubscribe             a notice, and _result
 *
 * No part of the specification; FMLE and librtmp began to send them.
 */

import { type Command, onFcPublish, onFcSubscribe, onFcUnpublish, result } from "@rtmp/message";
import type { Connection } from "./connection.ts";
import type { ServerStream } from "./server-stream.ts";

/** Answers a command of encoders, where the client wants an answer; says whether it was one. */
export function answerEncoderCommand(connection: Connection, command: Command): boolean {
  const { name, transactionId } = command;
  switch (name) {
    case "releaseStream":
    case "FCUnsubscribe":
    case "_checkbw":
      break;
    case "FCPublish":
      connection.sendCommand(onFcPublish(`Started publishing ${nameArgument(command)}.`));
      break;
    case "FCUnpublish":
      connection.sendCommand(onFcUnpublish(`Stopped publishing ${nameArgument(command)}.`));
      break;
    case "FCSubscribe":
      connection.sendCommand(onFcSubscribe());
      break;
    default:
      return false;
  }
  if (transactionId !== 0) connection.sendCommand(result(transactionId));
  return true;
}

/** Returns the stream name that a command gives; empty where it gives none. */
export function nameArgument({ args }: Command): string {
  const [name] = args;
  return typeof name === "string" ? name : "";
}

/** Whether a stream publishes under a name, or has been asked to. */
export function willPublish({ state, streamName, queue }: ServerStream, name: string): boolean {
  const isAsked = state === "publishing" || state === "publish-pending";
  if (isAsked && isMeant(name, streamName)) return true;
  return queue.some((waits) => waits.name === "publish" && isMeant(name, nameArgument(waits)));
}

/** Whether a name in FCUnpublish means a stream's: some encoders leave the query out, or the name. */
export function isMeant(name: string, streamName: string): boolean {
  return name === "" || withoutQuery(name) === withoutQuery(streamName);
}

function withoutQuery(streamName: string): string {
  const [name = ""] = streamName.split("?", 1);
  return name;
}
