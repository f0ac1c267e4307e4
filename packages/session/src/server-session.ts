/**
 * The server side of one RTMP connection, as a state machine: bytes and the time in, requests, media and bytes out.
 *
 *   handshake ─► connect asked ─► connected ─► any number of message streams, each idle, publishing or playing
 *
 * No socket, no timer and no promise inside; `drive` joins a session to a transport and a clock.
 *
 * RTMP §7.2
 */

import { type Message, MessageTypeId } from "@rtmp/chunk";
import { ServerHandshake } from "@rtmp/handshake";
import {
  type Command,
  connectResult,
  decodeCommand,
  type ConnectRequest,
  MessageError,
  onStatus,
  readConnect,
  StatusCode,
} from "@rtmp/message";
import { type RandomBytes, RtmpError } from "@rtmp/wire";
import { errorResult } from "./tmp-error-result.ts";
import { Connection } from "./connection.ts";
import { SessionError } from "./errors.ts";
import { resolveSessionLimits, type SessionLimits } from "./limits.ts";
import { IncomingConnect, type IncomingPlay, type IncomingPublish } from "./requests.ts";
import { isMediaType, type ServerStream } from "./server-stream.ts";
import { ServerStreams } from "./server-streams.ts";

// Larger than most frames, so that a frame is one chunk; ffmpeg takes the size over for what it sends. nginx-rtmp
// closes peers that announce more than 10485760.
const defaultChunkSize = 65_536;

// How long a refusal may take to reach the peer before the connection is cut. An immediate close can become a TCP
// reset that eats the reason.
const refusalFlushMs = 1_000;

/** How a stream ended. */
export type StreamEnd =
  /** The client said so: FCUnpublish, closeStream, deleteStream, or another publish or play on the same stream. */
  | "closed"
  /** The connection ended under it. */
  | "lost";

