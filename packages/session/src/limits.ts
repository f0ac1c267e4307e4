import type { ChunkLimits } from "@rtmp/chunk";
import type { MessageLimits } from "@rtmp/message";

/** How much time, memory and patience one connection gets. */
export interface SessionLimits {
  /**
   * Milliseconds from the start to the end of the handshake.
   * @default 10000
   */
  readonly handshakeTimeoutMs: number;
  /**
   * Milliseconds from the end of the handshake to `connect`.
   * @default 10000
   */
  readonly connectTimeoutMs: number;
  /**
   * Milliseconds that a connection may stay without a stream that publishes or plays.
   * @default 30000
   */
  readonly idleTimeoutMs: number;
  /**
   * Milliseconds of silence after which the peer is asked with a ping.
   * @default 5000
   */
  readonly pingAfterMs: number;
  /**
   * Milliseconds of silence after which a publisher is closed that never answered a ping.
   * @default 30000
   */
  readonly silentPublisherMs: number;
  /**
   * Milliseconds of silence after which a publisher is closed that has answered a ping before.
   * @default 10000
   */
  readonly silentAnsweringPublisherMs: number;
  /**
   * Message streams of one connection at a time.
   * @default 64
   */
  readonly maxStreams: number;
  /**
   * Commands that wait while an answer to `connect`, or to `publish` or `play` of one stream, is due.
   * @default 16
   */
  readonly maxPendingCommands: number;
  /**
   * Messages of unknown type and malformed data messages that are put up with before the connection is closed.
   * @default 100
   */
  readonly maxFaults: number;
  /** Limits of the chunk layer. */
  readonly chunk: Partial<ChunkLimits>;
  /** Limits of the message layer. */
  readonly message: Partial<MessageLimits>;
}

/** The limits that hold where none are given. */
export const defaultSessionLimits: SessionLimits = Object.freeze({
  handshakeTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  pingAfterMs: 5_000,
  silentPublisherMs: 30_000,
  silentAnsweringPublisherMs: 10_000,
  maxStreams: 64,
  maxPendingCommands: 16,
  maxFaults: 100,
  chunk: Object.freeze({}),
  message: Object.freeze({}),
});

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a limit is not a positive number
 */
export function resolveSessionLimits(limits: Partial<SessionLimits> = {}): SessionLimits {
  const resolved = { ...defaultSessionLimits, ...limits };
  for (const [name, value] of Object.entries(resolved)) {
    if (typeof value === "number" && !(value > 0)) {
      throw new RangeError(`${name} must be a positive number, not ${value}`);
    }
  }
  return resolved;
}
