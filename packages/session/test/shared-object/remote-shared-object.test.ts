import {
  decodeSharedObject,
  encodeSharedObject,
  type SharedObjectEvent,
  type SharedObjectMessage,
} from "@rtmp/message";
import { RemoteSharedObject, type RemoteSharedObjectOptions } from "@rtmp/session";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

/** An object, what it sent, and what its owner was told. */
function made(options: Partial<RemoteSharedObjectOptions> = {}) {
  const sent: SharedObjectMessage[] = [];
  const told: unknown[] = [];
  const object = new RemoteSharedObject({
    name: "chat",
    send: (message) => sent.push(message),
    handlers: {
      onOpen: () => told.push("open"),
      onSync: (changes) => told.push(...changes),
      onMessage: (handler, args) => told.push([handler, ...args]),
      onStatus: ({ code }) => told.push(code),
    },
    ...options,
  });
  const receive = (...events: SharedObjectEvent[]): void =>
    object.receive({ name: "chat", version: 1111, persistent: false, events });
  return { object, sent, told, receive };
}

/** An object that the server has granted, without slots. */
function opened(options: Partial<RemoteSharedObjectOptions> = {}) {
  const bench = made(options);
  bench.object.open();
  bench.receive({ type: "use-success" }, { type: "clear" });
  bench.sent.length = 0;
  bench.told.length = 0;
  return bench;
}

const data = ({ object }: { object: RemoteSharedObject }) => Object.fromEntries(object.data);
const denied = { type: "status", code: "SharedObject.NoWriteAccess", level: "error" } as const;

describe("RTMP §7.1.3 a client", () => {
  test("says on the wire what the specification lists", () => {
    const { object, sent } = made();
    object.open();
    object.receive(
      decodeSharedObject(
        hex(`00 04 63 68 61 74 00 00 00 01 00 00 00 00 00 00 00 00
          0b 00 00 00 00 08 00 00 00 00`),
      ),
    );
    object.set("name", "bob");
    object.send("msg", "hi");
    object.remove("name");
    object.close();
    const header = "00 04 63 68 61 74 00 00 00 01 00 00 00 00 00 00 00 00";
    expect(sent.map((message) => toHex(encodeSharedObject(message)))).toEqual(
      [
        "00 04 63 68 61 74 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00 00 00",
        `${header} 03 00 00 00 0c 00 04 6e 61 6d 65 02 00 03 62 6f 62`,
        `${header} 06 00 00 00 0b 02 00 03 6d 73 67 02 00 02 68 69`,
        `${header} 0a 00 00 00 06 00 04 6e 61 6d 65`,
        `${header} 02 00 00 00 00`,
      ].map((text) => toHex(hex(text))),
    );
  });

  test("asks for a persistent object with its flag", () => {
    const { object, sent } = made({ persistent: true });
    object.open();
    expect(sent).toEqual([
      { name: "chat", version: 0, persistent: true, events: [{ type: "use" }] },
    ]);
  });

  test("goes from idle over opening and open to closed", () => {
    const { object, receive, told } = made();
    const states = [object.state];
    object.open();
    states.push(object.state);
    receive({ type: "use-success" }, { type: "clear" });
    states.push(object.state);
    object.close();
    states.push(object.state);
    expect(states).toEqual(["idle", "opening", "open", "closed"]);
    expect(told).toEqual(["open", { type: "clear" }]);
    expect(object.version).toBe(1111);
  });

  test("gets the slots behind Clear", () => {
    const bench = opened();
    bench.receive({ type: "change", name: "a", value: 1 }, { type: "change", name: "b", value: 2 });
    expect(data(bench)).toEqual({ a: 1, b: 2 });
    expect(bench.told).toEqual([
      { type: "change", name: "a", value: 1 },
      { type: "change", name: "b", value: 2 },
    ]);
  });

  test("that opens again begins with nothing", () => {
    const bench = opened();
    bench.receive({ type: "change", name: "a", value: 1 });
    bench.object.close();
    expect(data(bench)).toEqual({ a: 1 });
    bench.object.open();
    expect(data(bench)).toEqual({});
    expect(bench.object.version).toBe(0);
  });

  test("hears calls between the changes, in order", () => {
    const bench = opened();
    bench.receive(
      { type: "change", name: "a", value: 1 },
      { type: "send-message", handler: "go", args: [2, "x"] },
      { type: "remove", name: "a" },
    );
    expect(bench.told).toEqual([
      { type: "change", name: "a", value: 1 },
      ["go", 2, "x"],
      { type: "remove", name: "a" },
    ]);
  });
});

