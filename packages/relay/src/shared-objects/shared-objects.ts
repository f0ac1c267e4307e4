/**
 * The shared objects of a server, by app and name.
 *
 * An object is there as long as a client has it open. A persistent one is then saved, and forgotten once that is done.
 *
 * RTMP §7.1.3
 */

import {
  encodeSharedObject,
  MessageError,
  resolveStreamPath,
  type SharedObjectMessage,
  SharedObjectStatusCode,
} from "@rtmp/message";
import { RelayError } from "../errors.ts";
import { resolveSharedObjectLimits, type SharedObjectLimits } from "./limits.ts";
import type { SharedObjectPeer, SharedObjectPolicy } from "./peer.ts";
import { Permissions, type SharedObjectIdentity } from "./permissions.ts";
import { refusalOf } from "./refusal.ts";
import { SharedObject } from "./shared-object.ts";
import type { SharedObjectSnapshot, SharedObjectStore } from "./store.ts";

/** Construction of {@link SharedObjects}. */
export interface SharedObjectsOptions {
  /** Keeps persistent objects. @default there are none: they are refused with `SharedObject.BadPersistence` */
  readonly store?: SharedObjectStore;
  /** Decides what clients may do. @default everybody may do everything */
  readonly policy?: SharedObjectPolicy;
  /** Bounds; what is left out has its default. */
  readonly limits?: Partial<SharedObjectLimits>;
  /** The store failed; nothing is lost as long as the program runs. */
  readonly onStoreError?: (error: unknown, path: string) => void;
}

/** An object, and whether it is being saved. */
interface Entry {
  readonly path: string;
  readonly object: SharedObject;
  saving: Promise<void> | undefined;
  /** The version that the store has; undefined when it has none of this run. */
  savedVersion: number | undefined;
}

/** All shared objects of a server. */
export class SharedObjects {
  readonly #store: SharedObjectStore | undefined;
  readonly #permissions: Permissions;
  readonly #limits: SharedObjectLimits;
  readonly #onStoreError: ((error: unknown, path: string) => void) | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #openOf = new Map<SharedObjectPeer, Set<Entry>>();

  /** @throws RangeError when a limit is out of range */
  constructor(options: SharedObjectsOptions = {}) {
    this.#store = options.store;
    this.#permissions = new Permissions(options.policy ?? {});
    this.#limits = resolveSharedObjectLimits(options.limits);
    this.#onStoreError = options.onStoreError;
  }

  /** Objects in memory now. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether a client has an object open, or waits for one. */
  has(peer: SharedObjectPeer): boolean {
    return this.#openOf.has(peer);
  }

  /** Takes in a message of a client. */
  receive(peer: SharedObjectPeer, message: SharedObjectMessage): void {
    const { name, persistent, events } = message;
    const app = appOf(peer);
    const path = app === undefined ? undefined : pathOf(app, name);
    const known = path === undefined ? undefined : this.#entries.get(path);
    const opens = events.some(({ type }) => type === "use");
    if (known === undefined && !opens) {
      const text = `shared object ${name} is not open`;
      peer.onProblem(new RelayError("RTMP_ERR_SHARED_OBJECT_NOT_OPEN", text));
      return;
    }
    if (app === undefined || path === undefined) {
      this.#refuse(peer, message, SharedObjectStatusCode.ObjectCreationFailed);
      return;
    }
    const identity = { app, name, persistent };
    const refusal = opens ? this.#refusal(identity, known, peer) : undefined;
    if (refusal !== undefined) {
      this.#refuse(peer, message, refusal);
      return;
    }
    const entry = known ?? this.#create(path, identity);
    try {
      entry.object.receive(peer, events);
    } finally {
      this.#note(entry, peer);
      if (known === undefined) this.#load(entry);
      this.#settle(entry);
    }
  }

  /** A client's connection has ended. */
  leave(peer: SharedObjectPeer): void {
    const entries = this.#openOf.get(peer);
    this.#openOf.delete(peer);
    for (const entry of entries ?? []) {
      entry.object.leave(peer);
      this.#settle(entry);
    }
  }

  /** Saves every persistent object that has changed; resolves when the store is done, also when it fails. */
  async save(): Promise<void> {
    for (const entry of this.#entries.values()) {
      // Behind a save of which some changes came too late follows another.
      while (entry.saving !== undefined) await entry.saving;
      if (isChanged(entry)) await this.#save(entry);
    }
  }

