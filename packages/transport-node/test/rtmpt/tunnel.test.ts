import { describe, expect, test } from "vitest";

import { RecordedReply, TunnelDriver } from "./tunnel-driver.ts";

describe("a send", () => {
  test("brings its bytes, and is answered with what its owner writes meanwhile, once", () => {
    const driver = new TunnelDriver();
    const { tunnel, owner } = driver;
    owner.onPiece = () => {
      tunnel.write(Uint8Array.of(0x2a));
      tunnel.writeAll([Uint8Array.of(0x2b), Uint8Array.of(), Uint8Array.of(0x2c)]);
    };
    expect(driver.send(0, 0x11, 0x12).said).toBe("01 2a 2b 2c");
    expect(owner.events).toEqual(["1112"]);
  });

  test("is answered at once also when there is nothing", () => {
    const driver = new TunnelDriver();
    expect(driver.send(0, 0x11).said).toBe("01");
  });

  test("of no bytes brings none", () => {
    const driver = new TunnelDriver();
    expect(driver.send(0).said).toBe("01");
    expect(driver.owner.events).toEqual([]);
  });

  test("releases the idle before it, whose answer comes first", () => {
    const driver = new TunnelDriver();
    const idle = driver.idle(0);
    driver.owner.onPiece = () => driver.write(0x2a);
    const send = driver.send(1, 0x11);
    expect([idle.said, send.said]).toEqual(["01", "01 2a"]);
  });
});

describe("an idle", () => {
  test("is answered at once when bytes wait", () => {
    const driver = new TunnelDriver();
    driver.write(0x2a);
    expect(driver.idle(0).said).toBe("01 2a");
  });

  test("is held until there are bytes", () => {
    const driver = new TunnelDriver();
    const idle = driver.idle(0);
    driver.clock.advance(150);
    expect(idle.said).toBeUndefined();
    driver.write(0x2a);
    expect(idle.said).toBe("01 2a");
  });

  test("is answered without any after idleHoldMs", () => {
    const driver = new TunnelDriver({ idleHoldMs: 222 });
    const idle = driver.idle(0);
    driver.clock.advance(221);
    expect(idle.said).toBeUndefined();
    driver.clock.advance(1);
    expect(idle.said).toBe("01");
  });

  test("is not held when idleHoldMs is 0", () => {
    const driver = new TunnelDriver({ idleHoldMs: 0 });
    expect(driver.idle(0).said).toBe("01");
  });

  test("releases the one before it", () => {
    const driver = new TunnelDriver();
    const first = driver.idle(0);
    const second = driver.idle(1);
    expect([first.said, second.said]).toEqual(["01", undefined]);
  });

  test("leaves its bytes to the next one when its connection is gone", () => {
    const driver = new TunnelDriver();
    const gone = driver.idle(0);
    driver.tunnel.abandon(gone);
    driver.write(0x2a);
    expect(gone.said).toBeUndefined();
    expect(driver.idle(1).said).toBe("01 2a");
  });

  test("leaves them also while its connection is known to be gone, and nobody has said so", () => {
    const driver = new TunnelDriver();
    const gone = driver.idle(0);
    gone.isOver = true;
    driver.write(0x2a);
    expect(gone.said).toBeUndefined();
    expect([driver.idle(0).said, driver.idle(1).said]).toEqual(["01", "01 2a"]);
  });

  test("that answers nothing raises the interval; a send does not", () => {
    const driver = new TunnelDriver({ idleHoldMs: 0 });
    for (let sequence = 0; sequence < 10; sequence++) driver.idle(sequence);
    expect(driver.idle(10).said).toBe("03");
    for (let sequence = 11; sequence < 40; sequence++) {
      expect(driver.send(sequence, 0x11).said).toBe("03");
    }
    driver.write(0x2a);
    expect(driver.idle(40).said).toBe("01 2a");
  });
});

