import {
  MemorySharedObjectStore,
  type SharedObjectAccess,
  SharedObjects,
  type SharedObjectSnapshot,
  type SharedObjectStore,
} from "@rtmp/relay";
import { toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { call, release, remove, set, TestPeer, use } from "./peers.ts";

/** Clients that have `chat` open; what they were told of that is taken. */
function chatting(count: number, objects = new SharedObjects()): TestPeer[] {
  const peers = Array.from({ length: count }, () => new TestPeer(objects));
  for (const peer of peers) {
    peer.say("chat", use);
    peer.take();
  }
  return peers;
}

const opened = ["use-success", "clear"];

describe("RTMP §7.1.3 a shared object", () => {
  test("is opened empty, in the bytes that clients know", () => {
    const peer = new TestPeer(new SharedObjects());
    peer.say("chat", use);
    expect(peer.payloads.map(toHex)).toEqual([
      "00 04 63 68 61 74 00 00 00 00 00 00 00 00 00 00 00 00 0b 00 00 00 00 08 00 00 00 00",
    ]);
  });

  test("confirms a change to who made it, and tells it to the others", () => {
    const [a, b, c] = chatting(3);
    a?.say("chat", set("name", "bob"));
    expect(a?.take()).toEqual(["success name"]);
    expect([b?.take(), c?.take()]).toEqual([["change name bob"], ["change name bob"]]);
    expect(toHex(a?.payloads.at(-1) ?? new Uint8Array(0))).toBe(
      "00 04 63 68 61 74 00 00 00 01 00 00 00 00 00 00 00 00 05 00 00 00 06 00 04 6e 61 6d 65",
    );
    expect(toHex(b?.payloads.at(-1) ?? new Uint8Array(0))).toBe(
      "00 04 63 68 61 74 00 00 00 01 00 00 00 00 00 00 00 00 04 00 00 00 0c 00 04 6e 61 6d 65 02 00 03 62 6f 62",
    );
    // Encoded once for all.
    expect(b?.payloads.at(-1)).toBe(c?.payloads.at(-1));
  });

  test("tells a late client every slot", () => {
    const objects = new SharedObjects();
    const [a] = chatting(1, objects);
    a?.say("chat", set("x", 1), set("y", 2), set("x", 3), remove("y"));
    const late = new TestPeer(objects);
    late.say("chat", use);
    expect(late.take()).toEqual([...opened, "change x 3"]);
    expect(late.messages[0]?.version).toBe(4);
  });

  test("tells a removal to all, also of what is not there to who asked", () => {
    const [a, b] = chatting(2);
    a?.say("chat", set("x", 1));
    b?.take();
    b?.say("chat", remove("x"));
    expect(b?.take()).toEqual(["remove x"]);
    expect(a?.take()).toEqual(["success x", "remove x"]);
    a?.say("chat", remove("nothing"));
    expect([a?.take(), b?.take()]).toEqual([["remove nothing"], []]);
  });

  test("passes a call to all, the caller too", () => {
    const [a, b] = chatting(2);
    a?.say("chat", call("msg", "hi"));
    expect([a?.take(), b?.take()]).toEqual([["send-message msg(hi)"], ["send-message msg(hi)"]]);
  });

  test("is another one in another app, and under another name", () => {
    const objects = new SharedObjects();
    const [a] = chatting(1, objects);
    const other = new TestPeer(objects, "other");
    other.say("chat", use, set("x", 1));
    a?.say("game", use);
    expect(a?.take()).toEqual(opened);
    expect(objects.size).toBe(3);
  });

  test("is left by release and by the end of the connection, and then forgotten", () => {
    const objects = new SharedObjects();
    const [a, b] = chatting(2, objects);
    a?.say("chat", release);
    b?.say("chat", set("x", 1));
    expect(a?.take()).toEqual([]);
    b?.leave();
    expect(objects.size).toBe(0);
    a?.say("chat", use);
    expect(a?.take()).toEqual(opened);
  });

  test("of whom nobody has heard takes nothing", () => {
    const objects = new SharedObjects();
    const peer = new TestPeer(objects);
    peer.say("chat", set("x", 1));
    expect(peer.problems).toEqual(["RTMP_ERR_SHARED_OBJECT_NOT_OPEN"]);
    const [a] = chatting(1, objects);
    peer.say("chat", set("x", 1), call("msg"));
    expect(peer.problems).toHaveLength(3);
    expect([a?.take(), peer.take()]).toEqual([[], []]);
  });

  test("takes from a client only what clients say", () => {
    const [a, b] = chatting(2);
    a?.say("chat", { type: "clear" }, { type: "change", name: "x", value: 1 });
    a?.say("chat", { type: "unknown", id: 99, data: new Uint8Array(0) });
    expect([a?.take(), b?.take(), a?.problems]).toEqual([[], [], []]);
  });

  test("in an app that is no path is refused", () => {
    const peer = new TestPeer(new SharedObjects(), "../x");
    peer.say("chat", use);
    expect(peer.take()).toEqual(["status error SharedObject.ObjectCreationFailed"]);
  });
});

describe("limits", () => {
  test("of objects, in all and of one client", () => {
    const objects = new SharedObjects({
      limits: { maxSharedObjects: 2, maxSharedObjectsPerClient: 1 },
    });
    const [a, b, c] = [1, 2, 3].map(() => new TestPeer(objects));
    a?.say("one", use);
    a?.say("two", use);
    b?.say("two", use);
    c?.say("three", use);
    a?.say("one", use);
    const refused = "status error SharedObject.ObjectCreationFailed";
    expect(a?.take()).toEqual([...opened, refused, ...opened]);
    expect([b?.take(), c?.take()]).toEqual([opened, [refused]]);
    expect(c?.problems).toEqual(["RTMP_ERR_TOO_MANY_SHARED_OBJECTS"]);
  });

  test("of clients", () => {
    const objects = new SharedObjects({ limits: { maxSharedObjectClients: 1 } });
    const [a, b] = chatting(2, objects);
    expect(b?.problems).toEqual(["RTMP_ERR_TOO_MANY_SHARED_OBJECT_CLIENTS"]);
    a?.say("chat", use);
    expect(a?.take()).toEqual(opened);
  });

  test.each([
    ["slots", { maxSharedObjectSlots: 1 }, [set("x", 1), set("y", 2)]],
    ["bytes of a slot", { maxSharedObjectSlotBytes: 64 }, [set("y", "y".repeat(64))]],
    ["bytes in all", { maxSharedObjectDataBytes: 40 }, [set("x", 1), set("y", "y".repeat(20))]],
  ])("of %s: the change is refused, and what the slot holds is told", (_what, limits, events) => {
    const [a, b] = chatting(2, new SharedObjects({ limits }));
    a?.say("chat", ...events);
    expect(a?.take().slice(-2)).toEqual(["status error SharedObject.NoWriteAccess", "remove y"]);
    expect(a?.problems).toEqual(["RTMP_ERR_SHARED_OBJECT_FULL"]);
    expect(b?.take().some((line) => line.includes(" y "))).toBe(false);
  });

  test("of a call: it is dropped", () => {
    const [a, b] = chatting(2, new SharedObjects({ limits: { maxSharedObjectSlotBytes: 64 } }));
    a?.say("chat", call("msg", "x".repeat(99)));
    expect([a?.take(), b?.take()]).toEqual([[], []]);
    expect(a?.problems).toEqual(["RTMP_ERR_SHARED_OBJECT_FULL"]);
  });

  test("of what waits for a client: it is cut off, the others are told", () => {
    const [a, b, c] = chatting(3, new SharedObjects({ limits: { maxSharedObjectQueueBytes: 99 } }));
    if (b !== undefined) b.queuedBytes = 100;
    a?.say("chat", set("x", 1));
    expect(b?.evicted).toBe("RTMP_ERR_SLOW_SHARED_OBJECT_CLIENT");
    expect([b?.take(), c?.take()]).toEqual([[], ["change x 1"]]);
  });

  test("out of range are a mistake of the caller", () => {
    expect(() => new SharedObjects({ limits: { maxSharedObjects: 0 } })).toThrow(RangeError);
  });
});

describe("a policy", () => {
  test("is asked who wants what, and refuses with the status for it", () => {
    const asked: SharedObjectAccess[] = [];
    const objects = new SharedObjects({
      policy: {
        mayRead: (access) => {
          asked.push(access);
          return access.name !== "secret";
        },
        mayWrite: (access) => {
          asked.push(access);
          return access.member === "free";
        },
      },
    });
    const peer = new TestPeer(objects);
    peer.say("secret", use);
    expect(peer.take()).toEqual(["status error SharedObject.NoReadAccess"]);
    expect(objects.size).toBe(0);
    peer.say("chat", use, set("free", 1), set("x", 1), remove("free"), call("msg"));
    expect(peer.take()).toEqual([
      ...opened,
      "success free",
      "status error SharedObject.NoWriteAccess",
      "remove x",
      "remove free",
    ]);
    expect(asked.map(({ action, member }) => `${action} ${String(member)}`)).toEqual([
      "read undefined",
      "read undefined",
      "change free",
      "change x",
      "remove free",
      "call msg",
    ]);
    expect(asked[0]).toMatchObject({ app: "live", name: "secret", persistent: false });
    expect(peer.problems).toEqual(Array.from({ length: 3 }, () => "RTMP_ERR_SHARED_OBJECT_DENIED"));
  });
});

/** Lets pending promises run. */
const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
};

