import { Driver, ServerSession, SessionError } from "@rtmp/session";
import { transportPair, VirtualClock } from "@rtmp/testing";
import { RtmpError } from "@rtmp/wire";
import { describe, expect, test } from "vitest";
import { clientHandshake } from "./bench.ts";
import { Driven } from "./driven.ts";

const microtasks = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const serve = () => {
  const clock = new VirtualClock(1_000);
  const [near, far] = transportPair({ clock });
  const driver = new Driver({ transport: far, clock });
  const closes: (RtmpError | undefined)[] = [];
  const session = new ServerSession({
    now: clock.now(),
    limits: { handshakeTimeoutMs: 1_111 },
    handlers: {
      onPublish: (request) => request.accept(),
      onPlay: (request) => request.accept(),
      onMedia: () => {},
      onStreamEnd: () => {},
      onOutput: () => driver.onOutput(),
      onClose: (cause) => closes.push(cause),
    },
  });
  driver.start(session);
  const received: Uint8Array[] = [];
  near.start({ onBytes: (bytes) => received.push(bytes), onDrain: () => {}, onClose: () => {} });
  return { clock, near, far, driver, session, closes, received };
};

describe("the end", () => {
  test("of the session: what it said last leaves first, then the transport is closed once", () => {
    const driven = new Driven();
    driven.session.deadline = 9_999;
    driven.driver.batch(() => {});
    expect(driven.clock.pending).toBe(1);
    driven.session.onReceive = () => {
      driven.session.say(1);
      driven.session.end();
    };
    driven.far.hold();
    driven.hear(7);
    expect(driven.closeCalls).toEqual([1_111]);
    // What is left is the transport's own timer, which cuts the connection.
    expect(driven.clock.pending).toBe(1);
    driven.driver.batch(() => {});
    expect(driven.closeCalls).toEqual([1_111]);

    driven.far.release();
    driven.near.flush();
    expect(driven.received).toEqual(["1"]);
    expect(driven.far.isClosed).toBe(true);
    expect(driven.session.ends.length).toBe(1);
    expect(driven.clock.pending).toBe(0);
  });

  test("of the transport in order ends the session without a cause, then onDisconnect comes", () => {
    const order: string[] = [];
    const driven = new Driven({ onDisconnect: () => order.push("disconnect") });
    driven.session.onEnd = () => order.push("end");
    driven.session.deadline = 9_999;
    driven.driver.batch(() => {});
    driven.near.close(1_000);
    driven.clock.advance(2_000);
    driven.near.flush();
    expect(order).toEqual(["end", "disconnect"]);
    expect(driven.session.ends).toEqual([undefined]);
    expect(driven.clock.pending).toBe(0);
  });

  test("of the transport by a break has it as the cause", () => {
    const driven = new Driven();
    const cause = new Error("ECONNRESET");
    driven.near.reset(cause);
    driven.near.flush();
    expect(driven.session.ends).toMatchObject([
      { code: "RTMP_ERR_CONNECTION_LOST", cause, message: "the connection broke: ECONNRESET" },
    ]);
    expect(driven.session.ends[0]).toBeInstanceOf(SessionError);
  });

  test("onDisconnect comes once, also when the session ended long before", () => {
    let disconnects = 0;
    const driven = new Driven({ onDisconnect: () => disconnects++ });
    driven.driver.batch(() => driven.session.end());
    expect(disconnects).toBe(0);
    driven.clock.advance(2_000);
    driven.near.flush();
    expect(disconnects).toBe(1);
    expect(driven.session.ends.length).toBe(1);
  });

  test("what is said after the transport closed goes nowhere", async () => {
    const driven = new Driven();
    driven.near.reset();
    driven.near.flush();
    driven.session.say(1);
    await microtasks();
    expect(driven.far.writeCount).toBe(0);
    expect(driven.closeCalls).toEqual([]);
  });
});

