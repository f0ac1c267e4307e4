/**
 * Where persistent shared objects are while no client has them open.
 *
 * There is no standard for it: Flash Media Server keeps a file for each object.
 */

import type { SharedObjectValue } from "@rtmp/message";

/** A shared object as it is kept. */
export interface SharedObjectSnapshot {
  /** u32; counts the changes. */
  readonly version: number;
  /** The slots; nobody changes the map or a value any more. */
  readonly slots: ReadonlyMap<string, SharedObjectValue>;
}

/**
 * Keeps persistent shared objects.
 *
 * The path is `app/name`, where the name is percent-encoded: it holds no slash and does not begin with a dot, so that
 * every object has a path of its own. The app may hold slashes, but no `.` or `..` part and no control character.
 */
export interface SharedObjectStore {
  /**
   * Returns what was saved last, at once or later; undefined when nothing was.
   *
   * When it throws or rejects, clients are told that the object cannot be made, and nothing is saved under the path.
   */
  load(path: string): SharedObjectSnapshot | undefined | Promise<SharedObjectSnapshot | undefined>;
  /**
   * Keeps an object, at once or later; called again for the same path only when the last call is done.
   *
   * When it throws or rejects, the object stays in memory, to be saved when its last client leaves again, or on
   * `SharedObjects.save`.
   */
  save(path: string, snapshot: SharedObjectSnapshot): void | Promise<void>;
}

/** A store for one run of the program; it keeps everything, without a limit. */
export class MemorySharedObjectStore implements SharedObjectStore {
  readonly #objects = new Map<string, SharedObjectSnapshot>();

  load(path: string): SharedObjectSnapshot | undefined {
    return this.#objects.get(path);
  }

  save(path: string, snapshot: SharedObjectSnapshot): void {
    this.#objects.set(path, snapshot);
  }
}
