/**
 * What stands in front of a server session's commands: `connect` comes first, once, and is answered before the rest.
 *
 *   nothing asked ─► asked: commands wait ─► accepted: commands pass
 *                                        └─► refused: the session ends
 *
 * RTMP §7.2.1.1
 */

import {
  type Command,
  type ConnectRequest,
  connectResult,
  type ConnectResultOptions,
  errorResult,
  readConnect,
  StatusCode,
} from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import type { Connection } from "./connection.ts";
import { SessionError } from "./errors.ts";
import { IncomingConnect, type Rejection } from "./requests.ts";

/** What the gate tells its session. */
export interface ConnectGateHandlers {
  /** The client asked to connect. */
  onConnect(request: IncomingConnect): void;
  /** The owner granted it. */
  onConnected(): void;
  onProblem(error: RtmpError): void;
  /** The session cannot go on. */
  onFailure(error: SessionError): void;
}

/** Construction of a {@link ConnectGate}. */
export interface ConnectGateOptions {
  readonly connection: Connection;
  readonly handlers: ConnectGateHandlers;
  /** Payload bytes per chunk to announce. */
  readonly chunkSize: number;
  /** Commands that may wait. */
  readonly maxPendingCommands: number;
}

/** The state of one connection's `connect`. */
export class ConnectGate {
  readonly #connection: Connection;
  readonly #handlers: ConnectGateHandlers;
  readonly #chunkSize: number;
  readonly #maxPendingCommands: number;
  readonly #waiting: { messageStreamId: number; command: Command }[] = [];
  #asked: ConnectRequest | undefined;
  #accepted: ConnectRequest | undefined;
  #closed = false;

  constructor({ connection, handlers, chunkSize, maxPendingCommands }: ConnectGateOptions) {
    this.#connection = connection;
    this.#handlers = handlers;
    this.#chunkSize = chunkSize;
    this.#maxPendingCommands = maxPendingCommands;
  }

  /** Whether `connect` has come. */
  get asked(): boolean {
    return this.#asked !== undefined;
  }

  /** What the client said in `connect`; undefined before it was accepted. */
  get accepted(): ConnectRequest | undefined {
    return this.#accepted;
  }

  /** Says whether a command may be executed now; otherwise the gate has dealt with it. */
  pass(messageStreamId: number, command: Command): boolean {
    if (command.name === "connect") this.#onConnect(command);
    else if (this.#asked === undefined) this.#refuse(command);
    else if (this.#accepted === undefined || this.#waiting.length > 0) {
      this.#queue(messageStreamId, command);
    } else {
      return true;
    }
    return false;
  }

  /** Executes the commands that waited, once connect is accepted. */
  runWaiting(execute: (messageStreamId: number, command: Command) => void): void {
    if (this.#accepted === undefined) return;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      execute(next.messageStreamId, next.command);
    }
  }

  /** Makes an open request void and forgets the commands that wait. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
  }

  #onConnect(command: Command): void {
    if (this.#asked !== undefined) {
      const text = "connect came twice on one connection";
      this.#sendError(command.transactionId, StatusCode.ConnectRejected, text);
      this.#handlers.onProblem(new SessionError("RTMP_ERR_CONNECT_TWICE", text));
      return;
    }
    const connect = readConnect(command);
    this.#asked = connect;
    this.#handlers.onConnect(
      new IncomingConnect(connect, {
        accept: (reply) => this.#accept(connect, reply),
        reject: (rejection) => this.#reject(connect, rejection),
      }),
    );
  }

  #accept(connect: ConnectRequest, reply: ConnectResultOptions | undefined): boolean {
    if (this.#closed) return false;
    const { objectEncoding } = connect;
    this.#connection.announce(this.#chunkSize);
    this.#connection.sendCommand(connectResult(connect, { objectEncoding, ...reply }));
    this.#accepted = connect;
    this.#handlers.onConnected();
    return true;
  }

  #reject({ transactionId }: ConnectRequest, { code, description }: Rejection): boolean {
    if (this.#closed) return false;
    this.#sendError(transactionId, code ?? StatusCode.ConnectRejected, description);
    this.#handlers.onFailure(new SessionError("RTMP_ERR_CONNECT_REJECTED", description));
    return true;
  }

  #refuse({ name, transactionId }: Command): void {
    if (transactionId !== 0) {
      this.#sendError(transactionId, StatusCode.CallFailed, "connect first");
    }
    const text = `${name} before connect`;
    this.#handlers.onFailure(new SessionError("RTMP_ERR_COMMAND_BEFORE_CONNECT", text));
  }

  #queue(messageStreamId: number, command: Command): void {
    if (this.#waiting.length < this.#maxPendingCommands) {
      this.#waiting.push({ messageStreamId, command });
      return;
    }
    const text = `more than ${this.#maxPendingCommands} commands wait for the answer to connect`;
    this.#handlers.onFailure(new SessionError("RTMP_ERR_TOO_MANY_PENDING_COMMANDS", text));
  }

  #sendError(transactionId: number, code: StatusCode, description: string): void {
    this.#connection.sendCommand(errorResult(transactionId, code, description));
  }
}
