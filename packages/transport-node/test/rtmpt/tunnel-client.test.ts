import { VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

import { type PostOutcome, TunnelClient, type TunnelHttp } from "../../src/rtmpt/tunnel-client.ts";
import { RecordingOwner } from "./tunnel-driver.ts";

/** HTTP whose answers the test gives. */
class ScriptedHttp implements TunnelHttp {
  /** What was posted: path, and the body in hex. */
  readonly posts: string[] = [];
  isDestroyed = false;
  #onOutcome: ((outcome: PostOutcome) => void) | undefined;

  post(path: string, body: Uint8Array, onOutcome: (outcome: PostOutcome) => void): void {
    if (this.isDestroyed) throw new Error("posted after the end");
    if (this.#onOutcome !== undefined) throw new Error("two requests at a time");
    this.posts.push(`${path} ${Buffer.from(body).toString("hex")}`);
    this.#onOutcome = onOutcome;
  }

  destroy(): void {
    this.isDestroyed = true;
  }

  get isBusy(): boolean {
    return this.#onOutcome !== undefined;
  }

  answer(...body: readonly number[]): void {
    this.settle({ status: 200, body: Uint8Array.from(body) });
  }

  settle(outcome: PostOutcome): void {
    const onOutcome = this.#onOutcome;
    this.#onOutcome = undefined;
    onOutcome?.(outcome);
  }
}

/** A client whose tunnel has the id `abc`. */
class ClientDriver {
  readonly clock = new VirtualClock(1_000);
  readonly owner = new RecordingOwner();
  readonly http = new ScriptedHttp();
  readonly client = new TunnelClient({
    remote: "192.0.2.1:80",
    id: "abc",
    http: this.http,
    clock: this.clock,
    answerTimeoutMs: 5_000,
  });

  constructor({ isStarted = true } = {}) {
    if (isStarted) this.client.start(this.owner);
  }

  write(...bytes: readonly number[]): void {
    this.client.write(Uint8Array.from(bytes));
  }
}

const reset = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });

describe("the client of a tunnel", () => {
  test("sends what is written at once, and what is written meanwhile together", () => {
    const { client, http } = new ClientDriver();
    client.write(Uint8Array.of(1, 2));
    client.writeAll([Uint8Array.of(3), Uint8Array.of(), Uint8Array.of(4)]);
    client.write(Uint8Array.of(5));
    expect(http.posts).toEqual(["/send/abc/0 0102"]);
    http.answer(0x01);
    expect(http.posts.slice(1)).toEqual(["/send/abc/1 030405"]);
  });

  test("cuts long writes, so that no server refuses the body", () => {
    const { client, http } = new ClientDriver();
    client.write(new Uint8Array(600_000));
    const lengths: number[] = [];
    while (http.isBusy) {
      lengths.push((http.posts.at(-1)?.split(" ")[1]?.length ?? 0) / 2);
      http.answer(0x01);
    }
    expect(lengths).toEqual([262_144, 262_144, 75_712]);
  });

  test("gives its owner what comes behind the interval byte", () => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.http.answer(0x01, 0x2a, 0x2b);
    expect(driver.owner.events).toEqual(["2a2b", "drain"]);
  });

  test("counts bytes as queued until their answer is there", () => {
    const driver = new ClientDriver();
    driver.write(1, 2, 3);
    driver.write(4);
    expect(driver.client.queuedBytes).toBe(4);
    driver.http.answer(0x01);
    expect([driver.client.queuedBytes, ...driver.owner.events]).toEqual([1]);
    driver.http.answer(0x01);
    expect([driver.client.queuedBytes, ...driver.owner.events]).toEqual([0, "drain"]);
  });

  test("asks again at once after bytes", () => {
    const { clock, http, client } = new ClientDriver();
    client.write(Uint8Array.of(1));
    http.answer(0x21, 0x2a);
    expect(http.posts.slice(1)).toEqual(["/idle/abc/1 00"]);
    clock.advance(10);
    http.answer(0x21, 0x2a);
    expect(http.posts.slice(2)).toEqual(["/idle/abc/2 00"]);
  });

  test("asks 100 ms after it has sent, unless it sends again", () => {
    const { clock, http, client } = new ClientDriver();
    client.write(Uint8Array.of(1));
    http.answer(0x01);
    clock.advance(99);
    client.write(Uint8Array.of(2));
    http.answer(0x01);
    clock.advance(99);
    expect(http.posts).toHaveLength(2);
    clock.advance(1);
    expect(http.posts.slice(2)).toEqual(["/idle/abc/2 00"]);
  });

  test("asks at once after it has sent in the middle of bytes that come", () => {
    const { clock, http, client } = new ClientDriver();
    clock.advance(100);
    http.answer(0x01, 0x2a);
    http.answer(0x01, 0x2b);
    clock.advance(99);
    client.write(Uint8Array.of(1));
    http.answer(0x01);
    http.answer(0x01);
    expect(http.posts.slice(3)).toEqual(["/send/abc/3 01", "/idle/abc/4 00"]);
    // Nothing has come for a while.
    client.write(Uint8Array.of(2));
    clock.advance(1);
    http.answer(0x01);
    http.answer(0x01);
    expect([http.isBusy, ...http.posts.slice(5)]).toEqual([false, "/send/abc/5 02"]);
  });

  test.each([
    [0x00, 15],
    [0x01, 15],
    [0x11, 255],
    [0x21, 495],
  ])("asks as late as the interval %d says after an empty answer: %d ms", (interval, waitMs) => {
    const { clock, http } = new ClientDriver();
    clock.advance(100);
    http.answer(interval);
    clock.advance(waitMs - 1);
    expect(http.isBusy).toBe(false);
    clock.advance(1);
    expect(http.posts).toEqual(["/idle/abc/0 00", "/idle/abc/1 00"]);
  });

  test("asks again at once when the server held the request", () => {
    const { clock, http } = new ClientDriver();
    clock.advance(100);
    clock.advance(200);
    http.answer(0x21);
    expect(http.posts).toHaveLength(2);
  });

  test("asks for nothing while its owner does not read, and keeps what comes", () => {
    const driver = new ClientDriver();
    driver.client.pause();
    driver.write(1);
    driver.http.answer(0x01, 0x2a);
    driver.clock.advance(7_999);
    expect(driver.http.posts).toHaveLength(1);
    expect(driver.owner.events).toEqual(["drain"]);
    driver.client.resume();
    expect(driver.owner.events).toEqual(["drain"]);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["drain", "2a"]);
    expect(driver.http.posts).toHaveLength(2);
  });

  test("asks now and then all the same, so that the server keeps the tunnel", () => {
    const driver = new ClientDriver();
    driver.client.pause();
    for (let round = 1; round <= 3; round++) {
      driver.clock.advance(8_000);
      expect(driver.http.posts).toHaveLength(round);
      driver.http.answer(0x01, round);
    }
    expect(driver.owner.events).toEqual([]);
    driver.client.resume();
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["01", "02", "03"]);
  });

  test("gives up when more than 16 MiB wait for its owner", () => {
    const driver = new ClientDriver();
    driver.client.pause();
    for (let round = 0; round < 17; round++) {
      driver.write(1);
      const body = new Uint8Array(1 + (1 << 20));
      driver.http.settle({ status: 200, body });
    }
    driver.clock.advance(0);
    expect(driver.owner.events.at(-1)).toBe("close RTMP_ERR_TUNNEL_INPUT");
    expect(driver.http.isDestroyed).toBe(true);
  });

  test("does not count what its owner has read", () => {
    const driver = new ClientDriver();
    for (let round = 0; round < 17; round++) {
      driver.write(1);
      driver.http.settle({ status: 200, body: new Uint8Array(1 + (1 << 20)) });
    }
    expect(driver.http.isDestroyed).toBe(false);
  });
});

