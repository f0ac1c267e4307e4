import type { PublicationEnd } from "@rtmp/hub";
import { expect, test } from "vitest";
import { HandOutOrder } from "../src/hand-out-order.ts";
import { Seat } from "../src/seat.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

function seat(): Seat {
  return new Seat({
    subscriber: new RecordingSubscriber(),
    limits: { skipAboveBytes: 1_111, skipAboveMs: 2_222, maxSkipMs: 3_333 },
    stream: {
      longestGopMs: 4_444,
      counts: { skippedPackets: 0, skips: 0, evicted: 0 },
      leave: () => {},
      rejoin: () => {},
      reintroduce: () => {},
    },
    paused: false,
    startsWithPicture: false,
  });
}

/** An order whose acts are written down, and throw if they are said to. */
class Stage {
  readonly log: string[] = [];
  readonly seats = [seat(), seat()];
  readonly bugs = new Set<string>();
  readonly order = new HandOutOrder({
    join: (rejoined) => this.act(`join ${this.seats.indexOf(rejoined)}`),
    flush: () => this.act("flush"),
    unpublish: (end: PublicationEnd) => this.act(`unpublish ${end}`),
  });

  act(what: string): void {
    this.log.push(what);
    if (this.bugs.has(what)) throw new TypeError(what);
  }

  /** Asks for everything, in the wrong order. */
  askForAll(): void {
    this.order.unpublish("lost");
    this.order.flush();
    for (const rejoined of this.seats) this.order.rejoin(rejoined);
    this.act("handed out");
  }
}

test("what is caused while media is handed out comes behind it: joins, flush, end", () => {
  const stage = new Stage();
  stage.order.run(() => {
    expect(stage.order.busy).toBe(true);
    stage.askForAll();
  });
  expect(stage.order.busy).toBe(false);
  expect(stage.log).toEqual(["handed out", "join 0", "join 1", "flush", "unpublish lost"]);
  stage.order.run(() => stage.act("more"));
  expect(stage.log.slice(5)).toEqual(["more"]);
});

test("at any other time it comes at once", () => {
  const stage = new Stage();
  stage.askForAll();
  expect(stage.log).toEqual(["unpublish lost", "flush", "join 0", "join 1", "handed out"]);
});

test("inside of a hand-out another one is part of it", () => {
  const stage = new Stage();
  stage.order.run(() => {
    stage.order.flush();
    stage.order.run(() => stage.act("inner"));
    stage.act("outer");
  });
  expect(stage.log).toEqual(["inner", "outer", "flush"]);
});

test.each(["handed out", "join 0", "join 1", "flush", "unpublish lost"])(
  "when '%s' throws, all that is due is done at once, and the error is thrown",
  (bug) => {
    const stage = new Stage();
    stage.bugs.add(bug);
    expect(() => stage.order.run(() => stage.askForAll())).toThrow(bug);
    expect(stage.log).toEqual(["handed out", "join 0", "join 1", "flush", "unpublish lost"]);
    expect(stage.order.busy).toBe(false);
  },
);

test("of two errors the first is thrown", () => {
  const stage = new Stage();
  stage.bugs.add("join 1").add("flush");
  expect(() => stage.order.run(() => stage.askForAll())).toThrow("join 1");
});