describe("an answer", () => {
  test("has at most maxTunnelAnswerBytes; the rest goes with the next", () => {
    const driver = new TunnelDriver({ maxTunnelAnswerBytes: 3 });
    driver.write(1, 2, 3, 4, 5);
    expect(driver.idle(0).said).toBe("01 01 02 03");
    expect(driver.idle(1).said).toBe("01 04 05");
  });

  test("counts as queued until it has left, and then the owner is told", () => {
    const driver = new TunnelDriver();
    driver.write(1, 2, 3);
    expect(driver.tunnel.queuedBytes).toBe(3);
    const idle = driver.idle(0);
    expect(driver.tunnel.queuedBytes).toBe(3);
    driver.write(4);
    expect(driver.tunnel.queuedBytes).toBe(4);
    driver.carry(idle);
    expect(driver.tunnel.queuedBytes).toBe(1);
    expect(driver.owner.events).toEqual([]);
    driver.carry(driver.idle(1));
    expect(driver.tunnel.queuedBytes).toBe(0);
    expect(driver.owner.events).toEqual(["drain"]);
  });

  test("of no bytes drains nothing", () => {
    const driver = new TunnelDriver();
    driver.write();
    driver.carry(driver.idle(0));
    driver.idle(1);
    expect(driver.owner.events).toEqual([]);
  });

  test("on a connection that is gone is noticed with the next request", () => {
    const driver = new TunnelDriver();
    driver.write(1, 2, 3);
    driver.idle(0).isOver = true;
    driver.idle(1);
    expect(driver.tunnel.queuedBytes).toBe(0);
    expect(driver.owner.events).toEqual(["drain"]);
  });
});

describe("a request that comes again", () => {
  test("is not taken twice, and gets the same answer", () => {
    const driver = new TunnelDriver();
    driver.owner.onPiece = () => driver.write(0x2a);
    const said = driver.send(0, 0x11).said;
    expect(driver.send(0, 0x11).said).toBe(said);
    expect(driver.owner.events).toEqual(["11"]);
  });

  test("gets its answer also after some others, and an empty one after more", () => {
    const driver = new TunnelDriver({ idleHoldMs: 0 });
    driver.write(0x2a);
    driver.idle(0);
    for (let sequence = 1; sequence <= 4; sequence++) driver.idle(sequence);
    expect(driver.idle(0).said).toBe("01 2a");
    driver.idle(5);
    expect(driver.idle(0).said).toBe("01");
  });

  test("takes the place of its former self that is still held", () => {
    const driver = new TunnelDriver();
    const first = driver.idle(0);
    const second = driver.idle(0);
    expect([first.said, second.said]).toEqual(["superseded", undefined]);
    driver.write(0x2a);
    expect(second.said).toBe("01 2a");
  });

  test("does so while it waits for one that is missing, and is taken once", () => {
    const driver = new TunnelDriver();
    driver.send(0, 0x10);
    const first = driver.send(2, 0x12);
    const second = driver.send(2, 0x12);
    driver.send(1, 0x11);
    expect([first.said, second.said]).toEqual(["superseded", "01"]);
    expect(driver.owner.events).toEqual(["10", "11", "12"]);
  });
});

describe("requests out of order", () => {
  test("are put in order", () => {
    const driver = new TunnelDriver();
    driver.send(0, 0x10);
    const replies = [driver.send(3, 0x13), driver.send(2, 0x12)];
    expect(replies.map(({ said }) => said)).toEqual([undefined, undefined]);
    expect(driver.owner.events).toEqual(["10"]);
    driver.send(1, 0x11);
    expect(replies.map(({ said }) => said)).toEqual(["01", "01"]);
    expect(driver.owner.events).toEqual(["10", "11", "12", "13"]);
  });

  test("begin with the first that comes, whatever its number", () => {
    const driver = new TunnelDriver();
    driver.send(0x7fffffff, 0x11);
    driver.send(-0x80000000, 0x12);
    expect(driver.owner.events).toEqual(["11", "12"]);
  });

  test("end the tunnel when one is missing for missingRequestMs", () => {
    const driver = new TunnelDriver({ missingRequestMs: 333 });
    driver.send(0, 0x10);
    const early = driver.send(2, 0x12);
    driver.clock.advance(332);
    expect(early.said).toBeUndefined();
    driver.clock.advance(1);
    expect(early.said).toBe("ended");
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["10", "close RTMP_ERR_TUNNEL_GAP"]);
    expect(driver.ends).toBe(1);
  });

  test("have as much time again for the next that is missing", () => {
    const driver = new TunnelDriver({ missingRequestMs: 333 });
    driver.send(0, 0x10);
    driver.send(2, 0x12);
    driver.send(4, 0x14);
    driver.clock.advance(300);
    driver.send(1, 0x11);
    driver.clock.advance(300);
    driver.send(3, 0x13);
    driver.clock.advance(3_000);
    expect(driver.owner.events).toEqual(["10", "11", "12", "13", "14"]);
  });

  test("end the tunnel when more than maxEarlyRequests are missing", () => {
    const driver = new TunnelDriver({ maxEarlyRequests: 2 });
    driver.send(0, 0x10);
    expect(driver.send(3, 0x13).said).toBeUndefined();
    expect(driver.send(4, 0x14).said).toBe("ended");
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["10", "close RTMP_ERR_TUNNEL_GAP"]);
  });
});

