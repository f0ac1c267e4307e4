import { hex } from "@rtmp/testing";
import { expect, test } from "vitest";
import { Outbox } from "../../src/shared-objects/outbox.ts";

const header = { name: "a", version: 1111, persistent: true };
const success = (name: string) => ({ type: "success", name }) as const;

test("an empty outbox makes no message", () => {
  const outbox = new Outbox();
  expect([outbox.empty, outbox.bytes, outbox.take(header)]).toEqual([true, 0, []]);
});

test("events leave in one message, and its payload says the same", () => {
  const outbox = new Outbox();
  outbox.add(8, success("x"));
  outbox.add(8, success("y"));
  const [sent, ...more] = outbox.take(header);
  expect(sent?.message).toEqual({ ...header, events: [success("x"), success("y")] });
  expect(sent?.payload).toEqual(
    hex(`00 01 61 00 00 04 57 00 00 00 02 00 00 00 00
      05 00 00 00 03 00 01 78 05 00 00 00 03 00 01 79`),
  );
  expect([more, outbox.empty, outbox.bytes]).toEqual([[], true, 0]);
});

test("a message ends before 65536 bytes or 256 events are exceeded", () => {
  const outbox = new Outbox();
  for (const bytes of [40_000, 25_536, 1]) outbox.add(bytes, success("x"));
  expect(outbox.bytes).toBe(65_537);
  expect(outbox.take(header).map(({ message }) => message.events.length)).toEqual([2, 1]);
  for (let i = 0; i < 300; i++) outbox.add(1, success("x"));
  expect(outbox.take(header).map(({ message }) => message.events.length)).toEqual([256, 44]);
});

test("events of one call stay together, and a large one has a message of its own", () => {
  const outbox = new Outbox();
  for (let i = 0; i < 255; i++) outbox.add(1, success("x"));
  outbox.add(1, success("y"), success("z"));
  outbox.add(100_000, success("large"));
  outbox.add(1, success("x"));
  const sent = outbox.take(header).map(({ message }) => message.events);
  expect(sent.map(({ length }) => length)).toEqual([255, 2, 1, 1]);
  expect(sent[1]).toEqual([success("y"), success("z")]);
});
