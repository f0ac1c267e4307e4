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
import type { SessionLimits } from "./limits.ts";
import { type Answers, IncomingCall } from "./requests.ts";
import type { SessionHandlers } from "./session-options.ts";

/** Construction of {@link IncomingCalls}. */
export interface IncomingCallsOptions {
  readonly connection: Connection;
  /** The owner, who answers. */
  readonly handlers: SessionHandlers;
  readonly limits: SessionLimits;
}

/** The open calls of the peer of one connection. */
export class IncomingCalls {
  readonly #connection: Connection;
  readonly #handlers: SessionHandlers;
  readonly #limits: SessionLimits;
  #waiting = 0;

  constructor({ connection, handlers, limits }: IncomingCallsOptions) {
    this.#connection = connection;
    this.#handlers = handlers;
    this.#limits = limits;
  }

  /** Offers a command that RTMP does not know to the owner, and refuses it where there is none. */
  offer(messageStreamId: number, command: Command): void {
    const { name, transactionId } = command;
    // An answer is never answered: two peers would keep each other busy.
    const isAnswer = name === "_result" || name === "_error";
    if (isAnswer || this.#handlers.onCall === undefined) {
      const text = `${name} is not a command that is served here`;
      if (!isAnswer) this.#refuse(transactionId, text);
      this.#handlers.onProblem?.(new SessionError("RTMP_ERR_UNKNOWN_COMMAND", text));
      return;
    }
    const { maxPendingCalls } = this.#limits;
    if (this.#waiting >= maxPendingCalls) {
      const text = `more than ${maxPendingCalls} calls wait for an answer`;
      this.#refuse(transactionId, text);
      this.#handlers.onProblem?.(new SessionError("RTMP_ERR_TOO_MANY_PENDING_CALLS", text));
      return;
    }
    this.#handlers.onCall(
      new IncomingCall(command, messageStreamId, this.#answersTo(transactionId)),
    );
  }

  /** Refuses a command that cannot be read, where its transaction could be. */
  refuseUnreadable({ transactionId = 0, commandName, message }: MessageError): void {
    const code = commandName === "connect" ? StatusCode.ConnectRejected : StatusCode.CallFailed;
    this.#refuse(transactionId, message, code);
  }

  #answersTo(transactionId: number): Answers<AmfValue[]> {
    if (transactionId !== 0) this.#waiting++;
    return {
      accept: (...values) => this.#answer(transactionId, () => result(transactionId, ...values)),
      reject: ({ code = StatusCode.CallFailed, description }) =>
        this.#answer(transactionId, () => errorResult(transactionId, code, description)),
    };
  }

  #answer(transactionId: number, build: () => Command): boolean {
    const { stopped } = this.#connection;
    if (transactionId === 0) return !stopped;
    this.#waiting--;
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
