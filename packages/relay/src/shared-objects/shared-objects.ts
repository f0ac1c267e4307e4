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
import { refusalOf, SharedObject } from "./shared-object.ts";
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
  readonly #policy: SharedObjectPolicy;
  readonly #limits: SharedObjectLimits;
  readonly #onStoreError: ((error: unknown, path: string) => void) | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #openOf = new Map<SharedObjectPeer, Set<Entry>>();

  /** @throws RangeError when a limit is out of range */
  constructor(options: SharedObjectsOptions = {}) {
    this.#store = options.store;
    this.#policy = options.policy ?? {};
    this.#limits = resolveSharedObjectLimits(options.limits);
    this.#onStoreError = options.onStoreError;
  }

  /** Objects in memory now. */
  get size(): number {
    return this.#entries.size;
  }

  /** Takes in a message of a client. */
  receive(peer: SharedObjectPeer, message: SharedObjectMessage): void {
    const opens = message.events.some(({ type }) => type === "use");
    const path = pathOf(peer, message.name);
    const known = path === undefined ? undefined : this.#entries.get(path);
    if (known === undefined && !opens) {
      const text = `shared object ${message.name} is not open`;
      peer.onProblem(new RelayError("RTMP_ERR_SHARED_OBJECT_NOT_OPEN", text));
      return;
    }
    const refusal = opens ? this.#refusal(path, known, peer, message) : undefined;
    if (refusal !== undefined || path === undefined) {
      this.#refuse(peer, message, refusal ?? SharedObjectStatusCode.ObjectCreationFailed);
      return;
    }
    const entry = known ?? this.#create(path, message);
    const isOpen = entry.object.receive(peer, message.events);
    this.#note(entry, peer, isOpen);
    if (known === undefined) this.#load(entry);
    this.#settle(entry);
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
      await entry.saving;
      if (isChanged(entry)) await this.#save(entry);
    }
  }

  /** Says why an object cannot be opened; undefined when it can. */
  #refusal(
    path: string | undefined,
    known: Entry | undefined,
    peer: SharedObjectPeer,
    { name, persistent }: SharedObjectMessage,
  ): SharedObjectStatusCode | undefined {
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
    return path === undefined ? SharedObjectStatusCode.ObjectCreationFailed : undefined;
  }

  #refuse(
    peer: SharedObjectPeer,
    message: SharedObjectMessage,
    code: SharedObjectStatusCode,
  ): void {
    const answer = refusalOf(message, code);
    peer.send(answer, encodeSharedObject(answer));
  }

  #create(path: string, { name, persistent }: SharedObjectMessage): Entry {
    const app = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const object = new SharedObject({
      app,
      name,
      persistent,
      policy: this.#policy,
      limits: this.#limits,
    });
    const entry: Entry = { path, object, saving: undefined, savedVersion: undefined };
    this.#entries.set(path, entry);
    return entry;
  }

  /** Notes which objects a client has open, so that the end of its connection finds them. */
  #note(entry: Entry, peer: SharedObjectPeer, isOpen: boolean): void {
    const open = this.#openOf.get(peer) ?? new Set();
    if (isOpen) open.add(entry);
    else open.delete(entry);
    if (open.size === 0) this.#openOf.delete(peer);
    else this.#openOf.set(peer, open);
  }

  #load(entry: Entry): void {
    const loaded = (kept: SharedObjectSnapshot | undefined): void => {
      entry.object.load(kept);
      entry.savedVersion = kept?.version;
    };
    try {
      const kept = entry.object.persistent ? this.#store?.load(entry.path) : undefined;
      if (kept !== undefined && "then" in kept) {
        kept.then(loaded).then(
          () => this.#settle(entry),
          (error) => this.#fail(entry, error),
        );
      } else {
        loaded(kept);
      }
    } catch (error) {
      this.#fail(entry, error);
    }
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

/** `app/name`, the name so encoded that it is one part of a path; undefined when the app is no path. */
function pathOf({ connect: { app, tcUrl } }: SharedObjectPeer, name: string): string | undefined {
  try {
    const { app: folder } = resolveStreamPath({ app, tcUrl, streamName: "object" });
    const part = encodeURIComponent(name).replace(/^\./, "%2E");
    return `${folder}/${part}`;
  } catch (error) {
    // `encodeURIComponent` refuses text that is no Unicode.
    if (!(error instanceof MessageError) && !(error instanceof URIError)) throw error;
    return undefined;
  }
}