/** A store that answers when the test says so. */
function slowStore(): {
  readonly store: SharedObjectStore;
  readonly saved: [path: string, version: number][];
  resolveLoad(kept: SharedObjectSnapshot | undefined): Promise<void>;
  rejectLoad(error: Error): Promise<void>;
  failing: boolean;
} {
  let load:
    | { resolve(kept: SharedObjectSnapshot | undefined): void; reject(e: Error): void }
    | undefined;
  const saved: [string, number][] = [];
  const slow = {
    failing: false,
    saved,
    store: {
      load: () =>
        new Promise<SharedObjectSnapshot | undefined>((resolve, reject) => {
          load = { resolve, reject };
        }),
      save: (path: string, { version }: SharedObjectSnapshot) => {
        if (slow.failing) return Promise.reject(new Error("disk full"));
        saved.push([path, version]);
        return Promise.resolve();
      },
    },
    resolveLoad: (kept: SharedObjectSnapshot | undefined) => {
      load?.resolve(kept);
      return turns();
    },
    rejectLoad: (error: Error) => {
      load?.reject(error);
      return turns();
    },
  };
  return slow;
}

/** Two clients of objects whose slot `b` nobody can change. */
function failing() {
  const objects = new SharedObjects({
    policy: {
      mayWrite: ({ member }) => {
        if (member === "b") throw new TypeError("a bug");
        return true;
      },
    },
  });
  return { objects, ann: new TestPeer(objects), bob: new TestPeer(objects) };
}

