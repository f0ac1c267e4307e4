/**
 * The server side of one RTMP connection, as a state machine: bytes and the time in, requests, media and bytes out.
 *
 *   handshake ─► connect asked ─► connected ─► any number of message streams, each idle, publishing or playing
 *
 * No socket, no timer and no promise inside; `Driver` joins a session to a transport and a clock.
 *
 * RTMP §7.2
 */

import { type Message, MessageTypeId } from "@rtmp/chunk";
import { ServerHandshake } from "@rtmp/handshake";
import {
  type Command,
  type ConnectRequest,
  decodeCommand,
  errorResult,
  MessageError,
  onStatus,
  StatusCode,
} from "@rtmp/message";
import { type RandomBytes, RtmpError } from "@rtmp/wire";
import { ConnectGate } from "./connect-gate.ts";
import { Connection } from "./connection.ts";
import { SessionError } from "./errors.ts";
import { resolveSessionLimits, type SessionLimits } from "./limits.ts";
import type { IncomingConnect, IncomingPlay, IncomingPublish } from "./requests.ts";
import { isMediaType, type ServerStream, type StreamEnd } from "./server-stream.ts";
import { ServerStreams } from "./server-streams.ts";
import { ServerTimeouts } from "./server-timeouts.ts";

// Larger than most frames, so that a frame is one chunk; ffmpeg takes the size over for what it sends. nginx-rtmp
// closes peers that announce more than 10485760.
const defaultChunkSize = 65_536;
const maxChunkSize = 0x7fffffff;

// How long a refusal may take to reach the peer before the connection is cut. An immediate close can become a TCP
// reset that eats the reason.
const refusalFlushMs = 1_000;

/**
 * What a server session tells its owner; all calls come from inside `receive`, `tick`, `takeOutput` or `end`, but for
 * `onOutput`, which also follows what the owner sends or answers.
 *
 * An `RtmpError` that a handler throws inside `receive` or `takeOutput` ends the session as a fault of the peer does;
 * any other error passes through, and the session is of no use any more.
 */
export interface ServerSessionHandlers {
  /** The client asks to connect; accepted at once when there is no handler. */
  onConnect?(request: IncomingConnect): void;
  /** The client asks to publish. */
  onPublish(request: IncomingPublish): void;
  /** The client asks to play. */
  onPlay(request: IncomingPlay): void;
  /**
   * A publishing stream brought a message.
   *
   * @param typeId     `MessageTypeId` Audio, Video, DataAmf0 or DataAmf3
   * @param timestamp  milliseconds, u32
   * @param payload    owned by the receiver for good; its bytes never change
   */
  onMedia(stream: ServerStream, typeId: number, timestamp: number, payload: Uint8Array): void;
  /** A stream that published or played ended. */
  onStreamEnd(stream: ServerStream, end: StreamEnd): void;
  /** A message was dropped or refused and the connection goes on. */
  onProblem?(error: RtmpError): void;
  /** Output waits where none did before; `takeOutput` returns it. */
  onOutput?(): void;
  /** The session ended; nothing else will be called. */
  onClose?(cause: RtmpError | undefined): void;
}

/** Construction of a {@link ServerSession}. */
export interface ServerSessionOptions {
  /** Is told what the client asks and sends. */
  readonly handlers: ServerSessionHandlers;
  /** The time at which the connection began, on the clock that is used for `receive` and `tick`. */
  readonly now: number;
  /** Bounds; what is left out has its default. */
  readonly limits?: Partial<SessionLimits>;
  /** Source of the handshake's random bytes. @default the platform's */
  readonly randomBytes?: RandomBytes;
  /** Payload bytes per chunk of what this side sends, 1 to 0x7fffffff. @default 65536 */
  readonly chunkSize?: number;
  /** Whether the transport uses its receive buffers again. @default false */
  readonly reuseInput?: boolean;
}

/** The server side of one connection. */
export class ServerSession {
  readonly #handlers: ServerSessionHandlers;
  readonly #limits: SessionLimits;
  readonly #connection: Connection;
  readonly #streams: ServerStreams;
  readonly #timeouts: ServerTimeouts;
  readonly #gate: ConnectGate;
  readonly #executeWaiting = (messageStreamId: number, command: Command): void =>
    this.#streams.onCommand(messageStreamId, command);
  #faults = 0;
  #closed = false;
  #closeCause: RtmpError | undefined;

