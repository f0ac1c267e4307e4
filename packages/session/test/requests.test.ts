import { IncomingConnect, type IncomingPlay, type IncomingPublish } from "@rtmp/session";
import { readConnect } from "@rtmp/message";
import { describe, expect, test } from "vitest";
import { Bench } from "./bench.ts";

type Request = IncomingConnect | IncomingPublish | IncomingPlay;

/** A client that has asked for one thing and waits. */
function waiting(name: string): { bench: Bench; request: Request } {
  const bench = Bench.opened({ late: true });
  bench.connect();
  if (name !== "connect") {
    bench.connects[0]?.accept();
    bench.command(0, "createStream", 2);
    bench.replies();
    bench.command(1, name, 0, null, "cam");
  }
  const request = { connect: bench.connects, publish: bench.publishes, play: bench.plays }[
    name
  ]?.[0];
  if (request === undefined) throw new TypeError(`nobody asked to ${name}`);
  return { bench, request };
}

describe.each(["connect", "publish", "play"])("%s", (name) => {
  test("is open until it is answered", () => {
    const { bench, request } = waiting(name);
    expect(request.answered).toBe(false);
    expect(bench.replies()).toEqual([]);
    expect(request.accept()).toBe(true);
    expect(request.answered).toBe(true);
    expect(bench.replies()).not.toEqual([]);
  });

  test("answered twice is a mistake of the caller, and nothing more is sent", () => {
    for (const first of ["accept", "reject"] as const) {
      const { bench, request } = waiting(name);
      expect(request[first]({ description: "no" })).toBe(true);
      bench.replies();
      expect(() => request.accept()).toThrow(TypeError);
      expect(() => request.reject({ description: "no" })).toThrow(TypeError);
      expect(bench.replies()).toEqual([]);
    }
  });

  test("answered after the client has gone returns false", () => {
    for (const first of ["accept", "reject"] as const) {
      const { bench, request } = waiting(name);
      bench.session.end();
      expect(request[first]({ description: "no" })).toBe(false);
      expect(request.answered).toBe(true);
      expect(bench.replies()).toEqual([]);
    }
  });
});

test("a request carries what the client asked", () => {
  const command = { name: "connect", transactionId: 1, commandObject: { app: "live" }, args: [] };
  const request = new IncomingConnect(readConnect(command), {
    accept: () => true,
    reject: () => true,
  });
  expect(request.connect.app).toBe("live");

  const bench = Bench.withStreams(2);
  bench.command(1, "publish", 0, null, "cam?token=abc", "append");
  bench.command(2, "play", 0, null, "mp4:film", 1111, 2222, true);
  expect(bench.publishes[0]).toMatchObject({ streamName: "cam?token=abc", publishType: "append" });
  expect(bench.plays[0]).toMatchObject({
    streamName: "mp4:film",
    start: 1111,
    duration: 2222,
    reset: true,
  });
});
