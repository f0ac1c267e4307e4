import { SharedObjects } from "@rtmp/relay";
import { expect, test } from "vitest";
import { Backlog } from "../../src/shared-objects/backlog.ts";
import { call, TestPeer } from "./peers.ts";

const objects = new SharedObjects();
const [ann, bob] = [new TestPeer(objects), new TestPeer(objects)];
const message = (peer: TestPeer, handler: string) => ({ peer, events: [call(handler)] });

test("messages are taken in the order in which all clients sent them", () => {
  const backlog = new Backlog(2);
  for (const entry of [message(ann, "1"), message(bob, "2"), message(ann, "3")]) backlog.add(entry);
  const taken = [backlog.take(), backlog.take(), backlog.take(), backlog.take()];
  expect(taken).toEqual([message(ann, "1"), message(bob, "2"), message(ann, "3"), undefined]);
  expect([backlog.empty, backlog.has(ann)]).toEqual([true, false]);
});

test("each client has as many as may wait, and again once one was taken", () => {
  const backlog = new Backlog(2);
  const added = () => backlog.add(message(ann, "x"));
  expect([added(), added(), added()]).toEqual([true, true, false]);
  expect(backlog.add(message(bob, "x"))).toBe(true);
  backlog.take();
  expect([added(), added()]).toEqual([true, false]);
});

test("what a client said can be forgotten while messages are taken", () => {
  const backlog = new Backlog(8);
  for (const entry of [message(ann, "1"), message(bob, "2"), message(ann, "3")]) backlog.add(entry);
  backlog.take();
  backlog.drop(ann);
  expect([backlog.has(ann), backlog.take(), backlog.take()]).toEqual([
    false,
    message(bob, "2"),
    undefined,
  ]);
});

test("clear says once who waited", () => {
  const backlog = new Backlog(8);
  for (const entry of [message(ann, "1"), message(bob, "2"), message(ann, "3")]) backlog.add(entry);
  expect([backlog.clear(), backlog.clear(), backlog.empty]).toEqual([[ann, bob], [], true]);
});
