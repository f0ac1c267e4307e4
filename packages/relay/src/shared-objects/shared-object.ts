/**
 * One shared object at the server: its slots, and the clients that have it open.
 *
 *   loading ─► ready: opens, changes and calls are served ─► nobody left
 *      └─────► failed: everybody who waited is refused
 *
 * RTMP §7.1.3
 */

import {
  type SharedObjectEvent,
  type SharedObjectMessage,
  SharedObjectStatusCode,
} from "@rtmp/message";
import { RelayError } from "../errors.ts";
import type { SharedObjectLimits } from "./limits.ts";
import { type OutgoingSharedObject, Outbox } from "./outbox.ts";
import type { SharedObjectAccess, SharedObjectPeer, SharedObjectPolicy } from "./peer.ts";
import { eventBytes, Slots } from "./slots.ts";
import type { SharedObjectSnapshot } from "./store.ts";

// What a success, a removal or a status takes on the wire besides names.
const smallEventBytes = 64;

/** Construction of a {@link SharedObject}. */
export interface SharedObjectOptions {
  readonly app: string;
  readonly name: string;
  readonly persistent: boolean;
  readonly policy: SharedObjectPolicy;
  readonly limits: SharedObjectLimits;
}

/** What a client did while the object was being loaded. */
interface Waiting {
  readonly peer: SharedObjectPeer;
  readonly events: readonly SharedObjectEvent[];
}

/** A shared object of the server. */
export class SharedObject {
  readonly app: string;
  readonly name: string;
  readonly persistent: boolean;
  readonly #policy: SharedObjectPolicy;
  readonly #limits: SharedObjectLimits;
  readonly #slots: Slots;
  readonly #clients = new Set<SharedObjectPeer>();
  #waiting: Waiting[] | undefined = [];
  #version = 0;

  constructor({ app, name, persistent, policy, limits }: SharedObjectOptions) {
    this.app = app;
    this.name = name;
    this.persistent = persistent;
    this.#policy = policy;
    this.#limits = limits;
    this.#slots = new Slots(limits);
  }

  /** Whether nobody has it open, or waits for it. */
  get unused(): boolean {
    return this.#clients.size === 0 && (this.#waiting ?? []).length === 0;
  }

  /** Counts the changes, u32. */
  get version(): number {
    return this.#version;
  }

  /** What is to be kept. */
  get snapshot(): SharedObjectSnapshot {
    return { version: this.#version, slots: this.#slots.values() };
  }

  /**
   * Begins with what was kept, if anything, and serves whoever waited.
   *
   * @throws RelayError `RTMP_ERR_SHARED_OBJECT_FULL` when that is more than the limits allow; nobody was served
   */
  load(kept: SharedObjectSnapshot | undefined): void {
    for (const [name, value] of kept?.slots ?? []) this.#slots.set(name, value);
    this.#version = kept?.version ?? 0;
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const { peer, events } of waiting) this.receive(peer, events);
  }

  /** It could not be loaded: whoever waited is refused. */
  fail(): void {
    const peers = new Set((this.#waiting ?? []).map(({ peer }) => peer));
    this.#waiting = [];
    for (const peer of peers) this.#refuse(peer, SharedObjectStatusCode.ObjectCreationFailed);
  }

  /**
   * Takes in what a client says of the object.
   *
   * @returns whether the client has it open now, or waits for it
   */
  receive(peer: SharedObjectPeer, events: readonly SharedObjectEvent[]): boolean {
    if (this.#waiting !== undefined) return this.#wait(peer, events, this.#waiting);

    const own = new Outbox();
    const others = new Outbox();
    for (const event of events) this.#onEvent(peer, event, own, others);
    const header = { name: this.name, version: this.#version, persistent: this.persistent };
    this.#send([peer], own.take(header));
    this.#send(
      [...this.#clients].filter((client) => client !== peer),
      others.take(header),
    );
    return this.#clients.has(peer);
  }

  /** A client's connection has ended. */
  leave(peer: SharedObjectPeer): void {
    this.#clients.delete(peer);
    this.#waiting = this.#waiting?.filter((entry) => entry.peer !== peer);
  }

  #wait(peer: SharedObjectPeer, events: readonly SharedObjectEvent[], waiting: Waiting[]): boolean {
    const { maxSharedObjectBacklog } = this.#limits;
    if (waiting.filter((entry) => entry.peer === peer).length >= maxSharedObjectBacklog) {
      const text = `more than ${maxSharedObjectBacklog} messages wait for shared object ${this.name}`;
      peer.evict(new RelayError("RTMP_ERR_SHARED_OBJECT_BACKLOG", text));
      return false;
    }
    waiting.push({ peer, events });
    return true;
  }

  #onEvent(peer: SharedObjectPeer, event: SharedObjectEvent, own: Outbox, others: Outbox): void {
    if (event.type === "use") {
      this.#onUse(peer, own);
      return;
    }
    if (!this.#clients.has(peer)) {
      const text = `${event.type} of shared object ${this.name}, which is not open`;
      peer.onProblem(new RelayError("RTMP_ERR_SHARED_OBJECT_NOT_OPEN", text));
      return;
    }
    switch (event.type) {
      case "release":
        this.#clients.delete(peer);
        return;
      case "request-change":
        this.#onChange(peer, event, own, others);
        return;
      case "request-remove":
        this.#onRemove(peer, event.name, own, others);
        return;
      case "send-message":
        this.#onCall(peer, event, own, others);
        return;
      // What only a server says, and what nobody knows.
      case "change":
      case "clear":
      case "remove":
      case "status":
      case "success":
      case "unknown":
      case "use-success":
    }
  }

  /** Whoever opens it again gets everything again. */
  #onUse(peer: SharedObjectPeer, own: Outbox): void {
    const { maxSharedObjectClients } = this.#limits;
    if (!this.#may(peer, "read", undefined)) {
      this.#denied(peer, "read");
      own.add(smallEventBytes, statusOf(SharedObjectStatusCode.NoReadAccess));
      return;
    }
    if (!this.#clients.has(peer) && this.#clients.size >= maxSharedObjectClients) {
      const text = `shared object ${this.name} has ${maxSharedObjectClients} clients already`;
      peer.onProblem(new RelayError("RTMP_ERR_TOO_MANY_SHARED_OBJECT_CLIENTS", text));
      own.add(smallEventBytes, statusOf(SharedObjectStatusCode.ObjectCreationFailed));
      return;
    }
    this.#clients.add(peer);
    own.add(smallEventBytes, { type: "use-success" }, { type: "clear" });
    for (const [name, { value, bytes }] of this.#slots) {
      own.add(bytes, { type: "change", name, value });
    }
  }

  #onChange(
    peer: SharedObjectPeer,
    { name, value }: Extract<SharedObjectEvent, { type: "request-change" | "change" }>,
    own: Outbox,
    others: Outbox,
  ): void {
    if (!this.#may(peer, "change", name)) {
      this.#denied(peer, "change");
      this.#refuseSlot(own, name);
      return;
    }
    try {
      const { bytes } = this.#slots.set(name, value);
      this.#countChange();
      own.add(smallEventBytes + name.length * 3, { type: "success", name });
      others.add(bytes, { type: "change", name, value });
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      peer.onProblem(error);
      this.#refuseSlot(own, name);
    }
  }

