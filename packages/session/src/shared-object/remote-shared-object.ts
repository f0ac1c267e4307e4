/**
 * A client's end of a remote shared object: slots that all clients of the object see alike, and calls to all of them.
 *
 *   idle ─ open ─► opening ─ UseSuccess ─► open ─ close ─► closed
 *
 * RTMP §7.1.3
 */

import {
  type SharedObjectEvent,
  type SharedObjectMessage,
  type SharedObjectStatus,
  SharedObjectStatusCode,
  type SharedObjectValue,
} from "@rtmp/message";
import { SessionError } from "../errors.ts";
import { SlotReplica } from "./slot-replica.ts";

/** How far a remote shared object is. */
export type RemoteSharedObjectState = "idle" | "opening" | "open" | "closed";

/**
 * What became of a slot, or of all of them.
 *
 * - `clear`: everything that the server had told is void; this follows each `open`, and the slots come behind it.
 * - `change`: another client gave the slot its value.
 * - `remove`: the slot is away.
 * - `success`: the server took this client's change.
 * - `reject`: the server refused this client's change; `data` has again what was confirmed.
 */
export type SlotSync =
  | { readonly type: "clear" }
  | { readonly type: "change"; readonly name: string; readonly value: SharedObjectValue }
  | { readonly type: "remove" | "success" | "reject"; readonly name: string };

/** What a remote shared object tells its owner; all calls come from inside `receive`. */
export interface RemoteSharedObjectHandlers {
  /** The server granted `open`. */
  onOpen?(): void;
  /** `data` has changed, or changes of this client were answered. */
  onSync?(changes: readonly SlotSync[]): void;
  /** A client, perhaps this one, called a handler of the object. */
  onMessage?(handler: string, args: readonly SharedObjectValue[]): void;
  /** The server said something; an error means that `open` or a change was refused. */
  onStatus?(status: SharedObjectStatus): void;
}

/** Construction of a {@link RemoteSharedObject}. */
export interface RemoteSharedObjectOptions {
  /** Name within the app; at most 65535 bytes of UTF-8. */
  readonly name: string;
  /** Whether the server keeps the object when its last client has gone. @default false */
  readonly persistent?: boolean;
  /** Sends a message of the connection. */
  readonly send: (message: SharedObjectMessage) => void;
  /** Is told what happens. */
  readonly handlers?: RemoteSharedObjectHandlers;
  /** Slots that the server may fill. @default 4096 */
  readonly maxSlots?: number;
}

const defaultMaxSlots = 4096;
const refusalsOfOpen: ReadonlySet<string> = new Set([
  SharedObjectStatusCode.BadPersistence,
  SharedObjectStatusCode.NoReadAccess,
  SharedObjectStatusCode.ObjectCreationFailed,
]);

/**
 * One shared object as one client has it.
 *
 * A change shows in `data` at once and is sent; the server confirms or refuses it later. Until then it hides what others
 * do with the slot, for the server will handle it behind that. When all answers have come, all clients have the same.
 */
export class RemoteSharedObject {
  /** Name within the app. */
  readonly name: string;
  /** Whether the server keeps the object when its last client has gone. */
  readonly persistent: boolean;
  readonly #send: (message: SharedObjectMessage) => void;
  readonly #handlers: RemoteSharedObjectHandlers;
  readonly #maxSlots: number;
  readonly #slots = new SlotReplica();
  #state: RemoteSharedObjectState = "idle";
  #version = 0;
  #changes: SlotSync[] = [];

