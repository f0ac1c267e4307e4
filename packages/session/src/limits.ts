import { type ChunkLimits, defaultChunkLimits } from "@rtmp/chunk";
import { defaultMessageLimits, type MessageLimits, resolveMessageLimits } from "@rtmp/message";

/** How much time, memory and patience one connection gets. */
export interface SessionLimits {
  /**
   * Milliseconds from the start to the end of the handshake.
   * @default 10000
   */
  readonly handshakeTimeoutMs: number;
  /**
   * Milliseconds from the end of the handshake to `connect`; in a client, to its answer.
   * @default 10000
   */
  readonly connectTimeoutMs: number;
  /**
   * Milliseconds from `connect`, or from the end of its last stream, that a connection may stay without a stream that
   * publishes, plays or waits for the answer, and without another use such as a shared object.
   * @default 30000
   */
  readonly idleTimeoutMs: number;
  /**
   * Milliseconds of silence after which a publisher, or in a client the server, is asked with a ping.
   * @default 5000
   */
  readonly pingAfterMs: number;
  /**
   * Milliseconds of silence after which a client that does not publish is asked with a ping: with thousands of players
   * each ping counts.
   * @default 20000
   */
  readonly pingPlayerAfterMs: number;
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
   * Milliseconds of silence after which a player is closed that has answered a ping before; a player that never did
   * may be silent.
   * @default 60000
   */
  readonly silentPlayerMs: number;
  /**
   * Milliseconds of silence after which a client gives a server up that has answered a ping before.
   * @default 30000
   */
  readonly silentServerMs: number;
  /**
   * Milliseconds that a call of this side may wait for its answer, `connect` and `createStream` among them.
   * @default 30000
   */
  readonly callTimeoutMs: number;
  /**
   * Calls that may wait for an answer at a time, those of each side counted alone; getStreamLength, play2, pause and
   * seek of the peer count among its calls.
   * @default 256
   */
  readonly maxPendingCalls: number;
  /**
   * Entries that the playlists of all streams of one connection may hold behind what plays.
   * @default 64
   */
  readonly maxPlaylistEntries: number;
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
   * Messages of unknown type, user control messages and commands that cannot be read, and are put up with; one more
   * closes the connection.
   * @default 100
   */
  readonly maxFaults: number;
  /**
   * Limits of the chunk layer; what is left out has the default of `@rtmp/chunk`.
   * @default those of `@rtmp/chunk`
   */
  readonly chunk: Partial<ChunkLimits>;
  /**
   * Limits of the message layer; what is left out has the default of `@rtmp/message`.
   * @default those of `@rtmp/message`
   */
  readonly message: Partial<MessageLimits>;
}

/** The limits that hold where none are given. */
export const defaultSessionLimits: SessionLimits = Object.freeze({
  handshakeTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 30_000,
  pingAfterMs: 5_000,
  pingPlayerAfterMs: 20_000,
  silentPublisherMs: 30_000,
  silentAnsweringPublisherMs: 10_000,
  silentPlayerMs: 60_000,
  silentServerMs: 30_000,
  callTimeoutMs: 30_000,
  maxPendingCalls: 256,
  maxPlaylistEntries: 64,
  maxStreams: 64,
  maxPendingCommands: 16,
  maxFaults: 100,
  chunk: defaultChunkLimits,
  message: defaultMessageLimits,
});

/**
 * Fills in the defaults.
 *
 * @throws RangeError when a limit is not a positive number; those of the chunk layer are checked by its reader
 */
export function resolveSessionLimits(limits?: Partial<SessionLimits>): SessionLimits {
  if (limits === undefined) return defaultSessionLimits;

  const resolved = { ...defaultSessionLimits, ...limits };
  const { chunk: _chunk, message, ...bounds } = resolved;
  for (const [name, value] of Object.entries(bounds)) {
    if (typeof value !== "number" || !(value > 0)) {
      throw new RangeError(`${name} must be a positive number, not ${value}`);
    }
  }
  resolveMessageLimits(message);
  return resolved;
}
