import type { Arrival } from "@rtmp/transport-node";
import type { RtmpError } from "@rtmp/wire";

import type { FloodGate } from "./flood-gate.ts";
import type { Log } from "./log.ts";

/** Where the lines of a connection go. */
export interface ConnectionLogOptions {
  readonly log: Log;
  /** Takes the warnings, which peers can cause in floods. */
  readonly floodGate: FloodGate;
}

// One key for all: a network that is too narrow slows many players at once.
const slowKey = "slow player";

/** Logs the steps of one connection; has the shape of an observer of one. */
export class ConnectionLog {
  readonly #remote: string;
  readonly #options: ConnectionLogOptions;
  readonly #arrival: Arrival | undefined;

  /**
   * @param remote   the address of the peer
   * @param arrival  how it came; told when the client has connected to an app
   */
  constructor(remote: string, options: ConnectionLogOptions, arrival?: Arrival) {
    this.#remote = remote;
    this.#options = options;
    this.#arrival = arrival;
  }

  /** The client connected to an app. */
  onConnect({ app, flashVer }: { readonly app: string; readonly flashVer: string }): void {
    const scheme = this.#arrival === undefined ? {} : { scheme: this.#arrival.scheme };
    this.info({ ...scheme, app, client: flashVer }, "client connected");
    this.#arrival?.established();
  }

  /** A stream began to be played. */
  onPlay({ streamPath }: { readonly streamPath: string }): void {
    this.info({ stream: streamPath }, "play started");
  }

  /** A player has fallen behind; one line a second at most, whoever they are. */
  onSkip(
    { streamPath }: { readonly streamPath: string },
    queuedBytes: number,
    waitedMs: number,
  ): void {
    const fields = { stream: streamPath, queuedBytes, waitedMs: Math.round(waitedMs) };
    this.#warn(slowKey, fields, "player is too slow, skips to a later keyframe");
  }

  /** A played stream ended. */
  onPlayEnd(
    { streamPath }: { readonly streamPath: string },
    end: string,
    skippedPackets: number,
  ): void {
    this.info({ stream: streamPath, end, skippedPackets }, "play ended");
  }

  /** Something was refused or dropped and the connection goes on. */
  onProblem(error: RtmpError): void {
    this.#warn(error.code, errorFields(error), "refused or dropped");
  }

  /** Our own code failed. */
  onInternalError(error: unknown): void {
    this.#options.log.error({ remote: this.#remote, error }, "internal error");
  }

  /** The session ended; without a cause when it ended in order. */
  onClose(cause: RtmpError | undefined): void {
    const fields = cause === undefined ? {} : errorFields(cause);
    if (cause === undefined || cause.fault === "closed") this.info(fields, "connection closed");
    else this.#warn(cause.code, fields, "connection closed for a fault");
  }

  /** Logs a line with the address of the peer. */
  protected info(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#options.log.info({ remote: this.#remote, ...fields }, message);
  }

  #warn(key: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    this.#options.floodGate.warn(key, { remote: this.#remote, ...fields }, message);
  }
}

/** The fields that a line of the log has for an error of the protocol. */
export function errorFields({ code, fault, message }: RtmpError): Record<string, unknown> {
  return { code, fault, reason: message };
}