describe("an error of our own", () => {
  const bug = new TypeError("a bug");
  const throwing = (): never => {
    throw bug;
  };
  const places: [string, (driven: Driven) => void][] = [
    [
      "in receive",
      (driven) => {
        driven.session.onReceive = throwing;
        driven.hear(7);
      },
    ],
    ["in onReceived", (driven) => driven.hear(0)],
    [
      "in tick",
      (driven) => {
        driven.session.onTick = throwing;
        driven.session.deadline = 1_111;
        driven.driver.batch(() => {});
        driven.clock.advance(111);
      },
    ],
    [
      "in takeOutput",
      (driven) => {
        driven.session.onTakeOutput = () => {
          driven.session.onTakeOutput = () => {};
          throwing();
        };
        driven.driver.batch(() => {});
      },
    ],
    ["in a batch", (driven) => driven.driver.batch(throwing)],
    [
      "in a batch within a batch",
      (driven) => {
        driven.driver.batch(() => {
          driven.driver.batch(throwing);
          expect.unreachable();
        });
      },
    ],
  ];
  const make = (place: string, onInternalError?: (error: unknown) => void): Driven =>
    new Driven({
      ...(place === "in onReceived" && { onReceived: throwing }),
      ...(onInternalError !== undefined && { onInternalError }),
    });

  test.each(places)("%s is reported, ends the session and closes the transport", (place, cause) => {
    const errors: unknown[] = [];
    const driven = make(place, (error) => errors.push(error));
    cause(driven);
    expect(errors).toEqual([bug]);
    expect(driven.session.ends).toMatchObject([{ code: "RTMP_ERR_INTERNAL", cause: bug }]);
    expect(driven.closeCalls).toEqual([1_111]);
    driven.clock.advance(2_000);
    expect(driven.clock.pending).toBe(0);
  });

  test.each(places)(
    "%s without a handler is thrown on, and closes all the same",
    (place, cause) => {
      const driven = make(place);
      expect(() => cause(driven)).toThrow(bug);
      expect(driven.session.ends.length).toBe(1);
      expect(driven.closeCalls).toEqual([1_111]);
    },
  );

  test("in the end itself is reported too, and onDisconnect comes", () => {
    const errors: unknown[] = [];
    let disconnects = 0;
    const driven = new Driven({
      onInternalError: (error) => errors.push(error),
      onDisconnect: () => disconnects++,
    });
    driven.session.onEnd = throwing;
    driven.near.reset();
    driven.near.flush();
    expect(errors).toEqual([bug]);
    expect(disconnects).toBe(1);
  });

  test("a second one in the end that the first one brings about is reported too", () => {
    const errors: unknown[] = [];
    const second = new TypeError("another bug");
    const driven = new Driven({ onInternalError: (error) => errors.push(error) });
    driven.session.onEnd = () => {
      throw second;
    };
    driven.driver.batch(throwing);
    expect(errors).toEqual([bug, second]);
    expect(driven.closeCalls).toEqual([1_111]);
  });
});

describe("a server session under a driver", () => {
  test("shakes hands in one write", () => {
    const { near, far, received } = serve();
    near.write(clientHandshake.slice());
    near.flush();
    expect(received.map(({ length }) => length)).toEqual([3073]);
    expect(far.writeCount).toBe(1);
  });

  test("ends at the millisecond of its limit, and leaves no timer", () => {
    const { clock, near, far, closes } = serve();
    near.write(clientHandshake.slice(0, 100));
    near.flush();
    clock.advance(1_110);
    expect(closes).toEqual([]);
    clock.advance(1);
    expect(closes.map((cause) => cause?.code)).toEqual(["RTMP_ERR_HANDSHAKE_TIMEOUT"]);
    clock.advance(1_000);
    expect(far.isClosed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test("ended by its owner in a batch closes at once", () => {
    const { near, far, session, driver, closes } = serve();
    near.write(clientHandshake.slice());
    near.flush();
    driver.batch(() => session.end(new RtmpError("RTMP_ERR_TEST", "closed", "enough")));
    near.close(1_000);
    near.flush();
    expect(far.isClosed).toBe(true);
    expect(closes.map((cause) => cause?.code)).toEqual(["RTMP_ERR_TEST"]);
  });
});
