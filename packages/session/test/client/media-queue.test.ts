import type { ClientMedia } from "@rtmp/session";
import { describe, expect, test } from "vitest";
import { MediaQueue } from "../../src/client/media-queue.ts";
import { SessionError } from "../../src/errors.ts";

const media = (timestamp: number, length = 1): ClientMedia => ({
  kind: "audio",
  timestamp,
  body: new Uint8Array(length),
});
const lost = new SessionError("RTMP_ERR_CONNECTION_LOST", "gone");
const over = { done: true, value: undefined };

/** What each `take` gave, in the order in which they were called. */
const timesOf = async (takes: readonly Promise<IteratorResult<ClientMedia>>[]): Promise<unknown> =>
  (await Promise.allSettled(takes)).map((take) =>
    take.status === "fulfilled" ? (take.value.value?.timestamp ?? "over") : take.reason,
  );

describe("media", () => {
  test("that nobody waits for is kept in order, and counted until it is taken", async () => {
    const queue = new MediaQueue();
    queue.push(media(1, 1_111));
    queue.push(media(2, 2_222));
    expect(queue.bytes).toBe(3_333);
    const takes = [queue.take(), queue.take()];
    expect(queue.bytes).toBe(0);
    expect(await timesOf(takes)).toEqual([1, 2]);
  });

  test("goes to who has waited longest, and is never kept then", async () => {
    const queue = new MediaQueue();
    const takes = [queue.take(), queue.take(), queue.take()];
    for (const at of [1, 2, 3]) queue.push(media(at));
    expect(queue.bytes).toBe(0);
    expect(await timesOf(takes)).toEqual([1, 2, 3]);
  });

  test("can be forgotten", async () => {
    const queue = new MediaQueue();
    queue.push(media(1));
    queue.clear();
    expect(queue.bytes).toBe(0);
    const take = queue.take();
    queue.push(media(2));
    expect(await timesOf([take])).toEqual([2]);
  });
});

describe("the end", () => {
  test("in order comes behind what was kept", async () => {
    const queue = new MediaQueue();
    queue.push(media(1));
    queue.end(undefined);
    queue.push(media(2));
    expect(await timesOf([queue.take(), queue.take()])).toEqual([1, "over"]);
    expect(await queue.take()).toEqual(over);
  });

  test("with a cause is told once, behind what was kept", async () => {
    const queue = new MediaQueue();
    queue.push(media(1));
    queue.end(lost);
    expect(await timesOf([queue.take(), queue.take(), queue.take()])).toEqual([1, lost, "over"]);
  });

  test("is told to all who wait, the cause to the first", async () => {
    const queue = new MediaQueue();
    const takes = [queue.take(), queue.take()];
    queue.end(lost);
    queue.end(undefined);
    expect(await timesOf([...takes, queue.take()])).toEqual([lost, "over", "over"]);
  });
});