describe("a change of this client", () => {
  test("shows at once and stays when it succeeds", () => {
    const bench = opened();
    bench.object.set("a", 1);
    expect(data(bench)).toEqual({ a: 1 });
    bench.receive({ type: "success", name: "a" });
    expect(data(bench)).toEqual({ a: 1 });
    expect(bench.told).toEqual([{ type: "success", name: "a" }]);
  });

  test("may come before UseSuccess, and Clear does not take it", () => {
    const bench = made();
    bench.object.open();
    bench.object.set("a", 1);
    bench.receive(
      { type: "use-success" },
      { type: "clear" },
      { type: "change", name: "a", value: 0 },
    );
    expect(data(bench)).toEqual({ a: 1 });
    bench.receive({ type: "success", name: "a" });
    expect(data(bench)).toEqual({ a: 1 });
  });

  test("hides what others do until its answer, then gives way to what comes later", () => {
    const bench = opened();
    bench.object.set("a", 1);
    bench.receive({ type: "change", name: "a", value: 2 });
    expect([data(bench), bench.told]).toEqual([{ a: 1 }, []]);
    bench.receive({ type: "success", name: "a" }, { type: "change", name: "a", value: 3 });
    expect(data(bench)).toEqual({ a: 3 });
  });

  test("that is refused leaves what was confirmed meanwhile", () => {
    const bench = opened();
    bench.object.set("a", 1);
    bench.receive({ type: "change", name: "a", value: 2 });
    bench.receive(denied);
    expect(data(bench)).toEqual({ a: 2 });
    expect(bench.told).toEqual([{ type: "reject", name: "a" }, "SharedObject.NoWriteAccess"]);
  });

  test("of a slot that did not exist is taken back by a refusal", () => {
    const bench = opened();
    bench.object.set("a", 1);
    bench.receive(denied);
    expect(data(bench)).toEqual({});
  });

  test("is the oldest one that a bare refusal means", () => {
    const bench = opened();
    bench.object.set("a", 1);
    bench.object.set("b", 2);
    bench.object.set("a", 3);
    bench.receive(denied);
    expect(data(bench)).toEqual({ a: 3, b: 2 });
    bench.receive(denied);
    expect(data(bench)).toEqual({ a: 3 });
    bench.receive(denied);
    expect(data(bench)).toEqual({});
    bench.receive(denied);
    expect(bench.told.filter((entry) => typeof entry !== "string")).toEqual([
      { type: "reject", name: "a" },
      { type: "reject", name: "b" },
      { type: "reject", name: "a" },
    ]);
  });

  test("is the one of the slot that the server names behind the refusal", () => {
    const bench = opened();
    bench.object.set("a", 1);
    bench.object.set("b", 2);
    bench.receive(denied, { type: "change", name: "b", value: 7 });
    expect(data(bench)).toEqual({ a: 1, b: 7 });
    bench.receive(denied, { type: "remove", name: "a" });
    expect(data(bench)).toEqual({ b: 7 });
  });

  test("is one of several: the newest shows, each answer is for the oldest", () => {
    const bench = opened();
    bench.object.set("a", 1);
    bench.object.set("a", 2);
    bench.receive({ type: "success", name: "a" });
    expect(data(bench)).toEqual({ a: 2 });
    bench.receive(denied);
    expect(data(bench)).toEqual({ a: 1 });
  });

  test("removes at once, and the server's Remove answers it", () => {
    const bench = opened();
    bench.receive({ type: "change", name: "a", value: 1 });
    bench.object.remove("a");
    expect(data(bench)).toEqual({});
    bench.receive({ type: "remove", name: "a" }, { type: "change", name: "a", value: 2 });
    expect(data(bench)).toEqual({ a: 2 });
  });

  test("is not undone by a Remove that was for somebody else", () => {
    const bench = opened();
    bench.object.set("a", 1);
    bench.receive({ type: "remove", name: "a" });
    expect([data(bench), bench.told]).toEqual([{ a: 1 }, []]);
  });

  test("clear removes every slot that shows", () => {
    const bench = opened();
    bench.receive({ type: "change", name: "a", value: 1 });
    bench.object.set("b", 2);
    bench.sent.length = 0;
    bench.object.clear();
    expect(data(bench)).toEqual({});
    expect(bench.sent.flatMap(({ events }) => events)).toEqual([
      { type: "request-remove", name: "a" },
      { type: "request-remove", name: "b" },
    ]);
  });

  test("that cannot be sent does not show", () => {
    const bench = opened({
      send: ({ events }) => {
        if (events[0]?.type === "request-change") throw new TypeError("no AMF form");
      },
    });
    expect(() => bench.object.set("a", 1)).toThrow("no AMF form");
    expect(data(bench)).toEqual({});
  });
});

