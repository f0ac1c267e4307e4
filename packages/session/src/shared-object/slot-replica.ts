/**
 * A client's copy of a shared object's slots: what the server confirmed, and over it what this client asked for.
 *
 * The server handles all requests in one order and answers each client in that order. So a change that is still
 * unanswered comes behind everything that has been confirmed, and what others did meanwhile stays below it.
 */

import type { SharedObjectValue } from "@rtmp/message";

/** A change without its answer. */
interface PendingChange {
  /** Counts all changes of the object. */
  readonly sequence: number;
  /** What the slot is to hold; undefined when it is to go. */
  readonly slot: { readonly value: SharedObjectValue } | undefined;
}

/** The slots as one client sees them. */
export class SlotReplica {
  /** The slots with the changes of this client, answered or not. */
  readonly data: Map<string, SharedObjectValue> = new Map();
  readonly #confirmed = new Map<string, SharedObjectValue>();
  readonly #pending = new Map<string, PendingChange[]>();
  #sequence = 0;

  /** Number of slots that the server confirmed. */
  get confirmedSlots(): number {
    return this.#confirmed.size;
  }

  /** Whether the server confirmed a slot of this name. */
  hasConfirmed(name: string): boolean {
    return this.#confirmed.has(name);
  }

  /** Changes a slot at once, as asked of the server; undefined takes it away. */
  ask(name: string, slot: PendingChange["slot"]): void {
    const change = { sequence: this.#sequence++, slot };
    const waiting = this.#pending.get(name);
    if (waiting === undefined) this.#pending.set(name, [change]);
    else waiting.push(change);
    this.#show(name);
  }

  /** The oldest change of the slot was taken. */
  succeed(name: string): void {
    const change = this.#answer(name);
    if (change !== undefined) this.#confirm(name, change.slot);
  }

  /**
   * The oldest change of a slot was refused.
   *
   * @param name  undefined when the server does not say which slot: it is that of the oldest change
   * @returns the slot's name; undefined when no change waits for an answer
   */
  reject(name: string | undefined): string | undefined {
    const slot = name ?? this.#oldest();
    if (slot === undefined || this.#answer(slot) === undefined) return undefined;
    this.#show(slot);
    return slot;
  }

  /**
   * The server tells the value of a slot.
   *
   * @returns whether it shows: a change of this client that is not answered yet hides it
   */
  set(name: string, value: SharedObjectValue): boolean {
    this.#confirm(name, { value });
    return !this.#pending.has(name);
  }

  /**
   * The server tells that a slot is away, be it the answer to this client or not.
   *
   * @returns whether it shows
   */
  remove(name: string): boolean {
    const [oldest] = this.#pending.get(name) ?? [];
    if (oldest !== undefined && oldest.slot === undefined) this.#answer(name);
    this.#confirm(name, undefined);
    return !this.#pending.has(name);
  }

  /** What the server confirmed is void; changes that wait for an answer stay. */
  clear(): void {
    this.#confirmed.clear();
    for (const name of this.data.keys()) this.#show(name);
  }

  /** Forgets everything. */
  reset(): void {
    this.forgetPending();
    this.clear();
  }

  /** Takes back what has no answer. */
  forgetPending(): void {
    const names = [...this.#pending.keys()];
    this.#pending.clear();
    for (const name of names) this.#show(name);
  }

  #confirm(name: string, slot: PendingChange["slot"]): void {
    if (slot === undefined) this.#confirmed.delete(name);
    else this.#confirmed.set(name, slot.value);
    this.#show(name);
  }

  /** Takes out the oldest change of a slot. */
  #answer(name: string): PendingChange | undefined {
    const waiting = this.#pending.get(name);
    const change = waiting?.shift();
    if (waiting?.length === 0) this.#pending.delete(name);
    return change;
  }

  #oldest(): string | undefined {
    let oldest: string | undefined;
    let sequence = Number.POSITIVE_INFINITY;
    for (const [name, [first]] of this.#pending) {
      if (first === undefined || first.sequence >= sequence) continue;
      oldest = name;
      sequence = first.sequence;
    }
    return oldest;
  }

  /** Brings one slot of `data` up to date. */
  #show(name: string): void {
    const newest = this.#pending.get(name)?.at(-1);
    if (newest === undefined && this.#confirmed.has(name)) {
      this.data.set(name, this.#confirmed.get(name));
    } else if (newest?.slot === undefined) this.data.delete(name);
    else this.data.set(name, newest.slot.value);
  }
}
