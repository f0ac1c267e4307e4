import { expect, test } from "vitest";
import { SlotReplica } from "../../src/shared-object/slot-replica.ts";

const shown = (replica: SlotReplica) => Object.fromEntries(replica.data);

test("a replica tells whether what the server says shows", () => {
  const replica = new SlotReplica();
  expect(replica.set("a", 1)).toBe(true);
  replica.ask("a", { value: 2 });
  expect(replica.set("a", 3)).toBe(false);
  expect(replica.remove("a")).toBe(false);
  replica.succeed("a");
  expect([shown(replica), replica.remove("a"), shown(replica)]).toEqual([{ a: 2 }, true, {}]);
});

test("a Remove answers a removal only when that is the oldest change", () => {
  const replica = new SlotReplica();
  replica.ask("a", { value: 1 });
  replica.ask("a", undefined);
  replica.remove("a");
  replica.succeed("a");
  expect(shown(replica)).toEqual({});
  replica.remove("a");
  expect(replica.set("a", 2)).toBe(true);
  expect(shown(replica)).toEqual({ a: 2 });
});

test("a removal that succeeds by name takes the slot away", () => {
  const replica = new SlotReplica();
  replica.set("a", 1);
  replica.ask("a", undefined);
  replica.succeed("a");
  expect([replica.hasConfirmed("a"), replica.confirmedSlots]).toEqual([false, 0]);
});

test("answers that nobody waits for change nothing", () => {
  const replica = new SlotReplica();
  replica.set("a", 1);
  replica.succeed("a");
  expect([replica.reject("a"), replica.reject(undefined), shown(replica)]).toEqual([
    undefined,
    undefined,
    { a: 1 },
  ]);
});

test("undefined is a value like any other", () => {
  const replica = new SlotReplica();
  replica.ask("a", { value: undefined });
  replica.succeed("a");
  expect(replica.data.has("a")).toBe(true);
  replica.set("b", undefined);
  expect([...replica.data.keys()]).toEqual(["a", "b"]);
});

test("clear voids what was confirmed, reset everything", () => {
  const replica = new SlotReplica();
  replica.set("a", 1);
  replica.set("b", 1);
  replica.ask("b", { value: 2 });
  replica.clear();
  expect(shown(replica)).toEqual({ b: 2 });
  replica.reset();
  expect(shown(replica)).toEqual({});
});