describe("the server", () => {
  test.each([
    "SharedObject.BadPersistence",
    "SharedObject.NoReadAccess",
    "SharedObject.ObjectCreationFailed",
  ])("that refuses to open with %s closes the object", (code) => {
    const bench = made();
    bench.object.open();
    bench.object.set("a", 1);
    bench.receive(
      { type: "status", code, level: "error" },
      { type: "change", name: "b", value: 1 },
    );
    expect([bench.object.state, data(bench), bench.told]).toEqual(["closed", {}, [code]]);
    expect(() => bench.object.set("a", 1)).toThrow("is closed");
    bench.object.open();
    expect(bench.object.state).toBe("opening");
  });

  test("may say what is no error", () => {
    const bench = opened();
    bench.object.set("a", 1);
    bench.receive({ type: "status", code: "SharedObject.Note", level: "status" });
    expect([data(bench), bench.told]).toEqual([{ a: 1 }, ["SharedObject.Note"]]);
  });

  test("may not fill more than maxSlots", () => {
    const bench = opened({ maxSlots: 2 });
    bench.receive({ type: "change", name: "a", value: 1 }, { type: "change", name: "b", value: 1 });
    bench.receive({ type: "change", name: "a", value: 2 });
    expect(() => bench.receive({ type: "change", name: "c", value: 1 })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_TOO_MANY_SLOTS", fault: "limit" }),
    );
    expect(data(bench)).toEqual({ a: 2, b: 1 });
  });

  test("is not heard about another object, nor too early or too late", () => {
    const bench = made();
    const events = [{ type: "change", name: "a", value: 1 }] as const;
    bench.receive(...events);
    bench.object.open();
    bench.object.receive({ name: "Chat", version: 2, persistent: false, events });
    bench.object.close();
    bench.receive(...events);
    expect([data(bench), bench.told, bench.object.version]).toEqual([{}, [], 0]);
  });

  test("says what only a client says without effect", () => {
    const bench = opened();
    bench.receive(
      { type: "use" },
      { type: "release" },
      { type: "request-change", name: "a", value: 1 },
      { type: "request-remove", name: "a" },
      { type: "unknown", id: 99, data: new Uint8Array() },
    );
    expect([bench.object.state, data(bench), bench.told]).toEqual(["open", {}, []]);
  });
});

describe("a mistake of the owner", () => {
  test.each([
    ["set", (object: RemoteSharedObject) => object.set("a", 1)],
    ["remove", (object: RemoteSharedObject) => object.remove("a")],
    ["send", (object: RemoteSharedObject) => object.send("go")],
  ])("%s before open is a TypeError", (_, act) => {
    const { object, sent } = made();
    expect(() => act(object)).toThrow(TypeError);
    expect([object.data.size, sent]).toEqual([0, []]);
  });

  test("opening twice is a TypeError, closing twice is not", () => {
    const { object, sent } = opened();
    expect(() => object.open()).toThrow(TypeError);
    object.close();
    object.close();
    expect(sent).toHaveLength(1);
  });

  test.each([0, -1, 1.5, Number.NaN])("%d slots are no bound", (maxSlots) => {
    expect(() => made({ maxSlots })).toThrow(RangeError);
  });
});

test("a handler that closes the object hears no more of the message", () => {
  const bench = opened({
    handlers: {
      onMessage: (handler) => {
        bench.told.push(handler);
        bench.object.close();
      },
    },
  });
  bench.receive(
    { type: "send-message", handler: "first", args: [] },
    { type: "send-message", handler: "second", args: [] },
  );
  expect(bench.told).toEqual(["first"]);
});

test("a handler that changes a slot does so on top of what the message brought", () => {
  const bench = opened({
    handlers: { onMessage: () => bench.object.set("a", 9) },
  });
  bench.receive(
    { type: "change", name: "a", value: 1 },
    { type: "send-message", handler: "go", args: [] },
    { type: "change", name: "a", value: 2 },
  );
  expect(data(bench)).toEqual({ a: 9 });
  bench.receive(denied);
  expect(data(bench)).toEqual({ a: 2 });
});

test("when the connection ends, changes without an answer are taken back", () => {
  const bench = opened();
  bench.receive({ type: "change", name: "a", value: 1 });
  bench.object.set("a", 2);
  bench.object.set("b", 2);
  bench.object.end();
  expect([bench.object.state, data(bench)]).toEqual(["closed", { a: 1 }]);
});
