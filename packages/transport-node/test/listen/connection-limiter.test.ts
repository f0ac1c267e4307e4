import {
  ConnectionLimiter,
  type CountedConnection,
  type TransportError,
} from "@rtmp/transport-node";
import { describe, expect, test } from "vitest";

/** A connection that remembers why it was cut. */
class TestConnection implements CountedConnection {
  counts: CountedConnection["counts"];
  isCounted = false;
  reason: string | undefined;

  makeRoom({ code, message }: TransportError): void {
    this.reason = `${code} ${message}`;
  }
}

const limits = { maxConnections: 5, maxConnectionsPerAddress: 3, maxHalfOpenPerAddress: 2 };

function setUp() {
  const limiter = new ConnectionLimiter(limits);
  const open = (address = "192.0.2.1") => {
    const connection = new TestConnection();
    const refusal = limiter.add(connection) ?? limiter.addToAddress(connection, address);
    return { connection, refusal: refusal?.message };
  };
  const established = (address?: string) => {
    const opened = open(address);
    limiter.establish(opened.connection);
    return opened;
  };
  return { limiter, open, established };
}

describe("connections of one address", () => {
  test("that are half-open make room for a newer one, the oldest first", () => {
    const { limiter, open } = setUp();
    const [first, second, third] = [open(), open(), open()];
    expect(first.connection.reason).toBe(
      "RTMP_ERR_MADE_ROOM too many half-open connections from 192.0.2.1",
    );
    expect(second.connection.reason).toBe(undefined);
    expect([first, second, third].map(({ refusal }) => refusal)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(limiter.size).toBe(2);
    open();
    expect(second.connection.reason).toMatch("RTMP_ERR_MADE_ROOM");
    expect(third.connection.reason).toBe(undefined);
  });

  test("that are established never make room", () => {
    const { limiter, open, established } = setUp();
    const old = [established(), established()];
    const halfOpen = open();
    const newcomer = open();
    expect(old.map(({ connection }) => connection.reason)).toEqual([undefined, undefined]);
    expect(halfOpen.connection.reason).toMatch("RTMP_ERR_MADE_ROOM");
    expect(newcomer.refusal).toBe(undefined);
    expect(limiter.size).toBe(3);
  });

  test("are refused when all of them are established", () => {
    const { limiter, open, established } = setUp();
    for (let count = 0; count < 3; count++) expect(established().refusal).toBe(undefined);
    const { connection, refusal } = open();
    expect(refusal).toBe("there are 3 connections from 192.0.2.1 already");
    limiter.remove(connection);
    expect(open("192.0.2.2").refusal).toBe(undefined);
  });

  test("that are gone leave their place to others", () => {
    const { limiter, open, established } = setUp();
    const [first] = [established(), established(), established()];
    if (first === undefined) throw new Error("none");
    limiter.remove(first.connection);
    limiter.remove(first.connection);
    expect(limiter.size).toBe(2);
    expect(open().refusal).toBe(undefined);
    expect(open().refusal).toBe(undefined);
    expect(limiter.size).toBe(3);
  });

  test("count together in one network of 64 bits", () => {
    const { open, established } = setUp();
    for (const last of [1, 2, 3]) established(`2001:db8:1:2::${last}`);
    expect(open("2001:db8:1:2:ffff::").refusal).toBe(
      "there are 3 connections from 2001:db8:1:2::/64 already",
    );
    expect(open("2001:db8:1:3::1").refusal).toBe(undefined);
  });

  test("are not counted for the machine itself", () => {
    const { limiter, established } = setUp();
    for (let count = 0; count < 5; count++) {
      expect(established(count % 2 === 0 ? "127.0.0.1" : "::1").refusal).toBe(undefined);
    }
    expect(limiter.addresses).toBe(0);
  });
});

describe("connections in all", () => {
  test("that are half-open make room, the oldest of any address first", () => {
    const { limiter, open, established } = setUp();
    established("192.0.2.1");
    const halfOpen = open("192.0.2.2");
    for (const last of [3, 4, 5]) established(`192.0.2.${last}`);
    expect(open("192.0.2.6").refusal).toBe(undefined);
    expect(halfOpen.connection.reason).toBe(
      "RTMP_ERR_MADE_ROOM too many half-open connections in all",
    );
    expect(limiter.size).toBe(5);
  });

  test("are refused when all of them are established", () => {
    const { limiter, open, established } = setUp();
    for (const last of [1, 2, 3, 4, 5]) established(`192.0.2.${last}`);
    const { connection, refusal } = open("192.0.2.6");
    expect(refusal).toBe("there are 5 connections in all already");
    limiter.remove(connection);
    expect(limiter.size).toBe(5);
  });

  test("of the machine itself count as well", () => {
    const { open, established } = setUp();
    for (let count = 0; count < 5; count++) established("127.0.0.1");
    expect(open("192.0.2.6").refusal).toBe("there are 5 connections in all already");
  });
});

test("nothing is kept of addresses that have gone", () => {
  const { limiter, open, established } = setUp();
  const all = [established("192.0.2.1"), open("192.0.2.1"), open("192.0.2.2"), open("::2")];
  expect(limiter.addresses).toBe(3);
  for (const { connection } of all) limiter.remove(connection);
  expect([limiter.size, limiter.addresses]).toEqual([0, 0]);
});

test("who makes room may be the last of its address, and the newcomer of the same", () => {
  const limiter = new ConnectionLimiter({ ...limits, maxHalfOpenPerAddress: 1 });
  const [first, second] = [new TestConnection(), new TestConnection()];
  for (const connection of [first, second]) {
    limiter.add(connection);
    limiter.addToAddress(connection, "192.0.2.1");
  }
  expect(first.reason).toMatch("RTMP_ERR_MADE_ROOM");
  limiter.remove(first);
  expect([limiter.size, limiter.addresses]).toEqual([1, 1]);
  limiter.remove(second);
  expect([limiter.size, limiter.addresses]).toEqual([0, 0]);
});
