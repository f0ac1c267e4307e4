/**
 * The server side of one RTMP connection, as a state machine: bytes and the time in, requests, media and bytes out.
 *
 *   handshake ─► connect asked ─► connected ─► any number of message streams, each idle, publishing or playing
 *
 * RTMP §7.2
 */

import { type KeyAgreement, ServerHandshake } from "@rtmp/handshake";
import {
  CapsExMask,
  type Command,
  type ConnectRequest,
  onStatus,
  reconnectRequest,
  type ReconnectRequestOptions,
  resolveMessageLimits,
  StatusCode,
} from "@rtmp/message";
import type { RandomBytes } from "@rtmp/wire";
import { EarlyMetadata } from "./early-metadata.ts";
import { ConnectGate } from "./connect-gate.ts";
import { checkChunkSize, defaultChunkSize } from "./chunk-size.ts";
import type { DrivenSession } from "./driver.ts";
import type { SessionError } from "./errors.ts";
import type { MediaMessage } from "./inbox.ts";
import type { IncomingConnect } from "./requests.ts";
import { Session } from "./session.ts";
import type { SessionHandlers, SessionOptions } from "./session-options.ts";
import type { ServerStream, StreamEnd } from "./server-stream.ts";
import { ServerStreams } from "./server-streams.ts";
import type { StreamRequestHandlers } from "./stream-request-handlers.ts";
import { StreamTable } from "./stream-table.ts";
import { ServerTimeouts } from "./server-timeouts.ts";

/**
 * What a server session tells its owner; all calls come from inside `receive`, `tick`, `takeOutput` or `end`, but for
 * `onOutput`, which also follows what the owner sends or answers.
 */
export interface ServerSessionHandlers extends SessionHandlers, StreamRequestHandlers {
  /** The client asks to connect; accepted at once when there is no handler. */
  onConnect?(request: IncomingConnect): void;
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
  /**
   * Tells whether the connection is in use without a stream too, by shared objects for example: then it is not idle.
   *
   * Asked often, also while `receive` and `tick` run; must not call back. Without it only streams count.
   */
  isInUse?(): boolean;
}

/** Construction of a {@link ServerSession}. */
export interface ServerSessionOptions extends SessionOptions {
  /** Is told what the client asks and sends. */
  readonly handlers: ServerSessionHandlers;
  /** Source of the handshake's random bytes. @default the platform's */
  readonly randomBytes?: RandomBytes;
  /** Payload bytes per chunk of what this side sends, 1 to 0x7fffffff. @default 65536 */
  readonly chunkSize?: number;
  /**
   * Makes the keys of clients that ask for RTMPE, or refuses such clients.
   *
   * @default they are told that there is none, and go on without encryption or leave
   */
  readonly rtmpe?: KeyAgreement | "refuse";
}

/** The server side of one connection. */
export class ServerSession extends Session {
  readonly #handlers: ServerSessionHandlers;
  readonly #table = new StreamTable();
  readonly #streams: ServerStreams;
  readonly #timeouts: ServerTimeouts;
  readonly #gate: ConnectGate;
  readonly #early: EarlyMetadata;
  readonly #executeWaiting = (messageStreamId: number, command: Command): void =>
    this.#execute(messageStreamId, command);