  /** Says why an object cannot be opened; undefined when it can. */
  #refusal(
    identity: SharedObjectIdentity,
    known: Entry | undefined,
    peer: SharedObjectPeer,
  ): SharedObjectStatusCode | undefined {
    const { name, persistent } = identity;
    const { maxSharedObjects, maxSharedObjectsPerClient } = this.#limits;
    const open = this.#openOf.get(peer);
    const isKeepable = !persistent || this.#store !== undefined;
    if (!isKeepable || (known !== undefined && known.object.persistent !== persistent)) {
      const text = `shared object ${name} cannot be ${persistent ? "" : "non-"}persistent`;
      peer.onProblem(new RelayError("RTMP_ERR_SHARED_OBJECT_PERSISTENCE", text));
      return SharedObjectStatusCode.BadPersistence;
    }
    const isNew = known === undefined;
    const isMore = known === undefined || open?.has(known) !== true;
    if (
      (isNew && this.#entries.size >= maxSharedObjects) ||
      (isMore && (open?.size ?? 0) >= maxSharedObjectsPerClient)
    ) {
      const text = `no more than ${maxSharedObjects} shared objects, ${maxSharedObjectsPerClient} of one client`;
      peer.onProblem(new RelayError("RTMP_ERR_TOO_MANY_SHARED_OBJECTS", text));
      return SharedObjectStatusCode.ObjectCreationFailed;
    }
    // Before anything is loaded for somebody who may not have it.
    const mayRead = this.#permissions.grants(peer, identity, "read");
    return mayRead ? undefined : SharedObjectStatusCode.NoReadAccess;
  }

  #refuse(
    peer: SharedObjectPeer,
    message: SharedObjectMessage,
    code: SharedObjectStatusCode,
  ): void {
    const answer = refusalOf(message, code);
    peer.send(answer, encodeSharedObject(answer));
  }

  #create(path: string, identity: SharedObjectIdentity): Entry {
    const object = new SharedObject({
      ...identity,
      permissions: this.#permissions,
      limits: this.#limits,
    });
    const entry: Entry = { path, object, saving: undefined, savedVersion: undefined };
    this.#entries.set(path, entry);
    return entry;
  }

  /** Notes which objects a client has open, so that the end of its connection finds them. */
  #note(entry: Entry, peer: SharedObjectPeer): void {
    const open = this.#openOf.get(peer) ?? new Set();
    if (entry.object.has(peer)) open.add(entry);
    else open.delete(entry);
    if (open.size === 0) this.#openOf.delete(peer);
    else this.#openOf.set(peer, open);
  }

  #load(entry: Entry): void {
    const { object, path } = entry;
    let kept: ReturnType<SharedObjectStore["load"]>;
    try {
      kept = object.persistent ? this.#store?.load(path) : undefined;
    } catch (error) {
      this.#fail(entry, error);
      return;
    }
    if (kept !== undefined && "then" in kept) {
      kept.then(
        (snapshot) => this.#begin(entry, snapshot),
        (error) => this.#fail(entry, error),
      );
    } else {
      this.#begin(entry, kept);
    }
  }

  #begin(entry: Entry, kept: SharedObjectSnapshot | undefined): void {
    try {
      entry.object.load(kept);
    } catch (error) {
      this.#fail(entry, error);
      return;
    }
    entry.savedVersion = kept?.version;
    entry.object.serveWaiting((peer) => this.#note(entry, peer));
    this.#settle(entry);
  }

  /** What cannot be loaded is not there: whoever asks again may have more luck. */
  #fail(entry: Entry, error: unknown): void {
    this.#onStoreError?.(error, entry.path);
    this.#entries.delete(entry.path);
    for (const [peer, open] of this.#openOf) {
      if (open.delete(entry) && open.size === 0) this.#openOf.delete(peer);
    }
    entry.object.fail();
  }

  /** Forgets an object that nobody has open, once it is saved. */
  #settle(entry: Entry): void {
    if (!entry.object.unused || this.#entries.get(entry.path) !== entry) return;
    if (entry.saving !== undefined) return;
    if (isChanged(entry)) void this.#save(entry);
    else this.#entries.delete(entry.path);
  }

  async #save(entry: Entry): Promise<void> {
    const { snapshot } = entry.object;
    const run = async (): Promise<void> => {
      try {
        await this.#store?.save(entry.path, snapshot);
        entry.savedVersion = snapshot.version;
      } catch (error) {
        this.#onStoreError?.(error, entry.path);
      }
      entry.saving = undefined;
      // After a failure it stays in memory, until its next client leaves or all are saved.
      if (entry.savedVersion === snapshot.version) this.#settle(entry);
    };
    entry.saving = run();
    await entry.saving;
  }
}

function isChanged({ object, savedVersion }: Entry): boolean {
  return object.persistent && object.version !== (savedVersion ?? 0);
}

/** The app as streams have it; undefined when it is no path. */
function appOf({ connect: { app, tcUrl } }: SharedObjectPeer): string | undefined {
  try {
    return resolveStreamPath({ app, tcUrl, streamName: "object" }).app;
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    return undefined;
  }
}

/** `app/name`, the name so encoded that it is one part of a path; undefined when the name is no Unicode. */
function pathOf(app: string, name: string): string | undefined {
  try {
    return `${app}/${encodeURIComponent(name).replace(/^\./, "%2E")}`;
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return undefined;
  }
}