  /** @throws RangeError when `maxSlots` is no positive integer */
  constructor(options: RemoteSharedObjectOptions) {
    this.name = options.name;
    this.persistent = options.persistent ?? false;
    this.#send = options.send;
    this.#handlers = options.handlers ?? {};
    this.#maxSlots = options.maxSlots ?? defaultMaxSlots;
    if (!Number.isSafeInteger(this.#maxSlots) || this.#maxSlots <= 0) {
      throw new RangeError(`maxSlots must be a positive integer, not ${this.#maxSlots}`);
    }
  }

  /** How far it is; after a refusal of `open`, or when the connection has ended, `closed`. */
  get state(): RemoteSharedObjectState {
    return this.#state;
  }

  /** u32; the object's version at the server as last heard. */
  get version(): number {
    return this.#version;
  }

  /** The slots, with the changes of this client; a view that follows every change. */
  get data(): ReadonlyMap<string, SharedObjectValue> {
    return this.#slots.data;
  }

  /**
   * Asks the server for the object.
   *
   * Changes and calls may follow at once. What a former `open` brought is forgotten.
   *
   * @throws TypeError when it is opening or open
   */
  open(): void {
    if (this.#isActive) throw new TypeError(`shared object ${this.name} is ${this.#state}`);
    this.#slots.reset();
    this.#version = 0;
    this.#state = "opening";
    this.#post({ type: "use" });
  }

  /**
   * Gives a slot a value, at once here and as soon as the server takes it for all others.
   *
   * @param value  kept, not copied: change it no more
   * @throws TypeError when the object is not opening or open, or the value has no AMF form; RangeError when it is too
   *   deep or too long
   */
  set(name: string, value: SharedObjectValue): void {
    this.#post({ type: "request-change", name, value });
    this.#slots.ask(name, { value });
  }

  /**
   * Takes a slot away.
   *
   * @throws TypeError when the object is not opening or open
   */
  remove(name: string): void {
    this.#post({ type: "request-remove", name });
    this.#slots.ask(name, undefined);
  }

  /**
   * Takes away every slot of `data`.
   *
   * @throws TypeError when the object is not opening or open
   */
  clear(): void {
    for (const name of this.data.keys()) this.remove(name);
  }

  /**
   * Calls a handler at every client of the object, this one included.
   *
   * @throws TypeError when the object is not opening or open, or an argument has no AMF form; RangeError when it is too
   *   deep or too long
   */
  send(handler: string, ...args: SharedObjectValue[]): void {
    this.#post({ type: "send-message", handler, args });
  }

  /** Leaves the object; `data` stays as it is. Without effect when it is not opening or open. */
  close(): void {
    if (!this.#isActive) return;
    this.#post({ type: "release" });
    this.end();
  }

  /** The connection has ended: changes without an answer are taken back, nothing is sent. */
  end(): void {
    this.#state = "closed";
    this.#slots.forgetPending();
  }

  /**
   * Takes in a message of the object; what is for another name, or comes too late, is ignored.
   *
   * @throws SessionError `RTMP_ERR_TOO_MANY_SLOTS` when the server fills more than `maxSlots`
   */
  receive(message: SharedObjectMessage): void {
    if (message.name !== this.name) return;
    for (const [index, event] of message.events.entries()) {
      if (!this.#isActive) return;
      this.#version = message.version;
      this.#onEvent(event, message.events[index + 1]);
    }
    this.#tellChanges();
  }

  get #isActive(): boolean {
    return this.#state === "opening" || this.#state === "open";
  }

  /** @param next  the event behind it */
  #onEvent(event: SharedObjectEvent, next: SharedObjectEvent | undefined): void {
    switch (event.type) {
      case "use-success":
        this.#state = "open";
        this.#handlers.onOpen?.();
        return;
      case "clear":
        this.#slots.clear();
        this.#changes.push({ type: "clear" });
        return;
      case "change":
        this.#onChange(event.name, event.value);
        return;
      case "remove":
        if (this.#slots.remove(event.name))
          this.#changes.push({ type: "remove", name: event.name });
        return;
      case "success":
        this.#slots.succeed(event.name);
        this.#changes.push({ type: "success", name: event.name });
        return;
      case "status":
        this.#onStatus(event, next);
        return;
      case "send-message":
        this.#tellChanges();
        this.#handlers.onMessage?.(event.handler, event.args);
        return;
      // What only a client says, and what nobody knows.
      case "use":
      case "release":
      case "request-change":
      case "request-remove":
      case "unknown":
    }
  }

  #onChange(name: string, value: SharedObjectValue): void {
    if (this.#slots.confirmedSlots >= this.#maxSlots && !this.#slots.hasConfirmed(name)) {
      const text = `shared object ${this.name} has more than ${this.#maxSlots} slots`;
      throw new SessionError("RTMP_ERR_TOO_MANY_SLOTS", text);
    }
    if (this.#slots.set(name, value)) this.#changes.push({ type: "change", name, value });
  }

  /** A server may say what the refused slot holds right behind the refusal; else it is the oldest change. */
  #onStatus(status: SharedObjectStatus, next: SharedObjectEvent | undefined): void {
    if (status.level === "error") {
      if (this.#state === "opening" && refusalsOfOpen.has(status.code)) this.end();
      else {
        const told = next?.type === "change" || next?.type === "remove" ? next.name : undefined;
        const name = this.#slots.reject(told);
        if (name !== undefined) this.#changes.push({ type: "reject", name });
      }
    }
    this.#tellChanges();
    this.#handlers.onStatus?.(status);
  }

  #tellChanges(): void {
    if (this.#changes.length === 0) return;
    const changes = this.#changes;
    this.#changes = [];
    this.#handlers.onSync?.(changes);
  }

  #post(event: SharedObjectEvent): void {
    if (!this.#isActive) throw new TypeError(`shared object ${this.name} is ${this.#state}`);
    const { name, persistent } = this;
    this.#send({ name, version: this.#version, persistent, events: [event] });
  }
}