  /** @throws RangeError when a limit or the chunk size is out of range */
  constructor(options: ServerSessionOptions) {
    const { handlers, randomBytes, rtmpe, chunkSize = defaultChunkSize, now } = options;
    super({
      handlers,
      options,
      handshake: new ServerHandshake({
        ...(randomBytes === undefined ? {} : { randomBytes }),
        ...(rtmpe === undefined ? {} : { rtmpe }),
      }),
      firstTransactionId: 1,
    });
    this.#handlers = handlers;
    this.#gate = this.#createGate(checkChunkSize(chunkSize));
    this.#streams = this.#createStreams();
    const { limits, connection } = this;
    this.#early = new EarlyMetadata(resolveMessageLimits(limits.message).maxDataBytes);
    this.#timeouts = new ServerTimeouts({
      limits,
      connection,
      streams: this.#table,
      owner: handlers,
      now,
    });
  }

  #createGate(chunkSize: number): ConnectGate {
    return new ConnectGate({
      connection: this.connection,
      handlers: {
        onConnect: (request) => {
          this.#timeouts.onConnect();
          if (this.#handlers.onConnect === undefined) request.accept();
          else this.#handlers.onConnect(request);
        },
        onConnected: () => this.#timeouts.restartIdle(),
        onProblem: (error) => this.problem(error),
        onFailure: (error) => this.end(error),
      },
      chunkSize,
      maxPendingCommands: this.limits.maxPendingCommands,
    });
  }

  #createStreams(): ServerStreams {
    const { connection, limits, incomingCalls, waiting } = this;
    return new ServerStreams({
      connection,
      streams: this.#table,
      limits,
      owner: this.#handlers,
      incomingCalls,
      waiting,
      handlers: {
        onStreamEnd: (stream, end) => {
          this.#timeouts.restartIdle();
          this.#handlers.onStreamEnd(stream, end);
        },
        onOverflow: (error) => this.end(error),
      },
    });
  }

  /** What the client said in `connect`; undefined before it was accepted. */
  get connect(): ConnectRequest | undefined {
    return this.#gate.accepted;
  }

  /** A player's upstream is read however much media is queued for it. */
  get pressure(): DrivenSession["pressure"] {
    return this.#table.some((stream) => stream.state === "playing") ? "answers" : "all";
  }

  /**
   * Asks the client to connect anew, here or elsewhere, because this server is to be drained; it goes on being served.
   *
   * @returns false when the client is not connected or does not obey such requests; nothing was sent
   * @see E-RTMP "Reconnect Request"
   */
  requestReconnect(options: ReconnectRequestOptions = {}): boolean {
    const capsEx = this.connect?.capabilities.capsEx ?? 0;
    if (this.closed || (capsEx & CapsExMask.Reconnect) === 0) return false;
    this.connection.sendCommand(reconnectRequest(options));
    return true;
  }

  /** Says goodbye because the server goes down, and ends the session. */
  shutDown(): void {
    if (this.closed) return;
    if (this.#gate.asked) {
      const options = { description: "The server is shutting down." };
      this.connection.sendCommand(onStatus(StatusCode.ConnectAppShutdown, options));
    }
    this.end();
  }

  protected onOpen(): void {
    this.#timeouts.onOpen();
  }

  protected onMedia(message: MediaMessage): void {
    const stream = this.#table.publishing(message.messageStreamId);
    if (stream === undefined) {
      this.#early.keep(message);
      return;
    }
    this.#deliverEarly();
    // The owner may have ended the session inside.
    if (this.closed) return;
    this.#handlers.onMedia(stream, message.typeId, message.timestamp, message.take());
  }

  /** The first stream that publishes gets the metadata that came before. */
  #deliverEarly(): void {
    if (!this.#early.any) return;
    const stream = this.#table.firstPublishing;
    const kept = stream === undefined ? undefined : this.#early.take();
    if (stream === undefined || kept === undefined) return;
    this.#handlers.onMedia(stream, kept.typeId, kept.timestamp, kept.payload);
  }

  protected onCommand(messageStreamId: number, command: Command): void {
    if (this.#gate.pass(messageStreamId, command)) this.#execute(messageStreamId, command);
  }

  protected get connected(): boolean {
    return this.connect !== undefined;
  }

  protected get pingAfterMs(): number {
    return this.#timeouts.pingAfterMs;
  }

  protected get deadline(): number {
    return this.#timeouts.deadline;
  }

  protected settle(now: number): void {
    this.#timeouts.settle(now);
  }

  protected exceeded(now: number): SessionError | undefined {
    return this.#timeouts.exceeded(now);
  }

  /** Executes what waited for an answer, so that an owner who has just answered is not called from inside its call. */
  protected runWaiting(): void {
    this.#gate.runWaiting(this.#executeWaiting);
    this.#streams.runWaiting();
    this.#deliverEarly();
  }

  protected endStreams(): void {
    this.#gate.close();
    this.#streams.endAll("lost");
  }

  #execute(messageStreamId: number, command: Command): void {
    // Flash Media Server and its clients say so before they close the connection.
    if (command.name === "close") this.end();
    else this.#streams.onCommand(messageStreamId, command);
  }
}
