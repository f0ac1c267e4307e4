/**
 * Calls of the peer: each is offered to the owner and answered once, and as many may wait as the limits say.
 *
 *   offer ─► onCall ─► accept: _result
 *        │         └─► reject: _error
 *        └─► not served, or too many wait: _error
 *
 * RTMP §7.2.1.2
 */

import {
  type AmfValue,
  type Command,
  errorResult,
  type MessageError,
  result,
  StatusCode,
} from "@rtmp/message";
import type { Connection } from "./connection.ts";
import { SessionError } from "./errors.ts";
import { type Answers, IncomingCall } from "./requests.ts";
import type { SessionHandlers } from "./session-options.ts";
import type { WaitingRequests } from "./waiting-requests.ts";

/** Construction of {@link IncomingCalls}. */
export interface IncomingCallsOptions {
  readonly connection: Connection;
  /** The owner, who answers. */
  readonly handlers: SessionHandlers;
  readonly waiting: WaitingRequests;
}

/** The open calls of the peer of one connection. */
export class IncomingCalls {
  readonly #connection: Connection;
  readonly #handlers: SessionHandlers;
  readonly #waiting: WaitingRequests;

  constructor({ connection, handlers, waiting }: IncomingCallsOptions) {
    this.#connection = connection;
    this.#handlers = handlers;
    this.#waiting = waiting;
  }

  /** Offers a command that RTMP does not know to the owner, and refuses it where there is none. */
  offer(messageStreamId: number, command: Command): void {
    const { name, transactionId } = command;
    if (isAnswer(name) || this.#handlers.onCall === undefined) {
      const text = `${name} is not a command that is served here`;
      if (!isAnswer(name)) this.#refuse(transactionId, text);
      this.#handlers.onProblem?.(new SessionError("RTMP_ERR_UNKNOWN_COMMAND", text));
      return;
    }
    const answers = this.answersTo(command);
    if (answers === undefined) return;
    this.#handlers.onCall(new IncomingCall(command, messageStreamId, answers));
  }

  /** Returns answers to a command of the connection; undefined, and it is refused, where too many wait already. */
  answersTo({ transactionId }: Command): Answers<AmfValue[]> | undefined {
    const refusal = this.#waiting.refusal();
    if (refusal !== undefined) {
      this.#refuse(transactionId, refusal.message);
      this.#handlers.onProblem?.(refusal);
      return undefined;
    }
    const answers: Answers<AmfValue[]> = {
      accept: (...values) => this.#answer(transactionId, () => result(transactionId, ...values)),
      reject: ({ code = StatusCode.CallFailed, description }) =>
        this.#answer(transactionId, () => errorResult(transactionId, code, description)),
    };
    return transactionId === 0 ? answers : this.#waiting.hold(answers);
  }

  /** Refuses a command that cannot be read, where its transaction could be. */
  refuseUnreadable({ transactionId = 0, commandName = "", message }: MessageError): void {
    if (isAnswer(commandName)) return;
    const code = commandName === "connect" ? StatusCode.ConnectRejected : StatusCode.CallFailed;
    this.#refuse(transactionId, message, code);
  }

  #answer(transactionId: number, build: () => Command): boolean {
    const { stopped } = this.#connection;
    if (transactionId === 0) return !stopped;
    if (stopped) return false;
    try {
      this.#connection.sendCommand(build());
    } catch (error) {
      // Nothing was said: a value has no AMF0 form.
      this.#refuse(transactionId, "the answer cannot be sent");
      throw error;
    }
    return true;
  }

  #refuse(transactionId: number, text: string, code: StatusCode = StatusCode.CallFailed): void {
    if (transactionId === 0) return;
    this.#connection.sendCommand(errorResult(transactionId, code, text));
  }
}

/** Whether a command is an answer. It is never answered itself: two peers would keep each other busy. */
export function isAnswer(name: string): boolean {
  return name === "_result" || name === "_error";
}
