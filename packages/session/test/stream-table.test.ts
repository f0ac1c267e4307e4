import type { ServerStream } from "@rtmp/session";
import { describe, expect, test } from "vitest";
import { StreamTable } from "../src/stream-table.ts";
import { Bench } from "./bench.ts";

/** Streams of a session, with ids from 1 on, that publish or play as they are told. */
function streams(...actions: readonly ("publish" | "play" | "nothing")[]): ServerStream[] {
  const bench = Bench.withStreams(actions.length);
  return actions.map((action, index) => {
    if (action === "play") bench.play(index + 1);
    else bench.publish(index + 1);
    const stream = [...bench.publishes, ...bench.plays].find(
      ({ stream: { id } }) => id === index + 1,
    );
    if (stream === undefined) throw new TypeError("nothing was asked");
    if (action === "nothing") bench.command(index + 1, "closeStream", 0);
    return stream.stream;
  });
}

function tableOf(all: readonly ServerStream[]): StreamTable {
  const table = new StreamTable();
  for (const stream of all) table.add(stream);
  return table;
}

const meant = (table: StreamTable, id: number): number | undefined => table.publishing(id)?.id;

describe("a table of message streams", () => {
  test("gives out the smallest free id from 1 on", () => {
    const all = streams("nothing", "nothing", "nothing");
    const table = tableOf(all);
    expect(table.freeId).toBe(4);
    if (all[1] !== undefined) table.delete(all[1]);
    expect(table.freeId).toBe(2);
    expect(table.size).toBe(2);
    expect([...table.all].map(({ id }) => id)).toEqual([1, 3]);
  });

  test("does not take a later stream for the one that had its id before", () => {
    const [first] = streams("nothing");
    const [second] = streams("nothing");
    if (first === undefined || second === undefined) throw new TypeError("no streams");
    const table = tableOf([first]);
    expect(table.holds(first)).toBe(true);
    table.add(second);
    expect(table.get(1)).toBe(second);
    expect([table.holds(first), table.holds(second)]).toEqual([false, true]);
    expect(table.deleteAll()).toEqual([second]);
    expect([table.holds(second), table.size]).toEqual([false, 0]);
  });

  test("is active while any stream publishes or plays", () => {
    expect(tableOf(streams("nothing", "nothing")).anyActive).toBe(false);
    expect(tableOf(streams("nothing", "publish")).anyActive).toBe(true);
    expect(tableOf(streams("play", "nothing")).anyActive).toBe(true);
    expect(new StreamTable().anyActive).toBe(false);
  });
});

describe("media", () => {
  test("is of the stream with its id, if that publishes", () => {
    const all = streams("publish", "publish", "play");
    const table = tableOf(all);
    expect([1, 2, 3].map((id) => meant(table, id))).toEqual([1, 2, undefined]);
    expect(all.map(({ droppedMessages }) => droppedMessages)).toEqual([0, 0, 1]);
    expect(table.firstPublishing?.id).toBe(1);
  });

  test("with another id is of the only stream, or of the only one that publishes", () => {
    expect(meant(tableOf(streams("publish")), 9)).toBe(1);
    expect(meant(tableOf(streams("play", "publish")), 0)).toBe(2);
    expect(meant(tableOf(streams("publish", "publish")), 0)).toBeUndefined();
    expect(meant(tableOf(streams("play")), 0)).toBeUndefined();
    expect(meant(new StreamTable(), 0)).toBeUndefined();
  });
});
