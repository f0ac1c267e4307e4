/**
 * Refusals of what a client asks of a message stream: the client is told by onStatus, the owner by `onProblem`.
 *
 * RTMP §7.2.2
 */

import { MessageError, StatusCode } from "@rtmp/message";
import { SessionError } from "./errors.ts";
import type { ServerStream, StatusOptions } from "./server-stream.ts";
import type { SessionHandlers } from "./session-options.ts";

/** Who hears of it. */
type Owner = Pick<SessionHandlers, "onProblem">;

/** Refuses what the stream's state does not allow. */
export function refuseBusy(
  owner: Owner,
  stream: ServerStream,
  code: StatusCode,
  status: StatusOptions,
): void {
  stream.sendStatus(code, status);
  owner.onProblem?.(new SessionError("RTMP_ERR_STREAM_BUSY", status.description));
}

/** Reads a command; one that lacks what it means nothing without is refused, and undefined returned. */
export function readOrRefuse<T>(
  owner: Owner,
  stream: ServerStream,
  read: () => T,
  code: StatusCode = StatusCode.Failed,
): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    stream.sendStatus(code, { description: error.message });
    owner.onProblem?.(error);
    return undefined;
  }
}
