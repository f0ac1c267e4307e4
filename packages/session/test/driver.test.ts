import { Driver } from "@rtmp/session";
import { transportPair, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { Driven } from "./driven.ts";

const mebibyte = 1 << 20;
const microtasks = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const answering = (bytes: number): Driven => {
  const driven = new Driven();
  driven.session.onReceive = () => driven.session.sendShared(new Uint8Array(bytes));
  driven.far.hold();
  return driven;
};

describe("one write per turn", () => {
  test("all that one piece of input causes leaves in one write", () => {
    const driven = new Driven();
    driven.session.onReceive = () => {
      driven.session.say(1);
      driven.session.say(2);
    };
    driven.hear(7, 8);
    expect(driven.session.calls).toEqual(["receive 7 8 at 1000"]);
    expect(driven.far.writeCount).toBe(1);
    expect(driven.received).toEqual(["1", "2"]);
  });

  test("input without an answer writes nothing", () => {
    const driven = new Driven();
    driven.hear(7);
    expect(driven.far.writeCount).toBe(0);
  });

  test("onReceived comes behind the input and before the output leaves", () => {
    const order: string[] = [];
    const driven: Driven = new Driven({
      onReceived: () => {
        order.push(`received, ${driven.far.writeCount} writes`);
        driven.session.say(2);
      },
    });
    driven.session.onReceive = () => driven.session.say(1);
    driven.hear(7);
    expect(order).toEqual(["received, 0 writes"]);
    expect(driven.far.writeCount).toBe(1);
    expect(driven.received).toEqual(["1", "2"]);
  });

  test("a batch within a batch waits for the outer one", () => {
    const driven = new Driven();
    driven.driver.batch(() => {
      driven.session.say(1);
      driven.driver.batch(() => driven.session.say(2));
      driven.session.say(3);
      expect(driven.far.writeCount).toBe(0);
    });
    expect(driven.far.writeCount).toBe(1);
    driven.near.flush();
    expect(driven.received).toEqual(["1", "2", "3"]);
  });

  test("what is said outside of a turn leaves in one write in a microtask", async () => {
    const driven = new Driven();
    driven.session.say(1);
    driven.session.say(2);
    expect(driven.far.writeCount).toBe(0);
    await microtasks();
    expect(driven.far.writeCount).toBe(1);
    driven.session.say(3);
    await microtasks();
    expect(driven.far.writeCount).toBe(2);
  });

  test("a batch takes along what waits for the microtask, which then writes nothing", async () => {
    const driven = new Driven();
    driven.session.say(1);
    driven.driver.batch(() => driven.session.say(2));
    expect(driven.far.writeCount).toBe(1);
    await microtasks();
    expect(driven.far.writeCount).toBe(1);
  });

  test("what taking the output brings about leaves in the same write", () => {
    const driven = new Driven();
    driven.session.onTakeOutput = () => {
      driven.session.onTakeOutput = () => {};
      driven.driver.batch(() => driven.session.say(2));
      driven.driver.writeShared(Uint8Array.of(3), driven.session);
    };
    driven.driver.batch(() => driven.session.say(1));
    expect(driven.far.writeCount).toBe(1);
    driven.near.flush();
    expect(driven.received).toEqual(["1", "2", "3"]);
  });
});

const noQueue = { sendShared: () => expect.unreachable() };

describe("shared chunks", () => {
  test("with nothing else waiting go to the transport directly, and are counted", () => {
    const driven = new Driven();
    driven.driver.writeShared(Uint8Array.of(1, 1), noQueue);
    expect(driven.session.shared).toBe(2);
    expect(driven.far.writeCount).toBe(1);
  });

  test("go behind own output that waits, in one write with it", () => {
    const driven = new Driven();
    driven.session.say(1);
    driven.driver.writeShared(Uint8Array.of(2), driven.session);
    driven.driver.writeShared(Uint8Array.of(3), driven.session);
    expect(driven.far.writeCount).toBe(2);
    driven.near.flush();
    expect(driven.received).toEqual(["1", "2", "3"]);
    expect(driven.session.shared).toBe(1);
  });

  test("pass through a session that encrypts, also with nothing else waiting", async () => {
    const driven = new Driven();
    driven.driver.batch(() => {
      driven.session.say(1);
      driven.session.encrypted = true;
    });
    for (const byte of [2, 3]) driven.driver.writeShared(Uint8Array.of(byte), driven.session);
    expect(driven.far.writeCount).toBe(3);
    expect(driven.session.shared).toBe(0);
    await microtasks();
    expect(driven.far.writeCount).toBe(3);
    driven.near.flush();
    expect(driven.received).toEqual(["1", "2", "3"]);
    expect(driven.driver.writtenBytes).toBe(2);
  });

  test("inside of a batch keep their place and wait for its end", () => {
    const driven = new Driven();
    driven.driver.batch(() => {
      driven.driver.writeShared(Uint8Array.of(1), driven.session);
      driven.session.say(2);
      driven.driver.writeShared(Uint8Array.of(3), driven.session);
      expect(driven.far.writeCount).toBe(0);
    });
    expect(driven.far.writeCount).toBe(1);
    driven.near.flush();
    expect(driven.received).toEqual(["1", "2", "3"]);
  });

  test("go nowhere once the session or the transport is closed, or before the start", () => {
    const ended = new Driven();
    ended.session.end();
    ended.driver.writeShared(Uint8Array.of(1), noQueue);
    const lost = new Driven();
    lost.near.reset();
    lost.near.flush();
    lost.driver.writeShared(Uint8Array.of(1), noQueue);
    const [, transport] = transportPair();
    const early = new Driver({ transport, clock: new VirtualClock() });
    early.writeShared(Uint8Array.of(1), noQueue);
    expect([ended, lost].map(({ far }) => far.writeCount)).toEqual([0, 0]);
    expect(transport.writeCount).toBe(0);
  });

  test("queuedBytes counts shared bytes of the turn that is not over, once", () => {
    const { driver, session, near } = new Driven();
    driver.batch(() => {
      driver.writeShared(new Uint8Array(1_111), session);
      expect(driver.queuedBytes).toBe(1_111);
      driver.writeShared(new Uint8Array(1_111), session);
      expect(driver.queuedBytes).toBe(2_222);
    });
    expect(driver.queuedBytes).toBe(2_222);
    near.flush();
    expect(driver.queuedBytes).toBe(0);
  });

  test("queuedBytes says what has not left yet", () => {
    const driven = new Driven();
    driven.far.hold();
    driven.driver.writeShared(new Uint8Array(1111), driven.session);
    expect(driven.driver.queuedBytes).toBe(1111);
  });
});

describe("pressure", () => {
  test("a peer that does not read our answers is not heard above 1 MiB, until all has left", () => {
    const driven = answering(mebibyte / 2);
    driven.hear(1);
    driven.hear(2);
    expect(driven.pauses).toBe(0);
    driven.session.onReceive = () => driven.session.say(9);
    driven.hear(3);
    expect(driven.pauses).toBe(1);
    driven.hear(4);
    expect(driven.session.calls.length).toBe(3);

    driven.far.release();
    driven.near.flush();
    expect(driven.resumes).toBe(1);
    expect(driven.session.calls.at(-1)).toBe("receive 4 at 1000");
    expect(driven.pauses).toBe(1);
  });

  test("a player that does not read its media is heard", () => {
    const driven = answering(0);
    driven.session.pressure = "answers";
    driven.session.onReceive = () => {};
    driven.driver.writeShared(new Uint8Array(4 * mebibyte), driven.session);
    driven.driver.batch(() => {
      driven.driver.writeShared(new Uint8Array(4 * mebibyte), driven.session);
    });
    driven.hear(1);
    driven.hear(2);
    expect(driven.pauses).toBe(0);
    expect(driven.session.calls.length).toBe(2);
  });

  test("a player that asks on and on without reading the answers is not", () => {
    const driven = answering(mebibyte / 4);
    driven.session.pressure = "answers";
    driven.driver.batch(() => {
      driven.driver.writeShared(new Uint8Array(4 * mebibyte), driven.session);
    });
    for (let i = 0; i < 8; i++) driven.hear(i);
    expect(driven.session.calls.length).toBe(5);
    expect(driven.driver.queuedBytes).toBeLessThan(6 * mebibyte);
    driven.far.release();
    driven.near.flush();
    expect(driven.session.calls.length).toBe(8);
    expect(driven.resumes).toBe(1);
  });

  test("answers that leave at once do not count, though onDrain never comes", () => {
    const driven = answering(mebibyte / 2);
    Object.defineProperty(driven.far, "queuedBytes", { get: () => 0, set: () => {} });
    driven.session.pressure = "answers";
    for (let i = 0; i < 8; i++) driven.hear(i);
    expect(driven.pauses).toBe(0);
  });

  test("a server is heard, whatever is queued for it", () => {
    const driven = answering(2 * mebibyte);
    driven.session.pressure = "nothing";
    for (let i = 0; i < 4; i++) driven.hear(i);
    expect(driven.pauses).toBe(0);
    expect(driven.session.calls.length).toBe(4);
  });

  test("an owner that cannot take more holds the peer up, until it takes that back", () => {
    const driven = answering(0);
    driven.driver.hold();
    driven.hear(1);
    expect(driven.session.calls).toEqual([]);
    driven.driver.release();
    driven.near.flush();
    expect(driven.session.calls).toEqual(["receive 1 at 1000"]);
    driven.driver.release();
    expect(driven.resumes).toBe(1);
  });

  test("a peer that is held up for two reasons is heard when both are gone", () => {
    const driven = answering(2 * mebibyte);
    driven.hear(1);
    driven.driver.hold();
    driven.far.release();
    driven.near.flush();
    driven.hear(2);
    expect(driven.session.calls.length).toBe(1);
    driven.driver.release();
    driven.near.flush();
    expect(driven.session.calls.length).toBe(2);
  });

  test("answers that were read do not count", () => {
    const driven = answering(mebibyte / 2);
    driven.session.pressure = "answers";
    driven.far.release();
    for (let i = 0; i < 8; i++) driven.hear(i);
    expect(driven.pauses).toBe(0);
  });
});

describe("deadlines", () => {
  test("wake the session, each at its time", () => {
    const driven = new Driven();
    driven.session.deadline = 3_222;
    driven.driver.batch(() => {});
    driven.clock.advance(2_221);
    expect(driven.session.calls).toEqual([]);
    driven.clock.advance(1);
    expect(driven.session.calls).toEqual(["tick at 3222"]);
    expect(driven.clock.pending).toBe(0);
  });

  test("that the session has from the start are kept", () => {
    const [, transport] = transportPair();
    const clock = new VirtualClock(1_000);
    const driver = new Driver({ transport, clock });
    const driven = new Driven();
    driven.session.deadline = 1_111;
    driver.start(driven.session);
    clock.advance(111);
    expect(driven.session.calls).toEqual(["tick at 1111"]);
  });

  test("that move later cost no new timer, those that move earlier replace it", () => {
    const driven = new Driven();
    const moveTo = (deadline: number): void => {
      driven.session.deadline = deadline;
      driven.driver.batch(() => {});
    };
    moveTo(2_000);
    moveTo(3_000);
    expect(driven.clock.pending).toBe(1);
    moveTo(1_500);
    expect(driven.clock.pending).toBe(1);
    driven.clock.advance(500);
    expect(driven.session.calls).toEqual(["tick at 1500"]);
  });

  test("in the past wake it at once", () => {
    const driven = new Driven();
    driven.session.deadline = 5;
    driven.driver.batch(() => {});
    driven.clock.advance(0);
    expect(driven.session.calls).toEqual(["tick at 1000"]);
  });

  test("further off than a timer reaches are slept to in steps", () => {
    const delays: number[] = [];
    const clock = new VirtualClock();
    const schedule = clock.schedule.bind(clock);
    clock.schedule = (delayMs, callback) => {
      delays.push(delayMs);
      return schedule(delayMs, callback);
    };
    const driven = new Driven({ clock });
    driven.session.deadline = 2 ** 31 + 1_111;
    driven.driver.batch(() => {});
    clock.advance(2 ** 31);
    expect(delays.slice(0, 2)).toEqual([0x7fffffff, 1_112]);
  });

  test("what a tick says leaves in one write", () => {
    const driven = new Driven();
    driven.session.deadline = 1_500;
    driven.session.onTick = () => {
      driven.session.say(1);
      driven.session.say(2);
    };
    driven.driver.batch(() => {});
    driven.clock.advance(500);
    expect(driven.far.writeCount).toBe(1);
  });
});
