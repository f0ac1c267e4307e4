import { expect, test } from "vitest";
import { QueueWatch } from "../src/queue-watch.ts";
import { RecordingSubscriber } from "./recording-subscriber.ts";

/** A queue in front of a line that takes what the test says. */
class Queue {
  readonly subscriber = new RecordingSubscriber();
  readonly watch = new QueueWatch(this.subscriber);

  /** Writes a batch behind what waits already, as a hub does. */
  write(bytes: number, now: number, limitMs = 3_200): void {
    const before = this.subscriber.queuedBytes;
    this.subscriber.queuedBytes += bytes;
    if (before > 0) this.watch.mark(before, limitMs, now);
  }

  send(bytes: number): void {
    this.subscriber.queuedBytes -= bytes;
  }

  waitedMs(now: number): number {
    return this.watch.waitedMs(this.subscriber.queuedBytes, now);
  }
}

test("the oldest byte has waited since it was marked, until the last of its mark has left", () => {
  const queue = new Queue();
  queue.write(1_000, 0);
  queue.write(1_000, 500);
  queue.write(1_000, 1_000);
  expect(queue.waitedMs(1_500)).toBe(1_000);
  queue.send(1_999);
  expect(queue.waitedMs(1_600)).toBe(1_100);
  queue.send(1);
  expect(queue.waitedMs(1_600)).toBe(600);
  queue.send(1_000);
  expect(queue.waitedMs(1_700)).toBe(0);
});

test("a queue that is always as long but moves on has waited as long as it is", () => {
  const queue = new Queue();
  queue.write(5_000, 0);
  for (let now = 1_000; now <= 60_000; now += 1_000) {
    queue.send(1_000);
    queue.write(1_000, now);
    expect(queue.waitedMs(now)).toBeLessThanOrEqual(5_000);
  }
  expect(queue.waitedMs(60_000)).toBeGreaterThanOrEqual(4_000);
});

test("marks that stand close are one: the time is told late by the distance of two at most", () => {
  const queue = new Queue();
  queue.write(1, 0);
  for (let now = 1; now <= 3_200; now++) {
    queue.write(1, now);
    expect(queue.waitedMs(now)).toBeGreaterThanOrEqual(now - 1 - 100);
    expect(queue.waitedMs(now)).toBeLessThanOrEqual(now);
  }
  // Half of the bytes are half as old.
  queue.send(1_600);
  expect(queue.waitedMs(3_200)).toBeLessThanOrEqual(1_601);
  expect(queue.waitedMs(3_200)).toBeGreaterThanOrEqual(1_500);
});

test("without a bound two marks are enough", () => {
  const queue = new Queue();
  queue.write(1, 0, Number.POSITIVE_INFINITY);
  for (let now = 1; now <= 100; now++) queue.write(1, now, Number.POSITIVE_INFINITY);
  expect(queue.waitedMs(100)).toBe(99);
  queue.send(2);
  expect(queue.waitedMs(100)).toBe(0);
});

test("what others write into the same queue does not look like bytes that stay", () => {
  const queue = new Queue();
  let writtenBytes = 0;
  Object.defineProperty(queue.subscriber, "writtenBytes", { get: () => writtenBytes });
  // 10 bytes of ours and 990 of another stream a second, 3,000 bytes on the way.
  queue.subscriber.queuedBytes = writtenBytes = 3_000;
  for (let now = 1_000; now <= 60_000; now += 1_000) {
    queue.send(1_000);
    writtenBytes += 990;
    queue.subscriber.queuedBytes += 990;
    writtenBytes += 10;
    queue.write(10, now);
    expect(queue.waitedMs(now)).toBeLessThanOrEqual(3_000);
  }
});

test("cleared, it counts anew", () => {
  const queue = new Queue();
  queue.write(1_000, 0);
  queue.write(1_000, 10);
  queue.watch.clear();
  expect(queue.waitedMs(5_000)).toBe(0);
  queue.write(1_000, 5_000);
  expect(queue.waitedMs(6_000)).toBe(1_000);
});
