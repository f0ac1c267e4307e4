import {
  MemorySharedObjectStore,
  SharedObjects,
  type SharedObjectSnapshot,
  type SharedObjectStore,
} from "@rtmp/relay";
import { describe, expect, test } from "vitest";
import { release, set, TestPeer, use } from "./peers.ts";

const snapshot: SharedObjectSnapshot = { version: 1111, slots: new Map([["x", 1]]) };
const turns = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A store whose calls last until the test ends them, and the names of those that were made. */
class SlowStore implements SharedObjectStore {
  readonly calls: string[] = [];
  readonly #pending: (() => void)[] = [];

  load(path: string): Promise<SharedObjectSnapshot | undefined> {
    return this.#last(`load ${path}`, undefined);
  }

  save(path: string, { version }: SharedObjectSnapshot): Promise<void> {
    return this.#last(`save ${path} ${version}`, undefined);
  }

  /** Ends the oldest call. */
  async end(): Promise<void> {
    this.#pending.shift()?.();
    await turns();
  }

  #last<T>(call: string, result: T): Promise<T> {
    this.calls.push(call);
    return new Promise((resolve) => this.#pending.push(() => resolve(result)));
  }
}

test("a store in memory gives back what it was given last", () => {
  const store = new MemorySharedObjectStore();
  expect(store.load("live/chat")).toBeUndefined();
  store.save("live/chat", { version: 1, slots: new Map() });
  store.save("live/chat", snapshot);
  expect([store.load("live/chat"), store.load("live/Chat")]).toEqual([snapshot, undefined]);
});

describe("a store that takes its time", () => {
  test("saves one object once at a time, and again what changed meanwhile", async () => {
    const store = new SlowStore();
    const objects = new SharedObjects({ store });
    const peer = new TestPeer(objects);
    peer.sayPersistent("chat", use, set("x", 1));
    await store.end();
    peer.leave();
    const again = new TestPeer(objects);
    again.sayPersistent("chat", use, set("x", 2));
    again.leave();
    const saved = Promise.all([objects.save(), objects.save()]);
    expect(store.calls).toEqual(["load live/chat", "save live/chat 1"]);
    await store.end();
    expect(store.calls.slice(2)).toEqual(["save live/chat 2"]);
    await store.end();
    await saved;
    expect([store.calls.length, objects.size]).toEqual([3, 0]);
  });

  test("is asked nothing for a client that may not read", () => {
    const store = new SlowStore();
    const objects = new SharedObjects({ store, policy: { mayRead: () => false } });
    const peer = new TestPeer(objects);
    peer.sayPersistent("chat", use);
    expect([store.calls, objects.size]).toEqual([[], 0]);
    expect(peer.take()).toEqual(["status error SharedObject.NoReadAccess"]);
  });

  test("frees the place of an object that was released while it was loaded", async () => {
    const store = new SlowStore();
    const objects = new SharedObjects({ store, limits: { maxSharedObjectsPerClient: 1 } });
    const peer = new TestPeer(objects);
    peer.sayPersistent("chat", use, release);
    expect(objects.has(peer)).toBe(true);
    await store.end();
    expect([objects.has(peer), objects.size]).toEqual([false, 0]);
    peer.say("game", use);
    expect(peer.problems).toEqual([]);
  });

  test("serves no more to a client that leaves while it is served", async () => {
    const store = new SlowStore();
    const objects = new SharedObjects({ store });
    const peer = new TestPeer(objects);
    peer.sayPersistent("chat", use);
    peer.sayPersistent("chat", use);
    peer.run = (act) => {
      act();
      peer.leave();
    };
    await store.end();
    expect([peer.messages.length, objects.has(peer), objects.size]).toEqual([1, false, 0]);
  });

  test("that holds more than the limits allow counts as failing", () => {
    const errors: unknown[] = [];
    const objects = new SharedObjects({
      store: { load: () => snapshot, save() {} },
      limits: { maxSharedObjectSlotBytes: 8 },
      onStoreError: (error) => errors.push(error),
    });
    const peer = new TestPeer(objects);
    peer.sayPersistent("chat", use);
    expect(peer.take()).toEqual(["status error SharedObject.ObjectCreationFailed"]);
    expect(errors).toEqual([expect.objectContaining({ code: "RTMP_ERR_SHARED_OBJECT_FULL" })]);
    expect([objects.has(peer), objects.size]).toEqual([false, 0]);
  });
});
