import { MessageTypeId } from "@rtmp/chunk";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { audio, Bench, type BenchOptions, clientHandshake, commandMessage } from "./bench.ts";

const limits = {
  handshakeTimeoutMs: 1_111,
  connectTimeoutMs: 2_222,
  idleTimeoutMs: 3_333,
  pingAfterMs: 100,
  pingPlayerAfterMs: 100,
  silentPublisherMs: 5_555,
  silentAnsweringPublisherMs: 4_444,
};
const options: BenchOptions = { limits };

/**
 * Lets the time pass, with a tick just before each deadline and one at it, until the session ends.
 *
 * @returns how long that took, and why it ended
 */
function lifeOf(bench: Bench): [milliseconds: number, code: string | undefined] {
  const start = bench.now;
  while (!bench.session.closed) {
    const at = Math.max(bench.now, bench.session.nextDeadline());
    if (at > bench.now) bench.session.tick(at - 1);
    if (bench.session.closed) return [Number.NaN, "too early"];
    bench.now = at;
    bench.session.tick(at);
  }
  return [bench.now - start, bench.lastError];
}

const ping = (bench: Bench): void =>
  bench.sendPayload(MessageTypeId.UserControl, hex("00 06 00 00 00 01"));

test("the handshake has handshakeTimeoutMs, however slowly it drips", () => {
  const bench = new Bench(options);
  expect(bench.session.nextDeadline()).toBe(bench.now + 1_111);
  bench.advance(1_000);
  bench.receive(clientHandshake.slice(0, 2_000));
  expect(lifeOf(bench)).toEqual([111, "RTMP_ERR_HANDSHAKE_TIMEOUT"]);
});

test("connect has connectTimeoutMs from the end of the handshake, whatever else comes", () => {
  const bench = new Bench(options);
  bench.advance(1_000);
  bench.receive(clientHandshake);
  bench.advance(2_000);
  ping(bench);
  expect(lifeOf(bench)).toEqual([222, "RTMP_ERR_CONNECT_TIMEOUT"]);
});

describe("idleTimeoutMs without a stream", () => {
  test("counts from connect, not from the start", () => {
    const bench = Bench.opened(options);
    bench.advance(2_000);
    bench.connect();
    bench.advance(3_000);
    ping(bench);
    bench.command(0, "createStream", 2);
    expect(lifeOf(bench)).toEqual([333, "RTMP_ERR_IDLE_TIMEOUT"]);
  });

  test("counts from connect while its answer is due, and begins anew with the answer", () => {
    const waiting = Bench.opened({ ...options, late: true });
    waiting.advance(2_000);
    waiting.connect();
    expect(lifeOf(waiting)).toEqual([3_333, "RTMP_ERR_IDLE_TIMEOUT"]);

    const answered = Bench.opened({ ...options, late: true });
    answered.connect();
    answered.advance(3_000);
    answered.connects[0]?.accept();
    expect(lifeOf(answered)).toEqual([3_333, "RTMP_ERR_IDLE_TIMEOUT"]);
  });

  test("counts from the end of the last stream", () => {
    const bench = Bench.withStreams(2, options);
    bench.publish(1);
    bench.play(2);
    bench.advance(5_000);
    bench.command(1, "closeStream", 0);
    bench.advance(9_000);
    bench.command(2, "closeStream", 0);
    expect(lifeOf(bench)).toEqual([3_333, "RTMP_ERR_IDLE_TIMEOUT"]);
  });

  test("begins anew with a stream that begins and ends in one piece", () => {
    const bench = Bench.withStreams(1, options);
    bench.advance(3_000);
    bench.send(commandMessage(1, "play", 0, null, "cam"), commandMessage(1, "closeStream", 0));
    expect(lifeOf(bench)).toEqual([3_333, "RTMP_ERR_IDLE_TIMEOUT"]);
  });

  test("stands still while a publish waits for its answer, and begins anew when that is no", () => {
    const bench = Bench.withStreams(1, { ...options, handlers: { onPublish: () => {} } });
    const late = Bench.opened({ ...options, late: true });
    late.connect();
    late.connects[0]?.accept();
    late.command(0, "createStream", 2);
    late.publish();
    late.advance(60_000);
    expect(late.session.closed).toBe(false);
    late.publishes[0]?.reject({ description: "no" });
    // The time of the answer is not known before the next tick, which is wanted at once.
    expect(late.session.nextDeadline()).toBeLessThanOrEqual(late.now);
    expect(lifeOf(late)).toEqual([3_333, "RTMP_ERR_IDLE_TIMEOUT"]);

    bench.publish();
    bench.advance(60_000);
    expect(bench.session.closed).toBe(false);
  });

  test("is not put off by requests that are refused at once", () => {
    const bench = Bench.withStreams(1, {
      ...options,
      handlers: { onPlay: (request) => request.reject({ description: "no" }) },
    });
    bench.advance(3_000);
    bench.play();
    expect(lifeOf(bench)).toEqual([333, "RTMP_ERR_IDLE_TIMEOUT"]);
  });
});

