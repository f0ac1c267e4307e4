import { LimitType, ReceivedCounter, SendWindow } from "@rtmp/chunk";
import { seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

const gibibyte = 2 ** 30;

describe("RTMP §5.4.3 Acknowledgement of what was received", () => {
  test("is due whenever half a window passed", () => {
    const counter = new ReceivedCounter();
    counter.window = 2000;
    expect(counter.onReceived(999)).toBeUndefined();
    expect(counter.onReceived(1)).toBe(1000);
    expect(counter.onReceived(0)).toBeUndefined();
    expect(counter.onReceived(999)).toBeUndefined();
    expect(counter.onReceived(5000)).toBe(6999);
    expect(counter.receivedBytes).toBe(6999);
  });

  test("goes by 2500000 bytes where the peer announced no window, or 0", () => {
    const counter = new ReceivedCounter();
    expect(counter.window).toBe(2_500_000);
    counter.window = 1111;
    counter.window = 0;
    expect(counter.window).toBe(2_500_000);
    expect(counter.onReceived(1_249_999)).toBeUndefined();
    expect(counter.onReceived(1)).toBe(1_250_000);
  });

  test("a window that is no number is a mistake of the caller", () => {
    const counter = new ReceivedCounter();
    expect(() => (counter.window = -1)).toThrow(RangeError);
    expect(() => (counter.window = Number.NaN)).toThrow(RangeError);
  });

  test.each([
    [2_500_000, 0x002625a0],
    [2_147_483_648, 0x80000000],
    [4_294_967_295, 0xffffffff],
    [4_294_967_296, 0],
    [4_297_467_296, 0x002625a0],
  ])("after %i bytes the sequence number is %i", (bytes, sequenceNumber) => {
    expect(new ReceivedCounter().onReceived(bytes)).toBe(sequenceNumber);
  });

  test("over 5 GiB each one is the count modulo 2^32 and none is a window late", () => {
    const random = seededRandom(1111);
    const counter = new ReceivedCounter();
    counter.window = 2_222_222;
    let total = 0;
    let acknowledged = 0;
    let wraps = 0;
    const faults: string[] = [];
    while (total < 5 * gibibyte) {
      const bytes = Math.floor(random() * 65_536);
      total += bytes;
      const sequenceNumber = counter.onReceived(bytes);
      if (sequenceNumber !== undefined) {
        const wanted = Number(BigInt.asUintN(32, BigInt(total)));
        if (sequenceNumber !== wanted) faults.push(`${sequenceNumber} after ${total}`);
        if (sequenceNumber < acknowledged % 2 ** 32) wraps++;
        acknowledged = total;
      }
      if (total - acknowledged >= counter.window) faults.push(`late after ${total}`);
    }
    expect(faults).toEqual([]);
    expect(wraps).toBe(1);
  });
});

describe("RTMP §5.4.3 Acknowledgement of what was sent", () => {
  test("nothing is known before the first one", () => {
    const window = new SendWindow();
    window.onSent(1000);
    expect(window.unacknowledgedBytes).toBeUndefined();
    window.onAcknowledgement(400);
    expect(window.unacknowledgedBytes).toBe(600);
    window.onSent(50);
    expect(window.unacknowledgedBytes).toBe(650);
    window.onAcknowledgement(1050);
    expect(window.unacknowledgedBytes).toBe(0);
    expect(window.sentBytes).toBe(1050);
  });

  test("a peer that counts more than was sent has everything", () => {
    const window = new SendWindow();
    window.onSent(1000);
    window.onAcknowledgement(4073);
    expect(window.unacknowledgedBytes).toBe(0);
    window.onSent(500);
    window.onAcknowledgement(4273);
    expect(window.unacknowledgedBytes).toBe(300);
  });

  test("a total goes on past 2^32", () => {
    const window = new SendWindow();
    window.onSent(2 ** 32 - 100);
    window.onAcknowledgement(2 ** 32 - 200);
    expect(window.unacknowledgedBytes).toBe(100);
    window.onSent(500);
    window.onAcknowledgement(300);
    expect(window.unacknowledgedBytes).toBe(100);
  });

  test("the first one may come after 2^32 bytes", () => {
    const window = new SendWindow();
    window.onSent(2 ** 32 + 1000);
    window.onAcknowledgement(400);
    expect(window.unacknowledgedBytes).toBe(600);

    const lagging = new SendWindow();
    lagging.onSent(2 ** 32 + 1000);
    lagging.onAcknowledgement(2 ** 32 - 1000);
    expect(lagging.unacknowledgedBytes).toBe(2000);
  });

  test("a peer that starts again from 0 is followed", () => {
    const window = new SendWindow();
    window.onSent(10_000);
    window.onAcknowledgement(9000);
    window.onSent(2000);
    window.onAcknowledgement(500);
    expect(window.unacknowledgedBytes).toBe(2500);
  });

  test("a peer that sends constant increments is followed", () => {
    const window = new SendWindow();
    for (let i = 0; i < 100; i++) {
      window.onSent(2500);
      window.onAcknowledgement(2500);
    }
    expect(window.unacknowledgedBytes).toBe(0);
  });

  test("no value makes it negative or more than what was sent", () => {
    const random = seededRandom(2222);
    const window = new SendWindow();
    const odd: string[] = [];
    for (let i = 0; i < 5000; i++) {
      window.onSent(Math.floor(random() * 1e8));
      window.onAcknowledgement(Math.floor(random() * 2 ** 32));
      const open = window.unacknowledgedBytes ?? -1;
      if (open < 0 || open > window.sentBytes) odd.push(`${open} of ${window.sentBytes}`);
    }
    expect(odd).toEqual([]);
  });
});

describe("RTMP §5.4.5 Set Peer Bandwidth", () => {
  test("asks for a reply when the window differs from the last one sent", () => {
    const window = new SendWindow();
    expect(window.window).toBeUndefined();
    expect(window.onSetPeerBandwidth(1111, LimitType.Hard)).toBe(true);
    expect(window.window).toBe(1111);
    expect(window.onSetPeerBandwidth(1111, LimitType.Hard)).toBe(false);
    expect(window.onSetPeerBandwidth(2222, LimitType.Hard)).toBe(true);
    window.onWindowAcknowledgementSizeSent(3333);
    expect(window.onSetPeerBandwidth(3333, LimitType.Hard)).toBe(false);
    expect(window.window).toBe(3333);
  });

  test("soft only lowers", () => {
    const window = new SendWindow();
    expect(window.onSetPeerBandwidth(2222, LimitType.Soft)).toBe(true);
    expect(window.onSetPeerBandwidth(3333, LimitType.Soft)).toBe(false);
    expect(window.window).toBe(2222);
    expect(window.onSetPeerBandwidth(1111, LimitType.Soft)).toBe(true);
    expect(window.window).toBe(1111);
  });

  test("dynamic is hard after hard, and nothing otherwise", () => {
    const window = new SendWindow();
    expect(window.onSetPeerBandwidth(1111, LimitType.Dynamic)).toBe(false);
    expect(window.window).toBeUndefined();
    window.onSetPeerBandwidth(1111, LimitType.Hard);
    expect(window.onSetPeerBandwidth(2222, LimitType.Dynamic)).toBe(true);
    expect(window.onSetPeerBandwidth(1111, LimitType.Soft)).toBe(true);
    expect(window.onSetPeerBandwidth(2222, LimitType.Dynamic)).toBe(false);
    expect(window.window).toBe(1111);
  });

  test("an unknown limit type counts as hard", () => {
    const window = new SendWindow();
    window.onSetPeerBandwidth(1111, LimitType.Soft);
    expect(window.onSetPeerBandwidth(2222, 7)).toBe(true);
    expect(window.window).toBe(2222);
  });
});
