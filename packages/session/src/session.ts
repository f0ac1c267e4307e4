/**
 * The life of a session in either role: bytes and the time in, messages and bytes out, calls both ways, one end.
 *
 * No socket, no timer and no promise inside; `Driver` joins a session to a transport and a clock.
 *
 * RTMP §7.1, §7.2.1.2
 */

import {
  type AmfValue,
  callCommand,
  type Command,
  encodeSharedObject,
  type MessageError,
  type SharedObjectMessage,
  type UserControl,
} from "@rtmp/message";
import { RtmpError } from "@rtmp/wire";
import { Connection } from "./connection.ts";
import type { DrivenSession } from "./driver.ts";
import { SessionError } from "./errors.ts";
import { IncomingCalls, isAnswer } from "./incoming-calls.ts";
import { Inbox, type MediaMessage } from "./inbox.ts";
import { resolveSessionLimits, type SessionLimits } from "./limits.ts";
import type { SessionHandlers, SessionRole } from "./session-options.ts";
import { type OnCallAnswer, Transactions } from "./transactions.ts";
import { WaitingRequests } from "./waiting-requests.ts";

// How long the last output may take to reach the peer before the connection is cut. An immediate close can become a
// TCP reset that eats the reason of a refusal.
const lastOutputMs = 1_000;

/** One end of a connection; `ServerSession` and `ClientSession` are the two roles. */
export abstract class Session implements DrivenSession {
  // First what each batch for a player touches: with thousands of sessions in turn, none of it is in the cache.
  #closed = false;
  // Shared bytes that the connection has not been told of.
  #sharedBytes = 0;
  protected readonly limits: SessionLimits;
  protected readonly connection: Connection;
  protected readonly transactions: Transactions;
  protected readonly waiting: WaitingRequests;
  protected readonly incomingCalls: IncomingCalls;
  /** The time that the session was last told. */
  protected now: number;
  readonly #handlers: SessionHandlers;
  readonly #inbox: Inbox;
  #faults = 0;
  #closeCause: RtmpError | undefined;

