import { VirtualClock } from "@rtmp/testing";
import { expect, test } from "vitest";

import { Deadlines } from "../../src/listen/deadlines.ts";

function setUp() {
  const clock = new VirtualClock();
  const expired: string[] = [];
  const deadlines = new Deadlines(clock, 1_000);
  const one = (name: string) => ({ expire: () => void expired.push(`${name} at ${clock.now()}`) });
  return { clock, expired, deadlines, one };
}

test("each has its time from when it was added, with one timer for all", () => {
  const { clock, expired, deadlines, one } = setUp();
  deadlines.add(one("first"));
  clock.advance(400);
  deadlines.add(one("second"));
  deadlines.add(one("third"));
  expect(clock.pending).toBe(1);
  clock.advance(599);
  expect(expired).toEqual([]);
  clock.advance(1);
  expect(expired).toEqual(["first at 1000"]);
  clock.advance(400);
  expect(expired).toEqual(["first at 1000", "second at 1400", "third at 1400"]);
  expect(clock.pending).toBe(0);
});

test("one that is over in time does not expire, and the others do on time", () => {
  const { clock, expired, deadlines, one } = setUp();
  const first = one("first");
  deadlines.add(first);
  clock.advance(1);
  deadlines.add(one("second"));
  deadlines.delete(first);
  expect([...deadlines.waiting]).toHaveLength(1);
  clock.advance(1_000);
  expect(expired).toEqual(["second at 1001"]);
});

test("after a time without any, the next one has its whole time", () => {
  const { clock, expired, deadlines, one } = setUp();
  const first = one("first");
  deadlines.add(first);
  deadlines.delete(first);
  clock.advance(900);
  deadlines.add(one("second"));
  clock.advance(999);
  expect(expired).toEqual([]);
  clock.advance(1);
  expect(expired).toEqual(["second at 1900"]);
});

test("after all have expired, the next one expires as well", () => {
  const { clock, expired, deadlines, one } = setUp();
  deadlines.add(one("first"));
  clock.advance(1_500);
  deadlines.add(one("second"));
  clock.advance(1_000);
  expect(expired).toEqual(["first at 1000", "second at 2500"]);
});

test("one that expires may add another", () => {
  const { clock, expired, deadlines, one } = setUp();
  deadlines.add({ expire: () => deadlines.add(one("next")) });
  clock.advance(1_000);
  expect(clock.pending).toBe(1);
  clock.advance(1_000);
  expect(expired).toEqual(["next at 2000"]);
});

test("nothing expires once they are closed", () => {
  const { clock, expired, deadlines, one } = setUp();
  deadlines.add(one("first"));
  deadlines.close();
  expect(clock.pending).toBe(0);
  clock.advance(2_000);
  expect(expired).toEqual([]);
});