  #onRemove(peer: SharedObjectPeer, name: string, own: Outbox, others: Outbox): void {
    if (!this.#may(peer, "remove", name)) {
      this.#denied(peer, "remove");
      this.#refuseSlot(own, name);
      return;
    }
    const bytes = smallEventBytes + name.length * 3;
    own.add(bytes, { type: "remove", name });
    if (!this.#slots.delete(name)) return;
    this.#countChange();
    others.add(bytes, { type: "remove", name });
  }

  #onCall(
    peer: SharedObjectPeer,
    event: Extract<SharedObjectEvent, { type: "send-message" }>,
    own: Outbox,
    others: Outbox,
  ): void {
    if (!this.#may(peer, "call", event.handler)) {
      this.#denied(peer, "call");
      return;
    }
    const { maxSharedObjectSlotBytes } = this.#limits;
    const bytes = eventBytes(event, maxSharedObjectSlotBytes);
    if (bytes === undefined) {
      const text = `a call of more than ${maxSharedObjectSlotBytes} bytes in a shared object`;
      peer.onProblem(new RelayError("RTMP_ERR_SHARED_OBJECT_FULL", text));
      return;
    }
    own.add(bytes, event);
    others.add(bytes, event);
  }

  #may(
    peer: SharedObjectPeer,
    action: SharedObjectAccess["action"],
    member: string | undefined,
  ): boolean {
    const { app, name, persistent } = this;
    const { connect, remote } = peer;
    const access = { action, app, name, persistent, member, connect, remote };
    const policy = this.#policy;
    const may = action === "read" ? policy.mayRead?.(access) : policy.mayWrite?.(access);
    return may ?? true;
  }

  #denied(peer: SharedObjectPeer, action: string): void {
    const text = `${action} of shared object ${this.name} is not allowed`;
    peer.onProblem(new RelayError("RTMP_ERR_SHARED_OBJECT_DENIED", text));
  }

  /** Behind the refusal stands what the slot holds, so that the client knows which one is meant. */
  #refuseSlot(own: Outbox, name: string): void {
    const slot = this.#slots.get(name);
    const truth: SharedObjectEvent =
      slot === undefined ? { type: "remove", name } : { type: "change", name, value: slot.value };
    own.add(
      smallEventBytes + (slot?.bytes ?? name.length * 3),
      statusOf(SharedObjectStatusCode.NoWriteAccess),
      truth,
    );
  }

  #countChange(): void {
    this.#version = (this.#version + 1) >>> 0;
  }

  #refuse(peer: SharedObjectPeer, code: SharedObjectStatusCode): void {
    const { name, persistent } = this;
    const own = new Outbox();
    own.add(smallEventBytes, statusOf(code));
    this.#send([peer], own.take({ name, version: 0, persistent }));
  }

  #send(peers: Iterable<SharedObjectPeer>, messages: readonly OutgoingSharedObject[]): void {
    if (messages.length === 0) return;
    const { maxSharedObjectQueueBytes } = this.#limits;
    for (const peer of peers) {
      if (peer.queuedBytes > maxSharedObjectQueueBytes) {
        const text = `${peer.queuedBytes} bytes wait for a client of shared object ${this.name}`;
        peer.evict(new RelayError("RTMP_ERR_SLOW_SHARED_OBJECT_CLIENT", text));
        continue;
      }
      for (const { message, payload } of messages) peer.send(message, payload);
    }
  }
}

/** Makes the event by which a request is refused. */
function statusOf(code: SharedObjectStatusCode): SharedObjectEvent {
  return { type: "status", code, level: "error" };
}

/** Makes the answer to a client whose object cannot be served at all. */
export function refusalOf(
  { name, persistent }: SharedObjectMessage,
  code: SharedObjectStatusCode,
): SharedObjectMessage {
  return { name, version: 0, persistent, events: [statusOf(code)] };
}
