/**
 * One shared object at the server: its slots, and the clients that have it open.
 *
 *   loading ─► ready: opens, changes and calls are served ─► nobody left
 *      └─────► failed: everybody who waited is refused
 *
 * RTMP §7.1.3
 */

import { encodeSharedObject, type SharedObjectEvent, SharedObjectStatusCode } from "@rtmp/message";
import { RelayError } from "../errors.ts";
import { Backlog } from "./backlog.ts";
import type { SharedObjectLimits } from "./limits.ts";
import { type OutgoingSharedObject, Outbox } from "./outbox.ts";
import type { SharedObjectPeer } from "./peer.ts";
import type { Permissions } from "./permissions.ts";
import { refusalEvent, refusalOf } from "./refusal.ts";
import { eventBytes, Slots } from "./slots.ts";
import type { SharedObjectSnapshot } from "./store.ts";

// What a success, a removal or a status takes on the wire besides names.
const smallEventBytes = 64;

/** Construction of a {@link SharedObject}. */
export interface SharedObjectOptions {
  readonly app: string;
  readonly name: string;
  readonly persistent: boolean;
  readonly permissions: Permissions;
  readonly limits: SharedObjectLimits;
}

/** A shared object of the server. */
export class SharedObject {
  readonly app: string;
  readonly name: string;
  readonly persistent: boolean;
  readonly #permissions: Permissions;
  readonly #limits: SharedObjectLimits;
  readonly #slots: Slots;
  readonly #clients = new Set<SharedObjectPeer>();
  readonly #backlog: Backlog;
  #isLoaded = false;
  #version = 0;

  constructor({ app, name, persistent, permissions, limits }: SharedObjectOptions) {
    this.app = app;
    this.name = name;
    this.persistent = persistent;
    this.#permissions = permissions;
    this.#limits = limits;
    this.#slots = new Slots(limits);
    this.#backlog = new Backlog(limits.maxSharedObjectBacklog);
  }

  /** Whether nobody has it open, or waits for it. */
  get unused(): boolean {
    return this.#clients.size === 0 && this.#backlog.empty;
  }

  /** Whether a client has it open, or waits for it. */
  has(peer: SharedObjectPeer): boolean {
    return this.#clients.has(peer) || this.#backlog.has(peer);
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
   * Begins with what was kept, if anything.
   *
   * @throws RelayError `RTMP_ERR_SHARED_OBJECT_FULL` when that is more than the limits allow; it is of no use then
   */
  load(kept: SharedObjectSnapshot | undefined): void {
    for (const [name, value] of kept?.slots ?? []) this.#slots.set(name, value);
    this.#version = kept?.version ?? 0;
    this.#isLoaded = true;
  }

  /**
   * Serves whoever waited while it was loaded.
   *
   * @param onServed  is told of each client behind each of its messages
   */
  serveWaiting(onServed: (peer: SharedObjectPeer) => void): void {
    for (let next = this.#backlog.take(); next !== undefined; next = this.#backlog.take()) {
      const { peer, events } = next;
      peer.run(() => this.receive(peer, events));
      onServed(peer);
    }
  }

  /** It could not be loaded: whoever waited is refused. */
  fail(): void {
    const answer = refusalOf(this, SharedObjectStatusCode.ObjectCreationFailed);
    const payload = encodeSharedObject(answer);
    for (const peer of this.#backlog.clear()) peer.run(() => peer.send(answer, payload));
  }

  /** Takes in what a client says of the object; until it is loaded this waits. */
  receive(peer: SharedObjectPeer, events: readonly SharedObjectEvent[]): void {
    if (!this.#isLoaded) {
      this.#wait(peer, events);
      return;
    }
    const own = new Outbox();
    const others = new Outbox();
    let isWithin = false;
    try {
      isWithin = events.every((event) => {
        this.#onEvent(peer, event, own, others);
        return this.#isBearable(peer, own, others);
      });
    } finally {
      const header = { name: this.name, version: this.#version, persistent: this.persistent };
      if (isWithin) this.#send([peer], own.take(header));
      // What has changed is told in any case, also when the policy fails at a later event.
      this.#send(
        [...this.#clients].filter((client) => client !== peer),
        others.take(header),
      );
    }
  }

  /** A client's connection has ended. */
  leave(peer: SharedObjectPeer): void {
    this.#clients.delete(peer);
    this.#backlog.drop(peer);
  }

  #wait(peer: SharedObjectPeer, events: readonly SharedObjectEvent[]): void {
    if (this.#backlog.add({ peer, events })) return;
    const { maxSharedObjectBacklog } = this.#limits;
    const text = `more than ${maxSharedObjectBacklog} messages wait for shared object ${this.name}`;
    this.leave(peer);
    peer.evict(new RelayError("RTMP_ERR_SHARED_OBJECT_BACKLOG", text));
  }

  /** A few bytes can ask for all slots again and again: the client is cut off in time. */
  #isBearable(peer: SharedObjectPeer, own: Outbox, others: Outbox): boolean {
    const { maxSharedObjectQueueBytes } = this.#limits;
    if (Math.max(own.bytes, others.bytes) <= maxSharedObjectQueueBytes) return true;
    const text = `one message about shared object ${this.name} brings about too much`;
    this.leave(peer);
    peer.evict(new RelayError("RTMP_ERR_SLOW_SHARED_OBJECT_CLIENT", text));
    return false;
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
    if (!this.#clients.has(peer) && this.#clients.size >= maxSharedObjectClients) {
      const text = `shared object ${this.name} has ${maxSharedObjectClients} clients already`;
      peer.onProblem(new RelayError("RTMP_ERR_TOO_MANY_SHARED_OBJECT_CLIENTS", text));
      own.add(smallEventBytes, refusalEvent(SharedObjectStatusCode.ObjectCreationFailed));
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
    if (!this.#permissions.grants(peer, this, "change", name)) {
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
    if (!this.#permissions.grants(peer, this, "remove", name)) {
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
    if (!this.#permissions.grants(peer, this, "call", event.handler)) return;
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

  /** Behind the refusal stands what the slot holds, so that the client knows which one is meant. */
  #refuseSlot(own: Outbox, name: string): void {
    const slot = this.#slots.get(name);
    const truth: SharedObjectEvent =
      slot === undefined ? { type: "remove", name } : { type: "change", name, value: slot.value };
    own.add(
      smallEventBytes + (slot?.bytes ?? name.length * 3),
      refusalEvent(SharedObjectStatusCode.NoWriteAccess),
      truth,
    );
  }

  #countChange(): void {
    this.#version = (this.#version + 1) >>> 0;
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
