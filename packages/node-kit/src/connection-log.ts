import type { RtmpError } from "@rtmp/wire";

import type { FloodGate } from "./flood-gate.ts";
import type { Log } from "./log.ts";

/** Where the lines of a connection go. */
export interface ConnectionLogOptions {
  readonly log: Log;
  /** Takes the warnings, which peers can cause in floods. */
  readonly floodGate: FloodGate;
}

/** What an app logs of each connection; has the shape of an observer of one. */
export interface ConnectionLog {
  /** The client connected to an app. */
  onConnect(connect: { readonly app: string; readonly flashVer: string }): void;
  /** A stream began to be played. */
  onPlay(path: { readonly streamPath: string }): void;
  /** A played stream ended. */
  onPlayEnd(path: { readonly streamPath: string }, end: string, skippedPackets: number): void;
  /** Something was refused or dropped and the connection goes on. */
  onProblem(error: RtmpError): void;
  /** Our own code failed. */
  onInternalError(error: unknown): void;
  /** The session ended; without a cause when it ended in order. */
  onClose(cause: RtmpError | undefined): void;
}

/**
 * Returns what logs the steps of one connection.
 *
 * @param remote  the address of the peer
 */
export function connectionLog(
  remote: string,
  { log, floodGate }: ConnectionLogOptions,
): ConnectionLog {
  return {
    onConnect({ app, flashVer }) {
      log.info({ remote, app, client: flashVer }, "client connected");
    },
    onPlay({ streamPath }) {
      log.info({ remote, stream: streamPath }, "play started");
    },
    onPlayEnd({ streamPath }, end, skippedPackets) {
      log.info({ remote, stream: streamPath, end, skippedPackets }, "play ended");
    },
    onProblem(error) {
      floodGate.warn(error.code, { remote, ...errorFields(error) }, "refused or dropped");
    },
    onInternalError(error) {
      log.error({ remote, error }, "internal error");
    },
    onClose(cause) {
      const fields = { remote, ...(cause && errorFields(cause)) };
      if (cause === undefined || cause.fault === "closed") {
        log.info(fields, "connection closed");
      } else {
        floodGate.warn(cause.code, fields, "connection closed for a fault");
      }
    },
  };
}

/** The fields that a line of the log has for an error of the protocol. */
export function errorFields({ code, fault, message }: RtmpError): Record<string, unknown> {
  return { code, fault, reason: message };
}
