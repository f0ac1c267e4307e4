/**
 * The time limits of a server session: which one runs, and when it ends.
 *
 *   handshake ─► connect ─► idle ◄─► publishing, or playing or in other use once it has answered a ping: silence;
 *                                    asked: none
 */

import type { Connection } from "./connection.ts";
import { SessionError } from "./errors.ts";
import type { SessionLimits } from "./limits.ts";
import type { ServerStream } from "./server-stream.ts";
import type { StreamTable } from "./stream-table.ts";

const texts = {
  RTMP_ERR_HANDSHAKE_TIMEOUT: "the handshake took too long",
  RTMP_ERR_CONNECT_TIMEOUT: "connect did not come in time",
  RTMP_ERR_IDLE_TIMEOUT: "no stream was published or played, nor anything shared, for too long",
  RTMP_ERR_SILENT_PEER: "the client has been silent for too long",
} as const;
type TimeoutCode = keyof typeof texts;

/** Construction of {@link ServerTimeouts}. */
export interface ServerTimeoutsOptions {
  readonly limits: SessionLimits;
  readonly connection: Connection;
  readonly streams: StreamTable;
  /** Says whether the connection is in use without a stream. */
  readonly owner: { isInUse?(): boolean };
  /** When the connection began. */
  readonly now: number;
}

/** The time limits of one session. */
export class ServerTimeouts {
  readonly #limits: SessionLimits;
  readonly #connection: Connection;
  readonly #streams: StreamTable;
  readonly #owner: ServerTimeoutsOptions["owner"];
  readonly #startedAt: number;
  #now: number;
  #openedAt: number | undefined;
  #connectAsked = false;
  // Undefined while a stream is active, and until the time at which that ended is known.
  #idleSince: number | undefined;

  constructor({ limits, connection, streams, owner, now }: ServerTimeoutsOptions) {
    this.#limits = limits;
    this.#connection = connection;
    this.#streams = streams;
    this.#owner = owner;
    this.#startedAt = now;
    this.#now = now;
  }

  /** The handshake is over. */
  onOpen(): void {
    this.#openedAt = this.#now;
  }

  /** The client asked to connect; the idle time begins. */
  onConnect(): void {
    this.#connectAsked = true;
  }

  /** Begins the idle time anew: connect was accepted, or a stream ended. */
  restartIdle(): void {
    this.#idleSince = undefined;
  }

  /** Tells the time, before and after the session did something. */
  settle(now: number): void {
    this.#now = now;
    if (!this.#connectAsked) return;
    this.#idleSince = this.#isActive ? undefined : (this.#idleSince ?? now);
  }

  /** Milliseconds of silence after which the client is asked with a ping. */
  get pingAfterMs(): number {
    const { pingAfterMs, pingPlayerAfterMs } = this.#limits;
    return this.#streams.some(isPublishing) ? pingAfterMs : pingPlayerAfterMs;
  }

  /** When the limit that runs ends; `Infinity` when none runs, the last known time when `settle` is wanted first. */
  get deadline(): number {
    const limits = this.#limits;
    switch (this.#running()) {
      case "RTMP_ERR_HANDSHAKE_TIMEOUT":
        return this.#startedAt + limits.handshakeTimeoutMs;
      case "RTMP_ERR_CONNECT_TIMEOUT":
        return (this.#openedAt ?? this.#now) + limits.connectTimeoutMs;
      case "RTMP_ERR_IDLE_TIMEOUT":
        return this.#idleSince === undefined ? this.#now : this.#idleSince + limits.idleTimeoutMs;
      case "RTMP_ERR_SILENT_PEER":
        return this.#connection.lastReceivedAt + (this.#silenceMs ?? Number.POSITIVE_INFINITY);
      case undefined:
      default:
        return Number.POSITIVE_INFINITY;
    }
  }

  /** Returns what ends the session now; undefined when no limit is over. */
  exceeded(now: number): SessionError | undefined {
    this.settle(now);
    const code = this.#running();
    if (code === undefined || now < this.deadline) return undefined;
    return new SessionError(code, texts[code]);
  }

  get #isActive(): boolean {
    return this.#streams.anyActive || this.#isInUse;
  }

  get #isInUse(): boolean {
    return this.#owner.isInUse?.() ?? false;
  }

  /** Undefined while no stream makes silence a sign of loss. */
  get #silenceMs(): number | undefined {
    const { silentPublisherMs, silentAnsweringPublisherMs, silentPlayerMs } = this.#limits;
    const { answersPings } = this.#connection;
    if (this.#streams.some(isPublishing)) {
      return answersPings ? silentAnsweringPublisherMs : silentPublisherMs;
    }
    const isUsed = this.#streams.some(isPlaying) || this.#isInUse;
    return answersPings && isUsed ? silentPlayerMs : undefined;
  }

  #running(): TimeoutCode | undefined {
    if (this.#openedAt === undefined) return "RTMP_ERR_HANDSHAKE_TIMEOUT";
    if (!this.#connectAsked) return "RTMP_ERR_CONNECT_TIMEOUT";
    if (!this.#isActive) return "RTMP_ERR_IDLE_TIMEOUT";
    return this.#silenceMs === undefined ? undefined : "RTMP_ERR_SILENT_PEER";
  }
}

function isPublishing(stream: ServerStream): boolean {
  return stream.state === "publishing";
}

function isPlaying(stream: ServerStream): boolean {
  return stream.state === "playing";
}