describe("while the owner does not read", () => {
  test("a send waits, with its bytes, until it reads on", () => {
    const driver = new TunnelDriver();
    driver.tunnel.pause();
    const send = driver.send(0, 0x11);
    expect([send.said, ...driver.owner.events]).toEqual([undefined]);
    driver.tunnel.resume();
    expect(driver.owner.events).toEqual([]);
    driver.clock.advance(0);
    expect([send.said, ...driver.owner.events]).toEqual(["01", "11"]);
  });

  test("it is answered with bytes that the client has to fetch first, the first send first", () => {
    const driver = new TunnelDriver({ maxTunnelAnswerBytes: 2 });
    driver.tunnel.pause();
    const [first, second, third] = [
      driver.send(0, 0x11),
      driver.send(1, 0x12),
      driver.send(2, 0x13),
    ];
    driver.write(1, 2, 3);
    expect([first.said, second.said, third.said]).toEqual(["01 01 02", "01 03", undefined]);
    expect(driver.owner.events).toEqual([]);
  });

  test("it is answered after five seconds all the same, for proxies lose patience", () => {
    const driver = new TunnelDriver();
    driver.tunnel.pause();
    const send = driver.send(0, 0x11);
    driver.clock.advance(4_999);
    expect(send.said).toBeUndefined();
    driver.clock.advance(1);
    expect([send.said, ...driver.owner.events]).toEqual(["01"]);
  });

  test("few wait: the oldest is answered when there are more than may come early, and one", () => {
    const driver = new TunnelDriver({ maxEarlyRequests: 1 });
    driver.tunnel.pause();
    const replies = [driver.send(0, 0x11), driver.send(1, 0x12), driver.send(2, 0x13)];
    expect(replies.map(({ said }) => said)).toEqual(["01", undefined, undefined]);
  });

  test("nothing more is delivered after it pauses in the middle", () => {
    const driver = new TunnelDriver();
    driver.owner.onPiece = () => driver.tunnel.pause();
    const reply = new RecordedReply();
    const body = [Uint8Array.of(0x11), Uint8Array.of(0x12)];
    for (const piece of body) driver.tunnel.admit(piece, reply);
    driver.tunnel.request({ kind: "send", sequence: 0, body, reply });
    expect(driver.owner.events).toEqual(["11"]);
    driver.tunnel.resume();
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["11", "12"]);
    expect(reply.said).toBeUndefined();
  });

  test("more than maxTunnelInputBytes end the tunnel, each piece with 128 more", () => {
    const driver = new TunnelDriver({ maxTunnelInputBytes: 3 * 128 + 3 });
    driver.tunnel.pause();
    driver.send(0, 0x11, 0x12);
    driver.send(1, 0x13);
    const [half, other, late] = [new RecordedReply(), new RecordedReply(), new RecordedReply()];
    expect(driver.tunnel.admit(new Uint8Array(0), half)).toBe(true);
    expect(driver.tunnel.admit(new Uint8Array(0), other)).toBe(false);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close RTMP_ERR_TUNNEL_INPUT"]);
    expect(driver.tunnel.admit(new Uint8Array(0), late)).toBe(false);
    expect([half.said, other.said, late.said]).toEqual(["ended", "ended", "ended"]);
  });

  test("bytes that were taken, cut or came again do not count any more", () => {
    const cut = Uint8Array.of(1, 2, 3, 4, 5);
    const driver = new TunnelDriver({ maxTunnelInputBytes: 3 * 128 + 5 });
    for (let sequence = 0; sequence < 9; sequence++) {
      driver.send(sequence, 0x11, 0x12);
      driver.send(sequence, 0x11, 0x12);
      const reply = new RecordedReply();
      expect(driver.tunnel.admit(cut, reply)).toBe(true);
      driver.tunnel.withdraw([cut], reply);
    }
    driver.send(10, 0x11);
    for (let round = 0; round < 9; round++) driver.send(11, 0x11, 0x12);
    expect(driver.ends).toBe(0);
  });

  test("bytes that come before start wait for it", () => {
    const driver = new TunnelDriver({}, false);
    const send = driver.send(0, 0x11);
    driver.tunnel.start(driver.owner);
    expect(driver.owner.events).toEqual([]);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["11"]);
    expect(send.said).toBe("01");
  });
});