/** What a server session tells its owner; all calls come from inside `receive`, `tick`, `takeOutput` or `end`. */
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
  readonly #chunkSize: number;
  readonly #connection: Connection;
  readonly #streams: ServerStreams;
  readonly #startedAt: number;
  #openedAt: number | undefined;
  #idleSince: number;
  #connect: ConnectRequest | undefined;
  #connectPending = false;
  readonly #commandsBehindConnect: { messageStreamId: number; command: Command }[] = [];
  #faults = 0;
  #closed = false;
  #closeCause: RtmpError | undefined;
  #now: number;

  constructor(options: ServerSessionOptions) {
    this.#handlers = options.handlers;
    this.#limits = resolveSessionLimits(options.limits);
    this.#chunkSize = options.chunkSize ?? defaultChunkSize;
    this.#now = options.now;
    this.#startedAt = options.now;
    this.#idleSince = options.now;
    this.#connection = new Connection({
      handshake: new ServerHandshake(
        options.randomBytes === undefined ? {} : { randomBytes: options.randomBytes },
      ),
      handlers: {
        onOpen: () => {
          this.#openedAt = this.#now;
        },
        onMessage: (message) => this.#onMessage(message),
        onProblem: (error) => this.#problem(error),
        onOutput: () => this.#handlers.onOutput?.(),
      },
      limits: this.#limits,
      reuseInput: options.reuseInput ?? false,
      now: options.now,
    });
    this.#streams = new ServerStreams(this.#connection, this.#limits, {
      onPublish: (request) => this.#handlers.onPublish(request),
      onPlay: (request) => this.#handlers.onPlay(request),
      onStreamEnd: (stream, end) => {
        if (!this.#streams.anyActive) this.#idleSince = this.#now;
        this.#handlers.onStreamEnd(stream, end);
      },
      onProblem: (error) => this.#problem(error),
      onOverflow: (error) => this.#fail(error),
    });
  }

  /** What the client said in `connect`; undefined before it was accepted. */
  get connect(): ConnectRequest | undefined {
    return this.#connectPending ? undefined : this.#connect;
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
    this.#now = now;
    this.#runWaiting();
    try {
      this.#connection.receive(bytes, now);
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.#fail(error);
    }
  }

  /** Returns when `tick` has something to do; `Infinity` when it has not. */
  nextDeadline(): number {
    if (this.#closed) return Number.POSITIVE_INFINITY;
    return Math.min(this.#lifeDeadline().at, this.#connection.nextDeadline());
  }

  /** Does what the time has made due: pings, time limits. */
  tick(now: number): void {
    if (this.#closed) return;
    this.#now = now;
    const deadline = this.#lifeDeadline();
    if (now >= deadline.at) this.#fail(deadline.error());
    else this.#connection.tick(now);
  }

  /** Executes the commands that waited for an answer given since, and returns what is to be sent, in order. */
  takeOutput(): readonly Uint8Array[] {
    this.#runWaiting();
    return this.#connection.takeOutput();
  }

  /** Counts shared chunks that went to the transport without passing through `takeOutput`. */
  countShared(bytes: Uint8Array): void {
    this.#connection.countShared(bytes);
  }

  /** Says goodbye because the server goes down, and ends the session. */
  shutDown(): void {
    if (this.#closed) return;
    if (this.#connect !== undefined) {
      const options = { description: "The server is shutting down." };
      this.#connection.sendCommand(onStatus(StatusCode.ConnectAppShutdown, options));
    }
    this.end();
  }

  /**
   * Ends the session: the transport is gone, or the owner wants it to be.
   *
   * @param cause  why; undefined when the connection was closed in order
   */
  end(cause?: RtmpError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeCause = cause;
    this.#streams.endAll("lost");
    this.#handlers.onClose?.(cause);
  }

  /** Why the session ended; undefined while it has not, or when it ended in order. */
  get closeCause(): RtmpError | undefined {
    return this.#closeCause;
  }

  #fail(error: RtmpError): void {
    this.end(error);
  }

  #lifeDeadline(): { at: number; error: () => SessionError } {
    const limits = this.#limits;
    if (this.#openedAt === undefined) {
      return due(this.#startedAt + limits.handshakeTimeoutMs, "RTMP_ERR_HANDSHAKE_TIMEOUT");
    }
    if (this.#connect === undefined) {
      return due(this.#openedAt + limits.connectTimeoutMs, "RTMP_ERR_CONNECT_TIMEOUT");
    }
    if (!this.#streams.anyActive) {
      return due(this.#idleSince + limits.idleTimeoutMs, "RTMP_ERR_IDLE_TIMEOUT");
    }
    if (this.#streams.some((stream) => stream.state === "publishing")) {
      const silence = this.#connection.answersPings
        ? limits.silentAnsweringPublisherMs
        : limits.silentPublisherMs;
      return due(this.#connection.lastReceivedAt + silence, "RTMP_ERR_SILENT_PEER");
    }
    return due(Number.POSITIVE_INFINITY, "RTMP_ERR_SILENT_PEER");
  }

  #onMessage(message: Message): void {
    if (this.#closed) return;
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
      this.#refuseMalformed(error);
      return;
    }
    this.#onCommand(message.messageStreamId, command);
  }

  /** A command that cannot be read is answered where its transaction could be, and ends the connection. */
  #refuseMalformed(error: MessageError): void {
    const { transactionId, commandName } = error;
    if (transactionId !== undefined && transactionId !== 0) {
      const code = commandName === "connect" ? StatusCode.ConnectRejected : StatusCode.CallFailed;
      this.#connection.sendCommand(errorResult(transactionId, code, error.message));
    }
    this.#fail(error);
  }

  #onCommand(messageStreamId: number, command: Command): void {
    if (command.name === "connect") {
      this.#onConnect(command);
    } else if (this.#connect === undefined) {
      this.#connection.sendCommand(
        errorResult(command.transactionId, StatusCode.CallFailed, "connect first"),
      );
      this.#fail(
        new SessionError("RTMP_ERR_COMMAND_BEFORE_CONNECT", `${command.name} before connect`),
      );
    } else if (this.#connectPending || this.#commandsBehindConnect.length > 0) {
      this.#queueBehindConnect(messageStreamId, command);
    } else {
      this.#streams.onCommand(messageStreamId, command);
    }
  }

  #onConnect(command: Command): void {
    if (this.#connect !== undefined) {
      const text = "connect came twice on one connection";
      this.#connection.sendCommand(
        errorResult(command.transactionId, StatusCode.ConnectRejected, text),
      );
      this.#problem(new SessionError("RTMP_ERR_CONNECT_TWICE", text));
      return;
    }

    const connect = readConnect(command);
    this.#connect = connect;
    this.#connectPending = true;
    const request = new IncomingConnect(connect, {
      accept: () => this.#acceptConnect(connect),
      reject: ({ code, description }) => {
        if (this.#closed) return false;
        this.#connection.sendCommand(
          errorResult(command.transactionId, code ?? StatusCode.ConnectRejected, description),
        );
        this.#fail(new SessionError("RTMP_ERR_CONNECT_REJECTED", description));
        return true;
      },
    });
    if (this.#handlers.onConnect === undefined) request.accept();
    else this.#handlers.onConnect(request);
  }

  #acceptConnect(connect: ConnectRequest): boolean {
    if (this.#closed) return false;
    this.#connection.announce(this.#chunkSize);
    this.#connection.sendCommand(connectResult(connect));
    this.#connectPending = false;
    this.#idleSince = this.#now;
    return true;
  }

  #queueBehindConnect(messageStreamId: number, command: Command): void {
    if (this.#commandsBehindConnect.length >= this.#limits.maxPendingCommands) {
      this.#fail(
        new SessionError(
          "RTMP_ERR_TOO_MANY_PENDING_COMMANDS",
          `more than ${this.#limits.maxPendingCommands} commands wait for the answer to connect`,
        ),
      );
      return;
    }
    this.#commandsBehindConnect.push({ messageStreamId, command });
  }

  /** Executes what waited for an answer, so that an owner who has just answered is not called from inside its call. */
  #runWaiting(): void {
    if (this.#connectPending) return;
    while (!this.#closed) {
      const next = this.#commandsBehindConnect.shift();
      if (next === undefined) break;
      this.#streams.onCommand(next.messageStreamId, next.command);
    }
    this.#streams.runWaiting();
  }

  #tolerate(error: RtmpError): void {
    this.#problem(error);
    this.#faults++;
    if (this.#faults >= this.#limits.maxFaults) {
      this.#fail(
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

function due(
  at: number,
  code:
    | "RTMP_ERR_HANDSHAKE_TIMEOUT"
    | "RTMP_ERR_CONNECT_TIMEOUT"
    | "RTMP_ERR_IDLE_TIMEOUT"
    | "RTMP_ERR_SILENT_PEER",
) {
  return { at, error: () => new SessionError(code, timeoutTexts[code]) };
}

const timeoutTexts = {
  RTMP_ERR_HANDSHAKE_TIMEOUT: "the handshake took too long",
  RTMP_ERR_CONNECT_TIMEOUT: "connect did not come in time",
  RTMP_ERR_IDLE_TIMEOUT: "no stream was published or played for too long",
  RTMP_ERR_SILENT_PEER: "the publisher has been silent for too long",
} as const;