describe("a publisher's silence", () => {
  test("may last silentPublisherMs when it never answered a ping", () => {
    const bench = Bench.withStreams(1, options);
    bench.publish();
    bench.advance(5_000);
    bench.send(audio(0));
    expect(lifeOf(bench)).toEqual([5_555, "RTMP_ERR_SILENT_PEER"]);
    expect(bench.events.slice(-2)).toEqual(["end 1 lost", "close RTMP_ERR_SILENT_PEER"]);
  });

  test("may last silentAnsweringPublisherMs once it answered one", () => {
    const bench = Bench.withStreams(1, options);
    bench.publish();
    bench.advance(100);
    bench.sendPayload(MessageTypeId.UserControl, hex("00 07 00 00 00 00"));
    bench.advance(3_000);
    bench.send(audio(0));
    expect(lifeOf(bench)).toEqual([4_444, "RTMP_ERR_SILENT_PEER"]);
  });

  test("is ended by any byte", () => {
    const bench = Bench.withStreams(1, options);
    bench.publish();
    for (const byte of [0x04, 0, 0, 0]) {
      bench.advance(5_554);
      bench.receive(Uint8Array.of(byte));
    }
    expect(bench.session.closed).toBe(false);
  });

  test("counts also while another stream of it plays", () => {
    const bench = Bench.withStreams(2, options);
    bench.publish(1);
    bench.play(2);
    expect(lifeOf(bench)).toEqual([5_555, "RTMP_ERR_SILENT_PEER"]);
  });
});

test("a player may be silent for ever", () => {
  const bench = Bench.withStreams(1, options);
  bench.play();
  bench.advance(1_000_000_000);
  expect(bench.session.closed).toBe(false);
  expect(bench.session.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
});

test("a tick before its time does nothing", () => {
  const bench = Bench.withStreams(1, options);
  bench.replies();
  bench.session.tick(bench.now + 99);
  expect(bench.replies()).toEqual([]);
  expect(bench.session.closed).toBe(false);
});

test("a limit of Infinity never ends anything", () => {
  const never = Number.POSITIVE_INFINITY;
  const bench = Bench.connected({ limits: { idleTimeoutMs: never, pingPlayerAfterMs: never } });
  expect(bench.session.nextDeadline()).toBe(never);
});

describe("a connection that is in use without a stream", () => {
  test("is not idle, until it is in use no more", () => {
    let inUse = true;
    const bench = Bench.connected({ limits, handlers: { isInUse: () => inUse } });
    bench.advance(60_000);
    bench.session.tick(bench.now);
    expect([bench.session.closed, bench.session.nextDeadline() > bench.now]).toEqual([false, true]);
    inUse = false;
    bench.session.tick(bench.now);
    expect(lifeOf(bench)).toEqual([3_333, "RTMP_ERR_IDLE_TIMEOUT"]);
  });

  test("is closed after silentPlayerMs once it has answered a ping", () => {
    const bench = Bench.connected({
      limits: { ...limits, silentPlayerMs: 7_777 },
      handlers: { isInUse: () => true },
    });
    bench.advance(100);
    bench.session.tick(bench.now);
    bench.sendPayload(MessageTypeId.UserControl, hex("00 07 00 00 00 01"));
    expect(lifeOf(bench)).toEqual([7_777, "RTMP_ERR_SILENT_PEER"]);
  });
});