describe("the client's close", () => {
  test("ends the tunnel in order", () => {
    const driver = new TunnelDriver();
    driver.send(0, 0x11);
    expect(driver.close(1).said).toBe("00");
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["11", "close"]);
    expect(driver.ends).toBe(1);
    expect(driver.clock.pending).toBe(0);
    expect(driver.idle(2).said).toBe("ended");
  });

  test("comes behind what was sent, also for an owner that does not read", () => {
    const driver = new TunnelDriver();
    driver.tunnel.pause();
    const send = driver.send(0, 0x11);
    const close = driver.close(2);
    expect(close.said).toBeUndefined();
    driver.send(1, 0x12);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["11", "12", "close"]);
    expect([send.said, close.said]).toEqual(["ended", "00"]);
  });
});

describe("the owner's close", () => {
  test("lets the client fetch what is queued, and then tells it", () => {
    const driver = new TunnelDriver();
    driver.write(0x2a);
    driver.tunnel.close(1_000);
    driver.write(0x2b);
    for (let round = 0; round < 2; round++) {
      const idle = driver.idle(0);
      expect(idle.said).toBe("01 2a");
      driver.carry(idle);
    }
    expect(driver.ends).toBe(0);
    expect(driver.send(1, 0x11).said).toBe("ended");
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["drain", "close"]);
  });

  test("leaves the last answer to be fetched again, until the next request shows that it has come", () => {
    const driver = new TunnelDriver();
    driver.write(0x2a);
    driver.carry(driver.idle(0));
    driver.tunnel.close(1_000);
    expect(driver.idle(0).said).toBe("01 2a");
    expect(driver.ends).toBe(0);
    expect(driver.idle(1).said).toBeUndefined();
  });

  test("waits for answers that are on their way, and then tells the request that waits", () => {
    const driver = new TunnelDriver();
    driver.write(0x2a);
    const last = driver.idle(0);
    driver.tunnel.close(1_000);
    const next = driver.idle(1);
    expect([next.said, driver.ends]).toEqual([undefined, 0]);
    driver.carry(last);
    expect([next.said, driver.ends]).toEqual(["ended", 1]);
    expect(last.isCut).toBe(false);
  });

  test.each([
    ["at once", 0],
    ["when its time is over", 1_000],
  ])(
    "cuts answers that are on their way %s, for a client may never read them",
    (_, afterFlushMs) => {
      const driver = new TunnelDriver({ maxTunnelAnswerBytes: 1 });
      driver.write(1, 2, 3);
      const [left, slow] = [driver.idle(0), driver.idle(1)];
      driver.carry(left);
      driver.tunnel.close(afterFlushMs);
      driver.clock.advance(1_000);
      expect([left.isCut, slow.isCut, driver.ends]).toEqual([false, true, 1]);
      expect(driver.tunnel.queuedBytes).toBe(0);
    },
  );

  test("drops what waits while it does not read", () => {
    const driver = new TunnelDriver();
    driver.tunnel.pause();
    driver.write(0x2a);
    expect(driver.send(0, 0x11).said).toBe("01 2a");
    driver.tunnel.close(1_000);
    expect([driver.tunnel.inputBytes, driver.ends]).toEqual([0, 0]);
    driver.tunnel.resume();
    driver.clock.advance(2_000);
    expect(driver.owner.events).toEqual(["close"]);
  });

  test("inside of onBytes answers the send with the last bytes", () => {
    const driver = new TunnelDriver();
    driver.owner.onPiece = () => {
      driver.write(0x2a);
      driver.tunnel.close(1_000);
    };
    const send = driver.send(0, 0x11);
    expect(send.said).toBe("01 2a");
    driver.carry(send);
    expect(driver.send(1, 0x12).said).toBe("ended");
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["11", "drain", "close"]);
  });

  test("tells a request that waits at once, when nothing is queued", () => {
    const driver = new TunnelDriver();
    const idle = driver.idle(0);
    driver.tunnel.close(1_000);
    expect(idle.said).toBe("ended");
    expect(driver.owner.events).toEqual([]);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close"]);
  });

  test("cuts after the given time", () => {
    const driver = new TunnelDriver();
    driver.write(0x2a);
    driver.tunnel.close(1_111);
    driver.tunnel.close(2_222);
    driver.clock.advance(1_110);
    expect(driver.ends).toBe(0);
    driver.clock.advance(1);
    expect(driver.ends).toBe(1);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close"]);
    expect(driver.clock.pending).toBe(0);
  });

  test("is not followed by a cause", () => {
    const driver = new TunnelDriver({ tunnelTimeoutMs: 444 });
    driver.write(0x2a);
    driver.tunnel.close(1_000);
    driver.clock.advance(500);
    expect(driver.owner.events).toEqual(["close"]);
  });

  test("with 0 cuts at once and tells all requests that wait", () => {
    const driver = new TunnelDriver();
    driver.send(0, 0x10);
    const early = driver.send(2, 0x12);
    driver.write(0x2a);
    driver.tunnel.close(0);
    expect(early.said).toBe("ended");
    expect(driver.tunnel.queuedBytes).toBe(0);
    driver.tunnel.write(Uint8Array.of(1));
    driver.tunnel.writeAll([Uint8Array.of(1)]);
    expect(driver.tunnel.queuedBytes).toBe(0);
    driver.clock.advance(9_999);
    expect(driver.owner.events).toEqual(["10", "close"]);
  });

  test("before start is told after it", () => {
    const driver = new TunnelDriver({}, false);
    driver.tunnel.close(0);
    driver.clock.advance(1_000);
    driver.tunnel.start(driver.owner);
    expect(driver.owner.events).toEqual([]);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close"]);
  });
});