  /** @throws RangeError when a limit or the chunk size is out of range */
  constructor(options: ServerSessionOptions) {
    this.#handlers = options.handlers;
    this.#limits = resolveSessionLimits(options.limits);
    this.#connection = this.#createConnection(options);
    this.#gate = this.#createGate(checkChunkSize(options.chunkSize ?? defaultChunkSize));
    this.#streams = this.#createStreams();
    this.#timeouts = new ServerTimeouts({
      limits: this.#limits,
      connection: this.#connection,
      streams: this.#streams,
      now: options.now,
    });
  }

  #createConnection(options: ServerSessionOptions): Connection {
    return new Connection({
      handshake: new ServerHandshake(
        options.randomBytes === undefined ? {} : { randomBytes: options.randomBytes },
      ),
      handlers: {
        onOpen: () => this.#timeouts.onOpen(),
        onMessage: (message) => this.#onMessage(message),
        onFault: (error) => this.#tolerate(error),
        onOutput: () => this.#handlers.onOutput?.(),
      },
      limits: this.#limits,
      reuseInput: options.reuseInput ?? false,
      now: options.now,
    });
  }

  #createGate(chunkSize: number): ConnectGate {
    return new ConnectGate({
      connection: this.#connection,
      handlers: {
        onConnect: (request) => {
          this.#timeouts.onConnect();
          if (this.#handlers.onConnect === undefined) request.accept();
          else this.#handlers.onConnect(request);
        },
        onConnected: () => this.#timeouts.restartIdle(),
        onProblem: (error) => this.#problem(error),
        onFailure: (error) => this.end(error),
      },
      chunkSize,
      maxPendingCommands: this.#limits.maxPendingCommands,
    });
  }

  #createStreams(): ServerStreams {
    return new ServerStreams(this.#connection, this.#limits, {
      onPublish: (request) => this.#handlers.onPublish(request),
      onPlay: (request) => this.#handlers.onPlay(request),
      onStreamEnd: (stream, end) => {
        this.#timeouts.restartIdle();
        this.#handlers.onStreamEnd(stream, end);
      },
      onProblem: (error) => this.#problem(error),
      onOverflow: (error) => this.end(error),
    });
  }

  /** What the client said in `connect`; undefined before it was accepted. */
  get connect(): ConnectRequest | undefined {
    return this.#gate.accepted;
  }

  /** Whether the session ended; what `takeOutput` still returns should be sent before the transport is closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** How long to wait for the last output to leave, in milliseconds. */
  get closeFlushMs(): number {
    return refusalFlushMs;
  }

  /** Whether a stream of this connection plays, so that its upstream bytes must always be read. */
  get playing(): boolean {
    return this.#streams.some((stream) => stream.state === "playing");
  }

  /** Bytes sent that the peer has not acknowledged; undefined while it never acknowledged any. */
  get unacknowledgedBytes(): number | undefined {
    return this.#connection.unacknowledgedBytes;
  }

  /** Whether `takeOutput` would return nothing. */
  get outputEmpty(): boolean {
    return this.#connection.outputEmpty;
  }

  /**
   * Takes in received bytes.
   *
   * Faults of the peer never throw: they end the session, and `onClose` says why.
   *
   * @param bytes  belong to the session from now on, unless it was made with `reuseInput`
   * @param now    the time in milliseconds
   */
  receive(bytes: Uint8Array, now: number): void {
    if (this.#closed) return;
    this.#timeouts.settle(now);
    try {
      this.#runWaiting();
      this.#connection.receive(bytes, now);
    } catch (error) {
      this.#endBy(error);
    }
    this.#timeouts.settle(now);
  }

  /** Returns when `tick` has something to do, which may be in the past; `Infinity` when it has not. */
  nextDeadline(): number {
    if (this.#closed) return Number.POSITIVE_INFINITY;
    return Math.min(this.#timeouts.deadline, this.#connection.nextDeadline());
  }

  /** Does what the time has made due: pings, time limits. */
  tick(now: number): void {
    if (this.#closed) return;
    const exceeded = this.#timeouts.exceeded(now);
    if (exceeded === undefined) this.#connection.tick(now);
    else this.end(exceeded);
  }

  /** Executes the commands that waited for an answer given since, and returns what is to be sent, in order. */
  takeOutput(): readonly Uint8Array[] {
    try {
      this.#runWaiting();
    } catch (error) {
      this.#endBy(error);
    }
    return this.#connection.takeOutput();
  }

  /** Counts shared chunks that went to the transport without passing through `takeOutput`. */
  countShared(bytes: Uint8Array): void {
    this.#connection.countShared(bytes);
  }

  /** Says goodbye because the server goes down, and ends the session. */
  shutDown(): void {
    if (this.#closed) return;
    if (this.#gate.asked) {
      const options = { description: "The server is shutting down." };
      this.#connection.sendCommand(onStatus(StatusCode.ConnectAppShutdown, options));
    }
    this.end();
  }

  /**
   * Ends the session: the transport is gone, or the owner wants it to be; without effect once it has ended.
   *
   * What was queued before is still to be taken and sent. Under a `Driver`, call it inside of `batch`.
   *
   * @param cause  why; undefined when the connection was closed in order
   */
  end(cause?: RtmpError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeCause = cause;
    this.#connection.stop();
    this.#gate.close();
    try {
      this.#streams.endAll("lost");
    } finally {
      this.#handlers.onClose?.(cause);
    }
  }

  /** Why the session ended; undefined while it has not, or when it ended in order. */
  get closeCause(): RtmpError | undefined {
    return this.#closeCause;
  }

  #endBy(error: unknown): void {
    if (!(error instanceof RtmpError)) throw error;
    this.end(error);
  }

  #onMessage(message: Message): void {
    if (isMediaType(message.typeId)) {
      const stream = this.#streams.publishing(message.messageStreamId);
      if (stream === undefined) return;
      this.#handlers.onMedia(stream, message.typeId, message.timestamp, message.take());
    } else if (
      message.typeId === MessageTypeId.CommandAmf0 ||
      message.typeId === MessageTypeId.CommandAmf3
    ) {
      this.#onCommandMessage(message);
    } else {
      this.#tolerate(
        new SessionError("RTMP_ERR_UNKNOWN_MESSAGE_TYPE", `message type ${message.typeId}`),
      );
    }
  }

  #onCommandMessage(message: Message): void {
    let command: Command;
    try {
      command = decodeCommand(message.payload, {
        amf3: message.typeId === MessageTypeId.CommandAmf3,
        limits: this.#limits.message,
      });
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.#onUnreadable(error);
      return;
    }
    const { messageStreamId } = message;
    if (this.#gate.pass(messageStreamId, command)) {
      this.#streams.onCommand(messageStreamId, command);
    }
  }

  /** A command that cannot be read is answered where its transaction could be; a broken one ends the connection. */
  #onUnreadable(error: MessageError): void {
    const { transactionId, commandName } = error;
    if (transactionId !== undefined && transactionId !== 0) {
      const code = commandName === "connect" ? StatusCode.ConnectRejected : StatusCode.CallFailed;
      this.#connection.sendCommand(errorResult(transactionId, code, error.message));
    }
    if (error.fault === "unsupported" && this.connect !== undefined) this.#tolerate(error);
    else this.end(error);
  }

  /** Executes what waited for an answer, so that an owner who has just answered is not called from inside its call. */
  #runWaiting(): void {
    this.#gate.runWaiting(this.#executeWaiting);
    this.#streams.runWaiting();
  }

  #tolerate(error: RtmpError): void {
    this.#problem(error);
    this.#faults++;
    if (this.#faults > this.#limits.maxFaults) {
      this.end(
        new SessionError(
          "RTMP_ERR_TOO_MANY_FAULTS",
          `${this.#faults} faults, the last: ${error.message}`,
        ),
      );
    }
  }

  #problem(error: RtmpError): void {
    this.#handlers.onProblem?.(error);
  }
}

function checkChunkSize(chunkSize: number): number {
  if (Number.isInteger(chunkSize) && chunkSize >= 1 && chunkSize <= maxChunkSize) return chunkSize;
  throw new RangeError(`chunkSize must be an integer from 1 to ${maxChunkSize}, not ${chunkSize}`);
}