describe("a request that fails", () => {
  test("is sent once more with the same number when its connection was closed under it", () => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.http.settle({ error: reset, mayRepeat: true });
    driver.http.answer(0x01);
    driver.write(2);
    expect(driver.http.posts).toEqual(["/send/abc/0 01", "/send/abc/0 01", "/send/abc/1 02"]);
    expect(driver.owner.events).toEqual(["drain"]);
  });

  test("is not sent a third time", () => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.http.settle({ error: reset, mayRepeat: true });
    driver.http.settle({ error: reset, mayRepeat: true });
    driver.clock.advance(0);
    expect(driver.http.posts).toHaveLength(2);
    expect(driver.owner.events).toEqual(["close ECONNRESET"]);
  });

  test("ends the connection when part of the answer may be lost", () => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.http.settle({ error: reset, mayRepeat: false });
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close ECONNRESET"]);
    expect([driver.http.isDestroyed, driver.client.queuedBytes]).toEqual([true, 0]);
  });

  test("ends the connection when no answer comes in time", () => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.clock.advance(4_999);
    expect(driver.http.isDestroyed).toBe(false);
    driver.clock.advance(1);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close RTMP_ERR_TUNNEL_TIMEOUT"]);
    driver.http.answer(0x01);
    expect(driver.clock.pending).toBe(0);
  });
});

describe("a server that ends the tunnel", () => {
  test("says so by 404, in order", () => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.http.answer(0x01);
    driver.write(2);
    driver.http.settle({ status: 404, body: Uint8Array.of(0x0a) });
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["drain", "close"]);
  });

  test.each([
    ["404 to the first request", { status: 404, body: Uint8Array.of(1) }],
    ["another status", { status: 503, body: Uint8Array.of(1) }],
    ["an answer without a byte", { status: 200, body: new Uint8Array(0) }],
  ])("has refused it with %s", (_, outcome) => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.http.settle(outcome);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close RTMP_ERR_TUNNEL_REFUSED"]);
  });
});

describe("the owner's close", () => {
  test("sends what is queued, then closes the tunnel, then is told", () => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.write(2);
    driver.client.close(1_000);
    driver.write(3);
    driver.http.answer(0x01, 0x2a);
    driver.http.answer(0x01);
    driver.http.answer(0x00);
    expect(driver.http.posts).toEqual(["/send/abc/0 01", "/send/abc/1 02", "/close/abc/2 00"]);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["drain", "close"]);
    expect(driver.http.isDestroyed).toBe(true);
  });

  test("is done also when the server has no tunnel any more", () => {
    const driver = new ClientDriver();
    driver.client.close(1_000);
    driver.http.settle({ status: 404, body: Uint8Array.of(1) });
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close"]);
  });

  test("cuts after the given time", () => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.client.close(1_111);
    driver.client.close(2_222);
    driver.clock.advance(1_110);
    expect(driver.http.isDestroyed).toBe(false);
    driver.clock.advance(1);
    expect(driver.http.isDestroyed).toBe(true);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close"]);
  });

  test.each([
    ["a connection that breaks", { error: reset, mayRepeat: false }],
    ["an answer that refuses", { status: 503, body: Uint8Array.of(1) }],
  ])("is not followed by a cause: %s", (_, outcome) => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.client.close(1_000);
    driver.http.settle(outcome);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close"]);
  });

  test("with 0 cuts at once", () => {
    const driver = new ClientDriver();
    driver.write(1);
    driver.client.close(0);
    driver.client.close(0);
    expect(driver.http.isDestroyed).toBe(true);
    expect(driver.owner.events).toEqual([]);
    driver.clock.advance(9_999);
    expect(driver.owner.events).toEqual(["close"]);
    driver.write(2);
    expect(driver.http.posts).toHaveLength(1);
  });
});

describe("before start", () => {
  test("nothing is asked for, and an end is told after it", () => {
    const { client, clock, http, owner } = new ClientDriver({ isStarted: false });
    clock.advance(9_999);
    expect(http.posts).toEqual([]);
    client.close(0);
    client.start(owner);
    expect(() => client.start(owner)).toThrow(TypeError);
    clock.advance(0);
    expect(owner.events).toEqual(["close"]);
  });

  test("what comes for something written waits, and is delivered after it", () => {
    const { client, clock, http, owner } = new ClientDriver({ isStarted: false });
    client.write(Uint8Array.of(1));
    http.answer(0x01, 0x2a);
    client.start(owner);
    expect(owner.events).toEqual([]);
    clock.advance(0);
    expect(owner.events).toEqual(["2a"]);
  });
});
