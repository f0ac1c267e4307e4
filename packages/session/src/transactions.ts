/**
 * Calls of this side that wait for the peer's `_result` or `_error`.
 *
 * RTMP §7.1.1, §7.2.1.2
 */

import { type Command, readStatus } from "@rtmp/message";
import { SessionError } from "./errors.ts";

/** What came of a call. */
export type CallAnswer =
  /** The peer answered `_result`. */
  | { readonly ok: true; readonly command: Command }
  /** It answered `_error`, or not in time, or the session ended before. */
  | { readonly ok: false; readonly error: SessionError };

/** Is told what came of a call; called once. */
export type OnCallAnswer = (answer: CallAnswer) => void;

/** Is told a `_result` that came when the call had failed for want of an answer. */
export type OnLateResult = (command: Command) => void;

interface Pending {
  readonly name: string;
  readonly onAnswer: OnCallAnswer;
  readonly onLate: OnLateResult | undefined;
  /** Undefined until the time at which the call was made is known. */
  deadline: number | undefined;
}

/** Construction of {@link Transactions}. */
export interface TransactionsOptions {
  /** The first transaction id to give out. */
  readonly firstId: number;
  /** Calls that may wait at a time. */
  readonly maxPendingCalls: number;
  /** Milliseconds that a call may wait. */
  readonly callTimeoutMs: number;
}

/** The open calls of one side of a connection. */
export class Transactions {
  readonly #maxPendingCalls: number;
  readonly #callTimeoutMs: number;
  // In order of their deadlines, for every call waits equally long.
  readonly #pending = new Map<number, Pending>();
  // Those that waited too long, the oldest first; made when there is one.
  #overdue: Map<number, OnLateResult | undefined> | undefined;
  #nextId: number;
  #anyNew = false;

  constructor({ firstId, maxPendingCalls, callTimeoutMs }: TransactionsOptions) {
    this.#nextId = firstId;
    this.#maxPendingCalls = maxPendingCalls;
    this.#callTimeoutMs = callTimeoutMs;
  }

  /** The transaction id of the next command. */
  get nextId(): number {
    return this.#nextId;
  }

  /** Gives the next transaction id to a command whose answer nobody waits for. */
  skip(): void {
    this.#nextId++;
  }

  /**
   * Opens a call; its time begins when `settle` is called next.
   *
   * @param onLate  undoes what the call brought about when its failure has been told
   * @returns its transaction id
   * @throws SessionError `RTMP_ERR_TOO_MANY_PENDING_CALLS` when as many wait as may
   */
  open(name: string, onAnswer: OnCallAnswer, onLate?: OnLateResult): number {
    if (this.#pending.size >= this.#maxPendingCalls) {
      const text = `${name}: ${this.#maxPendingCalls} calls wait for an answer already`;
      throw new SessionError("RTMP_ERR_TOO_MANY_PENDING_CALLS", text);
    }
    const id = this.#nextId++;
    this.#pending.set(id, { name, onAnswer, onLate, deadline: undefined });
    this.#anyNew = true;
    return id;
  }

  /** Closes the call that a `_result` or `_error` answers, in time or not; says whether there was one. */
  close(command: Command): boolean {
    const pending = this.#pending.get(command.transactionId);
    if (pending === undefined) return this.#closeOverdue(command);
    this.#pending.delete(command.transactionId);
    pending.onAnswer(answerOf(pending.name, command));
    return true;
  }

  /** Forgets a call whose outcome came another way. */
  forget(transactionId: number): void {
    this.#pending.delete(transactionId);
  }

  /** Tells the time to the calls that were made since it was told last. */
  settle(now: number): void {
    if (!this.#anyNew) return;
    this.#anyNew = false;
    for (const pending of this.#pending.values()) pending.deadline ??= now + this.#callTimeoutMs;
  }

  /** When the next call has waited long enough; `Infinity` while none waits, `-Infinity` when `settle` is wanted. */
  get deadline(): number {
    for (const { deadline } of this.#pending.values()) {
      return this.#anyNew || deadline === undefined ? Number.NEGATIVE_INFINITY : deadline;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Fails the calls that have waited long enough. */
  expire(now: number): void {
    this.settle(now);
    for (const [id, { name, deadline, onAnswer, onLate }] of this.#pending) {
      // One that was made meanwhile, by who was told, has no deadline yet.
      if (deadline === undefined || deadline > now) break;
      this.#pending.delete(id);
      this.#remember(id, onLate);
      const text = `${name} was not answered within ${this.#callTimeoutMs} ms`;
      onAnswer({ ok: false, error: new SessionError("RTMP_ERR_CALL_TIMEOUT", text) });
    }
    this.settle(now);
  }

  #remember(id: number, onLate: OnLateResult | undefined): void {
    const overdue = (this.#overdue ??= new Map());
    for (const oldest of overdue.keys()) {
      if (overdue.size < this.#maxPendingCalls) break;
      overdue.delete(oldest);
    }
    overdue.set(id, onLate);
  }

  #closeOverdue(command: Command): boolean {
    const { name, transactionId } = command;
    const onLate = this.#overdue?.get(transactionId);
    const isKnown = this.#overdue?.delete(transactionId) ?? false;
    if (name === "_result") onLate?.(command);
    return isKnown;
  }

  /** Fails every call: the session ended. */
  failAll(cause: unknown): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const { name, onAnswer } of all) {
      const text = `${name} was not answered before the session ended`;
      onAnswer({ ok: false, error: new SessionError("RTMP_ERR_SESSION_ENDED", text, { cause }) });
    }
  }
}

function answerOf(name: string, command: Command): CallAnswer {
  if (command.name !== "_error") return { ok: true, command };
  const status = readStatus(command);
  const text = `${name} was refused: ${status.description || status.code || "no reason given"}`;
  return { ok: false, error: new SessionError("RTMP_ERR_CALL_REJECTED", text, { status }) };
}