  /** @throws RangeError when a limit is out of range */
  constructor({ handlers, options, handshake, firstTransactionId }: SessionRole) {
    this.#handlers = handlers;
    this.now = options.now;
    this.limits = resolveSessionLimits(options.limits);
    this.transactions = new Transactions({ ...this.limits, firstId: firstTransactionId });
    this.#inbox = new Inbox(this.limits.message, {
      onMedia: (message) => this.onMedia(message),
      onCommand: (messageStreamId, command) => this.#onCommand(messageStreamId, command),
      onSharedObject: (message) => this.#onSharedObject(message),
      onUnreadableCommand: (error) => this.#onUnreadable(error),
      onFault: (error) => this.tolerate(error),
    });
    this.connection = new Connection({
      handshake,
      handlers: {
        onOpen: () => this.onOpen(),
        onMessage: (message) => this.#inbox.receive(message),
        onUserControl: (control) => this.onUserControl(control),
        onFault: (error) => this.tolerate(error),
        onOutput: () => handlers.onOutput?.(),
      },
      limits: this.limits,
      reuseInput: options.reuseInput ?? false,
      now: options.now,
    });
    this.waiting = new WaitingRequests(this.limits.maxPendingCalls);
    const { connection, waiting } = this;
    this.incomingCalls = new IncomingCalls({ connection, handlers, waiting });
  }

  /** Which bytes the peer must have read before more of its own are read. */
  abstract get pressure(): DrivenSession["pressure"];

  /** The handshake is over. */
  protected abstract onOpen(): void;
  /** Audio, video or data arrived. */
  protected abstract onMedia(message: MediaMessage): void;
  /** A command arrived that answers no call of this side. */
  protected abstract onCommand(messageStreamId: number, command: Command): void;
  /** Whether the peer may call procedures: connect was answered. */
  protected abstract get connected(): boolean;
  /** Milliseconds of silence after which the peer is asked with a ping. */
  protected abstract get pingAfterMs(): number;

  /** When the role's own time limits want `exceeded` to be called. */
  protected abstract get deadline(): number;
  /** Is told the time, before and after input was taken in. */
  protected abstract settle(now: number): void;
  /** Returns what ends the session now; undefined when no time limit is over. */
  protected abstract exceeded(now: number): SessionError | undefined;
  /** Executes what waited for an answer of the owner. */
  protected abstract runWaiting(): void;
  /** Ends every stream; the connection sends nothing any more. */
  protected abstract endStreams(): void;

  /** Whether the session ended; what `takeOutput` still returns should be sent before the transport is closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Why the session ended; undefined while it has not, or when it ended in order. */
  get closeCause(): RtmpError | undefined {
    return this.#closeCause;
  }

  /** How long to wait for the last output to leave, in milliseconds. */
  get closeFlushMs(): number {
    return lastOutputMs;
  }

  /** When the peer was heard last, on the clock of `receive`; at first when the connection began. */
  get lastReceivedAt(): number {
    return this.connection.lastReceivedAt;
  }

  /** Bytes sent that the peer has not acknowledged; undefined while it never acknowledged any. */
  get unacknowledgedBytes(): number | undefined {
    this.#settleShared();
    return this.connection.unacknowledgedBytes;
  }

  /** Whether `takeOutput` would return nothing. */
  get outputEmpty(): boolean {
    return this.connection.outputEmpty;
  }

  /** Whether what follows the handshake is encrypted: the peer speaks RTMPE. */
  get encrypted(): boolean {
    return this.connection.cipher !== undefined;
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
    this.now = now;
    this.settle(now);
    this.#settleShared();
    try {
      this.runWaiting();
      this.connection.receive(bytes, now);
    } catch (error) {
      this.#endBy(error);
    }
    this.transactions.settle(now);
    this.settle(now);
  }

  /** Returns when `tick` has something to do, which may be in the past; `Infinity` when it has not. */
  nextDeadline(): number {
    if (this.#closed) return Number.POSITIVE_INFINITY;
    const pingAt = this.connection.nextDeadline(this.pingAfterMs);
    return Math.min(this.deadline, this.transactions.deadline, pingAt);
  }

  /** Does what the time has made due: pings, time limits. */
  tick(now: number): void {
    if (this.#closed) return;
    this.now = now;
    this.transactions.expire(now);
    const exceeded = this.exceeded(now);
    if (exceeded === undefined) this.connection.tick(now, this.pingAfterMs);
    else this.end(exceeded);
  }

  /** Executes the commands that waited for an answer given since, and returns what is to be sent, in order. */
  takeOutput(): readonly Uint8Array[] {
    try {
      this.runWaiting();
    } catch (error) {
      this.#endBy(error);
    }
    return this.connection.takeOutput();
  }

  /** Counts shared chunks that went to the transport without passing through `takeOutput`; not for encrypted ones. */
  countShared(bytes: Uint8Array): void {
    this.#sharedBytes += bytes.length;
  }

  /**
   * Calls a procedure of the peer.
   *
   * @param onAnswer  is told once what came of it
   * @throws SessionError `RTMP_ERR_TOO_MANY_PENDING_CALLS`; `RTMP_ERR_SESSION_ENDED` when the session has ended
   * @throws TypeError before `connect` was answered
   * @see RTMP §7.2.1.2
   */
  call(name: string, args: readonly AmfValue[], onAnswer: OnCallAnswer): void {
    this.requireConnected(name);
    const transactionId = this.transactions.open(name, onAnswer);
    try {
      this.connection.sendCommand(callCommand(transactionId, name, args));
    } catch (error) {
      this.transactions.forget(transactionId);
      throw error;
    }
  }

  /** Calls a procedure of the peer without wanting an answer; without effect unless connected. */
  notify(name: string, ...args: readonly AmfValue[]): void {
    if (this.connected) this.connection.sendCommand(callCommand(0, name, args));
  }

  /**
   * Sends a message of a shared object; without effect unless connected.
   *
   * @param payload  the same message encoded, by who sends it to many
   * @throws RangeError when the message has no place on the wire
   */
  sendSharedObject(
    message: SharedObjectMessage,
    payload: Uint8Array = encodeSharedObject(message),
  ): void {
    if (this.connected) this.connection.sendSharedObject(payload);
  }

  /** Sends a user control message; without effect unless connected. */
  sendUserControl(control: UserControl): void {
    if (this.connected) this.connection.sendUserControl(control);
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
    this.connection.stop();
    try {
      this.endStreams();
    } finally {
      try {
        this.transactions.failAll(cause);
      } finally {
        this.#handlers.onClose?.(cause);
      }
    }
  }

  /** Throws unless the session is connected. */
  protected requireConnected(what: string): void {
    if (this.#closed) {
      const options = { cause: this.#closeCause };
      throw new SessionError("RTMP_ERR_SESSION_ENDED", `${what} after the session ended`, options);
    }
    if (!this.connected) throw new TypeError(`${what} before the session is connected`);
  }

  /** Reports what was refused; the connection goes on. */
  protected problem(error: RtmpError): void {
    this.#handlers.onProblem?.(error);
  }

  /** Reports what was dropped; too much of it ends the session. */
  protected tolerate(error: RtmpError): void {
    this.problem(error);
    this.#faults++;
    if (this.#faults <= this.limits.maxFaults) return;
    const text = `${this.#faults} faults, the last: ${error.message}`;
    this.end(new SessionError("RTMP_ERR_TOO_MANY_FAULTS", text));
  }

  /** A user control message arrived. */
  protected onUserControl(control: UserControl): void {
    this.#handlers.onUserControl?.(control);
  }

  #onCommand(messageStreamId: number, command: Command): void {
    if (isAnswer(command.name) && this.transactions.close(command)) return;
    this.onCommand(messageStreamId, command);
  }

  #onSharedObject(message: SharedObjectMessage): void {
    if (this.connected) {
      this.#handlers.onSharedObject?.(message);
      return;
    }
    const text = "shared object before connect";
    this.tolerate(new SessionError("RTMP_ERR_UNKNOWN_MESSAGE_TYPE", text));
  }

  /** A command that cannot be read is answered where its transaction could be; a broken one ends the connection. */
  #onUnreadable(error: MessageError): void {
    this.incomingCalls.refuseUnreadable(error);
    if (error.fault === "unsupported" && this.connected) this.tolerate(error);
    else this.end(error);
  }

  #endBy(error: unknown): void {
    if (!(error instanceof RtmpError)) throw error;
    this.end(error);
  }

  /** Done when it matters and not with every batch, which thousands of sessions get in turn. */
  #settleShared(): void {
    if (this.#sharedBytes > 0) this.connection.countShared(this.#sharedBytes);
    this.#sharedBytes = 0;
  }
}