describe("a tunnel", () => {
  test("is closed when no request comes for tunnelTimeoutMs", () => {
    const driver = new TunnelDriver({ tunnelTimeoutMs: 4_444 });
    driver.clock.advance(4_000);
    driver.idle(0);
    driver.clock.advance(200 + 4_443);
    expect(driver.ends).toBe(0);
    driver.clock.advance(1);
    expect(driver.ends).toBe(1);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close RTMP_ERR_TUNNEL_TIMEOUT"]);
  });

  test("is not closed while a body is on its way", () => {
    const driver = new TunnelDriver({ tunnelTimeoutMs: 4_444 });
    for (let round = 0; round < 5; round++) {
      driver.clock.advance(3_000);
      driver.tunnel.admit(Uint8Array.of(1), new RecordedReply());
    }
    expect(driver.ends).toBe(0);
  });

  test("is closed when more than maxTunnelOutputBytes wait", () => {
    const driver = new TunnelDriver({ maxTunnelOutputBytes: 3 });
    driver.write(1, 2, 3);
    expect(driver.ends).toBe(0);
    driver.write(4);
    expect(driver.ends).toBe(1);
    driver.clock.advance(0);
    expect(driver.owner.events).toEqual(["close RTMP_ERR_TUNNEL_OUTPUT"]);
  });

  test("keeps no more than one timer, however many requests come", () => {
    const driver = new TunnelDriver();
    for (let sequence = 0; sequence < 50; sequence++) {
      driver.idle(sequence);
      expect(driver.clock.pending).toBe(1);
    }
  });

  test("cannot be started twice", () => {
    const driver = new TunnelDriver();
    expect(() => driver.tunnel.start(driver.owner)).toThrow(TypeError);
  });
});