describe("a policy that fails in the middle of a message", () => {
  test("the others are told what was changed before", () => {
    const { ann, bob } = failing();
    ann.say("chat", use);
    ann.take();
    expect(() => bob.say("chat", use, set("a", 1), set("b", 2))).toThrow("a bug");
    expect(ann.take()).toEqual(["change a 1"]);
  });

  test("the client is found when it leaves, and the object goes", () => {
    const { objects, ann, bob } = failing();
    ann.say("chat", use);
    expect(() => bob.say("chat", use, set("b", 2))).toThrow("a bug");
    ann.leave();
    expect(objects.size).toBe(1);
    bob.leave();
    expect(objects.size).toBe(0);
  });
});

describe("a persistent object", () => {
  test("outlives its clients in the store, by its path", async () => {
    const store = new MemorySharedObjectStore();
    const objects = new SharedObjects({ store });
    const peer = new TestPeer(objects, "live/_definst_?token=x");
    peer.sayPersistent(".a/b", use, set("x", 1));
    peer.leave();
    await objects.save();
    expect(objects.size).toBe(0);
    expect(store.load("live/%2Ea%2Fb")).toMatchObject({ version: 1 });
    const again = new TestPeer(objects);
    again.sayPersistent(".a/b", use);
    expect(again.take()).toEqual([...opened, "change x 1"]);
    expect(again.messages[0]?.version).toBe(1);
  });

  test("without a store, or under the name of one that is not, is refused", () => {
    const peer = new TestPeer(new SharedObjects());
    peer.sayPersistent("chat", use);
    expect(peer.take()).toEqual(["status error SharedObject.BadPersistence"]);
    const objects = new SharedObjects({ store: new MemorySharedObjectStore() });
    chatting(1, objects);
    const other = new TestPeer(objects);
    other.sayPersistent("chat", use);
    expect(other.take()).toEqual(["status error SharedObject.BadPersistence"]);
    expect(other.problems).toEqual(["RTMP_ERR_SHARED_OBJECT_PERSISTENCE"]);
  });

  test("that is being loaded lets its clients wait, in order", async () => {
    const slow = slowStore();
    const objects = new SharedObjects({ store: slow.store });
    const [a, b] = [new TestPeer(objects), new TestPeer(objects)];
    a.sayPersistent("chat", use);
    b.sayPersistent("chat", use);
    a.sayPersistent("chat", set("x", 2));
    expect([a.take(), b.take()]).toEqual([[], []]);
    await slow.resolveLoad({ version: 7, slots: new Map([["x", 1]]) });
    expect(a.take()).toEqual([...opened, "change x 1", "success x"]);
    expect(b.take()).toEqual([...opened, "change x 1", "change x 2"]);
  });

  test("whose client left meanwhile is forgotten", async () => {
    const slow = slowStore();
    const objects = new SharedObjects({ store: slow.store });
    const peer = new TestPeer(objects);
    peer.sayPersistent("chat", use);
    peer.leave();
    await slow.resolveLoad(undefined);
    expect([objects.size, slow.saved, peer.take()]).toEqual([0, [], []]);
  });

  test("that cannot be loaded is refused, and the owner hears why; nothing is saved over it", async () => {
    const slow = slowStore();
    const errors: string[] = [];
    const objects = new SharedObjects({
      store: slow.store,
      onStoreError: (error, path) => errors.push(`${path}: ${String(error)}`),
    });
    const peer = new TestPeer(objects);
    peer.sayPersistent("chat", use);
    peer.sayPersistent("chat", set("x", 1));
    await slow.rejectLoad(new Error("no disk"));
    expect(peer.take()).toEqual(["status error SharedObject.ObjectCreationFailed"]);
    expect(errors).toEqual(["live/chat: Error: no disk"]);
    peer.leave();
    await objects.save();
    expect(slow.saved).toEqual([]);
  });

  test("whose clients ask on and on while it is loaded cuts them off", () => {
    const slow = slowStore();
    const objects = new SharedObjects({ store: slow.store, limits: { maxSharedObjectBacklog: 2 } });
    const peer = new TestPeer(objects);
    for (let count = 0; count < 3; count++) peer.sayPersistent("chat", use);
    expect(peer.evicted).toBe("RTMP_ERR_SHARED_OBJECT_BACKLOG");
  });

  test("that cannot be saved stays in memory, and is saved later", async () => {
    const slow = slowStore();
    const errors: unknown[] = [];
    const objects = new SharedObjects({
      store: slow.store,
      onStoreError: (error) => errors.push(error),
    });
    const peer = new TestPeer(objects);
    peer.sayPersistent("chat", use, set("x", 1));
    await slow.resolveLoad(undefined);
    slow.failing = true;
    peer.leave();
    await objects.save();
    expect(errors.length).toBeGreaterThan(0);
    expect(objects.size).toBe(1);
    const again = new TestPeer(objects);
    again.sayPersistent("chat", use);
    expect(again.take()).toEqual([...opened, "change x 1"]);
    slow.failing = false;
    again.leave();
    await objects.save();
    expect([objects.size, slow.saved]).toEqual([0, [["live/chat", 1]]]);
  });
});
